import { east } from '../dcos/builders';
import { createCommandBench, wordsOf } from '../support/command-kit';
import { west } from '../support/stage-kit';
import { CoxswainError } from '../../src/model/errors';

const lostAt = Date.UTC(2026, 0, 5, 14, 3);
const blind = () =>
  new CoxswainError('UNREACHABLE', {
    message: 'I cannot see nonprod/west since 14:03 UTC; nothing there changes until I can. np2 is away.',
    fields: { blindSince: lostAt, why: 'np2 is away.' },
  });

/** `foo prod` in two regions with different DC/OS clusters behind them; west can be taken out of sight. */
async function bench() {
  const it = await createCommandBench();
  for (const location of [east, west]) {
    it.serverGroups.seed({ location, name: 'foo-prod-v000', desired: 0, lastSize: 2, image: 'repo/foo:1.0' });
    it.serverGroups.seed({ location, name: 'foo-prod-v001', desired: 2, image: 'repo/foo:1.1' });
  }
  const list = it.serverGroups.list.bind(it.serverGroups);
  const look = it.serverGroups.look.bind(it.serverGroups);
  const loseWest = () => {
    it.serverGroups.list = (location, ...rest) =>
      location.region === 'west' ? Promise.reject(blind()) : list(location, ...rest);
    it.serverGroups.look = (location, ...rest) =>
      location.region === 'west' ? Promise.reject(blind()) : look(location, ...rest);
  };
  const run = async (text: string, user?: string) => {
    const started = await it.press(await it.say(text, user), 'confirm', user);
    return it.drive(started.executionId ?? '');
  };
  return { ...it, loseWest, run };
}

describe('a region that cannot be seen', () => {
  it('degrades only its own line of the status, and says since when', async () => {
    const it = await bench();
    it.loseWest();
    const said = wordsOf((await it.say('status foo')).reply);
    expect(said).toContain('nonprod/east v001 1.1 2/2 healthy');
    expect(said).toContain('I cannot see nonprod/west since 2026-01-05 14:03 UTC; nothing there changes until I can.');
    expect(said).toContain('np2 is away.');
  });

  it.each([
    ['deploy foo prod 2.0', 'deploy foo prod/east 2.0'],
    ['resize foo prod 3', 'resize foo prod/east 3'],
    ['rollback foo prod', 'rollback foo prod/east'],
  ])('is not planned for: %s offers %s', async (text, offered) => {
    const it = await bench();
    it.loseWest();
    const answer = await it.say(text);
    expect(wordsOf(answer.reply)).toContain('I cannot see nonprod/west since 2026-01-05 14:03 UTC');
    expect(answer.plan).toBeUndefined();
    expect(answer.reply?.choices?.map(({ target }) => target)).toEqual([{ kind: 'run', text: offered }]);
    expect((await it.run(offered)).status).toBe('SUCCEEDED');
    expect(it.serverGroups.effects.every((effect) => effect.includes('nonprod/east/'))).toBe(true);
  });

  it('is refused alone, with nothing else to offer', async () => {
    const it = await bench();
    it.loseWest();
    const answer = await it.say('deploy foo prod/west 2.0');
    expect([answer.plan, answer.reply?.choices]).toEqual([undefined, undefined]);
  });

  it('drops a plan that was shown before it was lost', async () => {
    const it = await bench();
    const planned = await it.say('deploy foo prod 2.0');
    it.loseWest();
    expect(wordsOf((await it.press(planned, 'confirm')).reply)).toContain('Nothing was started.');
    expect(await it.executions()).toEqual([]);
  });

  it('is named in the live message of what waits for it', async () => {
    const it = await bench();
    const started = await it.press(await it.say('deploy foo prod 2.0'), 'confirm');
    await it.drive(started.executionId ?? '', 1500);
    it.loseWest();
    await it.drive(started.executionId ?? '', 4000);
    const steps = (await it.live(started.executionId ?? ''))?.steps ?? [];
    expect(steps.map(({ name, detail }) => `${name}: ${JSON.stringify(detail)}`).join('\n')).toContain(
      'I cannot see nonprod/west since 14:03 UTC; nothing there changes until I can.',
    );
  });
});

describe('a deployment that fails in its second region', () => {
  /** West refuses the new group; east has it. */
  async function half() {
    const it = await bench();
    const create = it.serverGroups.create.bind(it.serverGroups);
    it.serverGroups.create = (description, ...rest) =>
      description.region === 'np1_west'
        ? Promise.reject(new CoxswainError('REQUEST_REFUSED', { message: 'np1 refuses it.' }))
        : create(description, ...rest);
    const failed = await it.run('deploy foo prod 2.0');
    it.serverGroups.create = create;
    expect(failed.status).toBe('TERMINAL');
    return { ...it, failed };
  }
  const choicesOf = (
    view: { readonly choices?: readonly { readonly label: string; readonly target: unknown }[] } | undefined,
  ) => (view?.choices ?? []).map(({ label, target }) => [label, (target as { text?: string }).text]);

  it('says what is true in each region, and offers to finish or to undo', async () => {
    const it = await half();
    const live = await it.live(it.failed.id);
    expect(wordsOf(live)).toContain('nonprod/east: 2.0 serves (foo-prod-v002).');
    expect(wordsOf(live)).toContain('nonprod/west: unchanged.');
    expect(choicesOf(live).slice(-3)).toEqual([
      ['Finish west', 'deploy foo prod/west 2.0'],
      ['Undo east', 'rollback foo prod/east v001'],
      ['Logs', 'logs foo prod/east group=v002'],
    ]);
  });

  it.each([
    ['deploy foo prod/west 2.0', west, ['foo-prod-v001 ×0', 'foo-prod-v002 ×2']],
    ['rollback foo prod/east v001', east, ['foo-prod-v001 ×2', 'foo-prod-v002 ×0']],
  ])('%s does it, after a plan of its own and for deployers only', async (text, location, sizes) => {
    const it = await half();
    const press = (user: string) => it.receive({ type: 'choice', name: 'run', target: { kind: 'run', text } }, user);
    expect(wordsOf((await it.handle(await press('UEVE'))).reply)).toContain('only @crew may');
    const planned = await it.handle(await press('UBOB'));
    const started = await it.press(planned, 'confirm', 'UBOB');
    expect((await it.drive(started.executionId ?? '')).status).toBe('SUCCEEDED');
    expect(it.serverGroups.sizes(location).slice(-2)).toEqual(sizes);
  });
});
