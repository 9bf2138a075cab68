import { failureOf } from '../../src/engine/failure-of';
import type { Environment } from '../../src/model/application';
import type { Command } from '../../src/model/command';
import { CoxswainError } from '../../src/model/errors';
import { expiryKind } from '../../src/engine/document-kinds';
import type { DocumentStore } from '../../src/engine/ports/document-store';
import { east } from '../dcos/builders';
import { createCommandBench, wordsOf } from '../support/command-kit';
import { ask } from '../support/handled-choices';
import { west } from '../support/stage-kit';

/** `foo prod` with an app in each region that has no version in its name. */
async function bench(name = 'foo-prod', { image = 'repo/foo:1.0', minInstances = 0 } = {}) {
  const it = await createCommandBench();
  const promise: Partial<Environment> = minInstances === 0 ? {} : { trafficGuard: { minInstances } };
  const environments = it.world.definitions().applications.get('foo')?.environments as Map<string, Environment>;
  const prod = environments.get('prod');
  if (prod !== undefined) environments.set('prod', { ...prod, ...promise });
  for (const location of [east, west]) it.serverGroups.seed({ location, name, desired: 3, image });
  const confirm = async (planned: Command) => {
    const started = await it.press(planned, 'confirm');
    return it.drive(started.executionId ?? '');
  };
  return { ...it, confirm };
}

const kept = async (store: DocumentStore) => (await store.list(expiryKind)).map(({ document }) => document);

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

  it('stay where their copy would serve with fewer than the environment promises', async () => {
    const it = await bench('foo-prod', { minInstances: 4 });
    const done = await it.confirm(await it.say('adopt foo prod/east'));
    expect(failureOf(done)).toMatchObject({
      code: 'TRAFFIC_GUARD',
      message: expect.stringContaining('3 of 6 healthy instances, fewer than the 4 that must serve') as string,
    });
    expect(it.serverGroups.sizes(east)).toEqual(['foo-prod ×3', 'foo-prod-v000 ×0']);
  });

  it('go on serving when the copy does not come up', async () => {
    const it = await bench('foo-prod', { image: 'repo/foo:sick' });
    const done = await it.confirm(await it.say('adopt foo prod/east'));
    expect(done.status).toBe('TERMINAL');
    expect(it.serverGroups.sizes(east)).toEqual(['foo-prod ×3', 'foo-prod-v000 ×0']);
    expect(it.serverGroups.effects).toEqual([
      'recreate nonprod/east/foo-prod as foo-prod-v000',
      'resize nonprod/east/foo-prod-v000 3→0',
    ]);
    expect(await kept(it.store)).toMatchObject([{ serverGroupName: 'foo-prod-v000', why: 'adoption', state: 'kept' }]);
    const ofEast = await it.live(done.id);
    expect(JSON.stringify(ofEast?.steps)).toContain('foo-prod-v000 kept for diagnosis until ');
  });

  it('go back when they are canceled before the copy came up', async () => {
    const it = await bench();
    it.serverGroups.seed({ location: east, name: 'foo-prod-v000', desired: 0 });
    it.serverGroups.sickNames.add('foo-prod-v001');
    const started = await it.press(await it.say('adopt foo prod/east'), 'confirm');
    const id = started.executionId ?? '';
    await it.drive(id, 20_000);
    await it.choose(id, 'cancelExecution');
    expect((await it.drive(id)).status).toBe('CANCELED');
    expect(it.serverGroups.sizes(east)).toEqual(['foo-prod ×3', 'foo-prod-v000 ×0', 'foo-prod-v001 ×0']);
    expect(await kept(it.store)).toMatchObject([{ serverGroupName: 'foo-prod-v001' }]);
  });

  it('go back when they are canceled after the first was scaled down: it serves again before the copy goes', async () => {
    const it = await bench();
    const started = await it.press(await it.say('adopt foo prod/east'), 'confirm');
    const id = started.executionId ?? '';
    for (let turn = 0; turn < 60 && it.serverGroups.effects.length < 2; turn += 1) await it.drive(id, 2000);
    expect(it.serverGroups.sizes(east)).toEqual(['foo-prod ×0', 'foo-prod-v000 ×3']);
    await it.choose(id, 'cancelExecution');
    expect((await it.drive(id)).status).toBe('CANCELED');
    expect(it.serverGroups.sizes(east)).toEqual(['foo-prod ×3', 'foo-prod-v000 ×0']);
    expect(it.serverGroups.effects.slice(2)).toEqual([
      'resize nonprod/east/foo-prod 0→3',
      'resize nonprod/east/foo-prod-v000 3→0',
    ]);
  });

  it('go back when the first cannot be removed; where it is gone all the same, the copy stays', async () => {
    const it = await bench();
    it.serverGroups.fail('destroy', 'REQUEST_REFUSED');
    expect((await it.confirm(await it.say('adopt foo prod/east'))).status).toBe('TERMINAL');
    expect(it.serverGroups.sizes(east)).toEqual(['foo-prod ×3', 'foo-prod-v000 ×0']);
    it.serverGroups.fail('destroy', 'REQUEST_REFUSED', true);
    expect((await it.confirm(await it.say('adopt foo prod/west'))).status).toBe('TERMINAL');
    expect(it.serverGroups.sizes(west)).toEqual(['foo-prod-v000 ×3']);
  });

  it('keep the copy serving when the first does not come back', async () => {
    const it = await bench();
    it.serverGroups.fail('destroy', 'REQUEST_REFUSED');
    it.serverGroups.onEffect = () => {
      if (it.serverGroups.effects.length === 2) it.serverGroups.sickNames.add('foo-prod');
    };
    expect((await it.confirm(await it.say('adopt foo prod/east'))).status).toBe('TERMINAL');
    expect(it.serverGroups.sizes(east)).toEqual(['foo-prod ×3', 'foo-prod-v000 ×3']);
  });

  it.each([
    ['scaled down', 1],
    ['removed', 2],
  ])(
    'wait where a deployment holds the first as it is to be %s, until a second person forces that',
    async (_what, done) => {
      const it = await bench();
      it.serverGroups.onEffect = (moment) => {
        if (moment === 'after' && it.serverGroups.effects.length === done)
          it.serverGroups.lock(east, 'foo-prod', 'dep-17');
      };
      const started = await it.press(await it.say('adopt foo prod/east'), 'confirm');
      const id = started.executionId ?? '';
      await it.drive(id, 3 * 60_000);
      expect(it.serverGroups.effects).toHaveLength(done);
      const force = (await it.live(id))?.choices?.find(({ name }) => name === 'force');
      expect(force?.asks?.label).toContain(
        '/nonprod/east/foo-prod may be left half way: Marathon cancels deployment dep-17.',
      );
      if (force === undefined) throw new Error('There is no such button.');
      await ask(it, { type: 'choice', name: 'force', target: force.target, answer: 'urgent' }, 'UBOB');
      expect((await it.drive(id)).status).toBe('SUCCEEDED');
      expect(it.serverGroups.sizes(east)).toEqual(['foo-prod-v000 ×3']);
      expect(it.serverGroups.effects).toHaveLength(3);
    },
  );

  it('are refused beside a server group in service, which would then count as the older one', async () => {
    const it = await bench();
    it.serverGroups.seed({ location: east, name: 'foo-prod-v004', desired: 2, image: 'repo/foo:2.0' });
    const answer = await it.say('adopt foo prod');
    expect(answer.plan).toBeUndefined();
    const said = wordsOf(answer.reply);
    expect(said).toContain('foo-prod-v004 is in service beside it in nonprod/east');
    expect(said).toContain('scale v004 to 0');
    expect(said).toContain('/cox deploy foo prod 1.0');
    expect((await it.say('adopt foo prod/west')).plan).toBeDefined();
  });

  it('show on the card what serves now', async () => {
    const it = await bench();
    it.serverGroups.seed({ location: east, name: 'foo-prod-v004', desired: 0 });
    const said = wordsOf((await it.say('adopt foo prod')).reply);
    expect(said).toContain('nonprod/east: foo-prod 1.0, 3 instances, 3 serve now; beside it v004 1.0 disabled');
    expect(said).toContain('nonprod/west: foo-prod 1.0, 3 instances, 3 serve now; no server group beside it');
  });

  it('get a fresh copy when the stage is tried again', async () => {
    const it = await bench();
    it.serverGroups.fail('resize', 'REQUEST_REFUSED');
    const failed = await it.confirm(await it.say('adopt foo prod/east'));
    expect(failed.status).toBe('TERMINAL');
    await it.choose(failed.id, 'retryStage', { stageId: '1' });
    expect((await it.drive(failed.id)).status).toBe('SUCCEEDED');
    expect(it.serverGroups.sizes(east)).toEqual(['foo-prod-v000 ×0', 'foo-prod-v001 ×3']);
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

  describe('while a DC/OS cluster cannot be seen', () => {
    const blinded = async (name: string, region: string) => {
      const it = await bench(name);
      const look = it.serverGroups.look.bind(it.serverGroups);
      const list = it.serverGroups.list.bind(it.serverGroups);
      const fields = { blindSince: 0, why: 'It does not answer.' };
      const lost = () => Promise.reject(new CoxswainError('UNREACHABLE', { message: 'away', fields }));
      it.serverGroups.look = (location, ...call) => (location.region === region ? lost() : look(location, ...call));
      it.serverGroups.list = (location, ...call) => (location.region === region ? lost() : list(location, ...call));
      return it;
    };
    const unknown =
      'I cannot see nonprod/west since 1970-01-01 00:00 UTC; nothing there changes until I can. ' +
      'Whether it has an app to adopt is not known (It does not answer.)';

    it('are adopted where they can be seen, and the card says where they cannot', async () => {
      const it = await blinded('foo-prod', 'west');
      const planned = await it.say('adopt foo');
      expect(wordsOf(planned.reply)).toContain('nonprod/east: foo-prod 1.0, 3 instances');
      expect(wordsOf(planned.reply)).toContain(unknown);
      expect((await it.confirm(planned)).status).toBe('SUCCEEDED');
      expect(it.serverGroups.sizes(east)).toEqual(['foo-prod-v000 ×3']);
      expect(it.serverGroups.sizes(west)).toEqual(['foo-prod ×3']);
    });

    it('are asked about, or said not to be there, as far as can be seen', async () => {
      const it = await blinded('foo', 'west');
      const { reply } = await it.say('adopt foo');
      expect(wordsOf(reply)).toContain('As which environment shall foo be adopted?');
      expect(wordsOf(reply)).toContain(unknown);
      for (const location of [east, west]) it.serverGroups.remove(location, 'foo');
      const nothing = (await it.say('adopt foo')).reply;
      expect(wordsOf(nothing)).toContain('nothing to adopt');
      expect(wordsOf(nothing)).toContain(unknown);
    });

    it('are not planned in part where the environment was named', async () => {
      const it = await blinded('foo-prod', 'west');
      const { reply, plan } = await it.say('adopt foo prod');
      expect(plan).toBeUndefined();
      expect(reply?.choices?.map(({ target }) => target)).toEqual([{ kind: 'run', text: 'adopt foo prod/east' }]);
    });
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
