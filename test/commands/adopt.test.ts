import type { Command } from '../../src/model/command';
import { east } from '../dcos/builders';
import { createCommandBench, wordsOf } from '../support/command-kit';
import { west } from '../support/stage-kit';

/** `foo prod` with an app in each region that has no version in its name. */
async function bench(name = 'foo-prod', { image = 'repo/foo:1.0' } = {}) {
  const it = await createCommandBench();
  for (const location of [east, west]) it.serverGroups.seed({ location, name, desired: 3, image });
  const confirm = async (planned: Command) => {
    const started = await it.press(planned, 'confirm');
    return it.drive(started.executionId ?? '');
  };
  return { ...it, confirm };
}

describe('apps without a version in their names', () => {
  it('are listed as unmanaged, with the way to adopt them', async () => {
    const it = await bench();
    const said = wordsOf((await it.say('status foo')).reply);
    expect(said).toContain('nonprod/east foo-prod 1.0 ×3 is unmanaged: /cox adopt foo prod');
    expect(said).toContain('nonprod/east nothing runs');
    expect(said).not.toContain('/cox adopt foo dev');
  });

  it('are adopted: recreated beside themselves, healthy first, then scaled down and removed', async () => {
    const it = await bench();
    const planned = await it.say('adopt foo');
    expect(wordsOf(planned.reply)).toContain('Adopt foo as foo-prod-vNNN');
    expect(wordsOf(planned.reply)).toContain('nonprod/west: foo-prod 1.0, 3 instances');
    expect(await it.executions()).toEqual([]);
    const done = await it.confirm(planned);
    expect(done.status).toBe('SUCCEEDED');
    expect(it.serverGroups.effects).toEqual(
      ['east', 'west'].flatMap((region) => [
        `recreate nonprod/${region}/foo-prod as foo-prod-v000`,
        `resize nonprod/${region}/foo-prod 3→0`,
        `destroy nonprod/${region}/foo-prod`,
      ]),
    );
    expect(it.serverGroups.sizes(east)).toEqual(['foo-prod-v000 ×3']);
    expect(wordsOf(await it.live(done.id))).toContain('Adopt foo prod · done');
    expect(wordsOf((await it.say('adopt foo')).reply)).toContain('nothing to adopt');
    expect(wordsOf((await it.say('deploy foo prod 2.0')).reply)).toContain('1.0 → 2.0');
  });

  it('take the next free name beside server groups that are there', async () => {
    const it = await bench();
    it.serverGroups.seed({ location: east, name: 'foo-prod-v004', desired: 0, createdTime: 5 });
    expect((await it.confirm(await it.say('adopt foo prod/east'))).status).toBe('SUCCEEDED');
    expect(it.serverGroups.sizes(east)).toEqual(['foo-prod-v004 ×0', 'foo-prod-v005 ×3']);
    expect(it.serverGroups.sizes(west)).toEqual(['foo-prod ×3']);
  });

  it('go on serving when the copy does not come up', async () => {
    const it = await bench('foo-prod', { image: 'repo/foo:sick' });
    const done = await it.confirm(await it.say('adopt foo prod/east'));
    expect(done.status).toBe('TERMINAL');
    expect(it.serverGroups.sizes(east)).toEqual(['foo-prod ×3', 'foo-prod-v000 ×3']);
    expect(it.serverGroups.effects).toEqual(['recreate nonprod/east/foo-prod as foo-prod-v000']);
  });

  it('go on with the same copy when the stage is tried again', async () => {
    const it = await bench();
    it.serverGroups.fail('resize', 'REQUEST_REFUSED');
    const failed = await it.confirm(await it.say('adopt foo prod/east'));
    expect(failed.status).toBe('TERMINAL');
    await it.choose(failed.id, 'retryStage', { stageId: '1' });
    expect((await it.drive(failed.id)).status).toBe('SUCCEEDED');
    expect(it.serverGroups.sizes(east)).toEqual(['foo-prod-v000 ×3']);
  });

  it('are waited for while a Marathon deployment locks them', async () => {
    const it = await bench();
    it.serverGroups.lock(east, 'foo-prod', 'd9');
    const started = await it.press(await it.say('adopt foo prod/east'), 'confirm');
    expect((await it.drive(started.executionId ?? '', 60_000)).status).toBe('RUNNING');
    it.serverGroups.lock(east, 'foo-prod', undefined);
    expect((await it.drive(started.executionId ?? '')).status).toBe('SUCCEEDED');
  });

  it('are asked about where they could be meant for several environments', async () => {
    const it = await bench('foo');
    const { reply, plan } = await it.say('adopt foo');
    expect(plan).toBeUndefined();
    expect(reply?.choices?.map(({ target }) => target)).toEqual([
      { kind: 'run', text: 'adopt foo dev' },
      { kind: 'run', text: 'adopt foo prod' },
    ]);
    expect((await it.confirm(await it.say('adopt foo dev'))).status).toBe('SUCCEEDED');
    expect(it.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×3']);
  });

  it.each([
    ['adopt', 'UANN', 'Say which application'],
    ['adopt fooo', 'UANN', "There is no application 'fooo'"],
    ['adopt foo dev', 'UANN', 'nothing to adopt'],
    ['adopt foo prod', 'UEVE', 'only @crew may'],
    ['adopt foo prod east', 'UANN', "I do not understand 'east'"],
  ])('%s by %s is answered', async (text, user, said) => {
    const it = await bench();
    const answer = await it.say(text, user);
    expect([wordsOf(answer.reply).includes(said), answer.plan]).toEqual([true, undefined]);
  });

  it('are planned afresh when they moved since the plan was shown', async () => {
    const it = await bench();
    const planned = await it.say('adopt foo prod');
    await it.serverGroups.resize(east, 'foo-prod', 5, { force: false });
    expect(wordsOf((await it.press(planned, 'confirm')).reply)).toContain('Something moved since the plan was shown');
    expect(await it.executions()).toEqual([]);
  });
});
