import { executionRenderer } from '../../src/app';
import { executionKind, peopleKind, reviewKind } from '../../src/engine/document-kinds';
import type { Environment } from '../../src/model/application';
import type { Policy } from '../../src/model/execution';
import { east } from '../dcos/builders';
import { createCommandBench, wordsOf } from '../support/command-kit';
import { ask, entriesOf } from '../support/handled-choices';
import { west } from '../support/stage-kit';

/** UANN disables a group of foo prod that a deployment holds, which changes foo dev too, where only @crew may decide. */
async function createBench(over: Partial<Policy> = {}) {
  const bench = await createCommandBench();
  const environments = bench.world.definitions().applications.get('foo')?.environments as Map<string, Environment>;
  const [dev, prod] = [environments.get('dev'), environments.get('prod')];
  const approvers = { groups: ['crew'], count: 1, excludeRequester: false };
  if (dev !== undefined) environments.set('dev', { ...dev, policy: { deployers: [], approvers, ...over } });
  if (prod !== undefined) environments.set('prod', { ...prod, policy: { ...prod.policy, ...over } });
  for (const location of [east, west])
    for (const name of ['foo-prod-v001', 'foo-prod-v002']) bench.serverGroups.seed({ location, name, desired: 2 });
  bench.serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 2 });
  for (const name of ['foo-prod-v001', 'foo-dev-v001']) bench.serverGroups.lock(east, name, 'dep-17');
  const planned = await bench.say('disable foo prod/east v001');
  const id = (await bench.press(planned, 'confirm')).executionId ?? '';
  await bench.drive(id, 60_000);
  const live = async () => {
    const execution = (await bench.store.get(executionKind, id))?.document;
    return execution === undefined ? undefined : executionRenderer.live(execution);
  };
  const choice = async () => (await live())?.choices?.find(({ name }) => name === 'force');
  const button = async () => {
    const target = (await choice())?.target;
    if (target === undefined) throw new Error('There is no such button.');
    return (user: string, answer = 'urgent') => ask(bench, { type: 'choice', name: 'force', target, answer }, user);
  };
  const force = async (user: string, answer?: string) => (await button())(user, answer);
  const peopled = (crew: string[], managers: string[], oncall: string[] = []) =>
    bench.store.update(peopleKind, 'T1', (people) => ({ ...people, groups: { crew, managers, oncall } }));
  const overrides = async () => (await entriesOf(bench)).filter(({ kind }) => kind === 'override');
  return { ...bench, id, live, choice, button, force, peopled, overrides };
}

describe('a deployment that is to be broken off', () => {
  it('is named with all that it changes', async () => {
    const { choice } = await createBench();
    expect((await choice())?.asks?.label).toBe(
      '/nonprod/east/foo-dev-v001, /nonprod/east/foo-prod-v001 may be left half way: Marathon cancels deployment dep-17. Why can it not wait?',
    );
  });

  it('is judged by every environment whose cluster it changes', async () => {
    const bench = await createBench();
    await bench.peopled(['UANN'], ['UBOB']);
    expect(wordsOf((await bench.force('UBOB')).reply)).toContain('only @crew may');
    await bench.peopled(['UANN', 'UBOB'], []);
    expect(wordsOf((await bench.force('UBOB')).reply)).toContain('only @managers may');
    expect(bench.serverGroups.effects).toEqual([]);
    await bench.peopled(['UANN', 'UBOB'], ['UBOB']);
    expect((await bench.force('UBOB')).quiet).toBe(true);
    expect((await bench.drive(bench.id)).status).toBe('SUCCEEDED');
  });

  it('asks those of the environment that refuses it, not those of the execution', async () => {
    const bench = await createBench();
    await bench.peopled(['UANN'], ['UBOB']);
    const [choice] = (await bench.force('UBOB')).reply?.choices ?? [];
    if (choice === undefined) throw new Error('Nobody can be asked.');
    const asked = await ask(bench, { type: 'choice', name: choice.name, target: choice.target }, 'UBOB');
    expect(wordsOf(asked.reply)).toBe('Asked @crew.');
  });

  it.each([
    ['nobody in particular', 'UEVE', 'only @managers may'],
    ['who asked, though they may decide here', 'UANN', 'A second person has a deployment broken off, not who asked.'],
  ])('is not broken off by %s', async (_who, user, told) => {
    const bench = await createBench();
    await bench.peopled(['UANN', 'UBOB'], ['UANN', 'UBOB']);
    const said = await bench.force(user);
    expect([said.reply?.denied, wordsOf(said.reply)]).toEqual([true, expect.stringContaining(told)]);
    await bench.drive(bench.id, 60_000);
    expect([bench.serverGroups.effects, await bench.overrides()]).toEqual([[], []]);
  });

  it('is broken off alone by who is on call, which is reviewed', async () => {
    const bench = await createBench({ breakGlass: { groups: ['oncall'], reviewWithinMs: 3_600_000 } });
    await bench.peopled(['UANN'], [], ['UANN']);
    expect((await bench.force('UANN')).quiet).toBe(true);
    expect((await bench.drive(bench.id)).status).toBe('SUCCEEDED');
    expect(await bench.overrides()).toMatchObject([{ action: 'breakGlass', who: 'UANN', why: 'urgent' }]);
    expect(await bench.store.count(reviewKind)).toBe(1);
  });

  it('is broken off once, for a reason, which is written down', async () => {
    const bench = await createBench();
    await bench.peopled(['UANN', 'UBOB'], ['UBOB']);
    const press = await bench.button();
    expect(wordsOf((await press('UBOB', ' ')).reply)).toContain('Say why');
    expect((await press('UBOB')).quiet).toBe(true);
    expect(wordsOf((await press('UBOB', 'again')).reply)).toContain('Already forced by @UBOB');
    await bench.drive(bench.id);
    expect(bench.serverGroups.effects).toHaveLength(1);
    const what = expect.stringContaining('over deployment dep-17') as string;
    expect(await bench.overrides()).toMatchObject([{ action: 'force', who: 'UBOB', why: 'urgent', what }]);
  });

  it('is not broken off for an execution that is being canceled', async () => {
    const bench = await createBench();
    await bench.peopled(['UANN', 'UBOB'], ['UBOB']);
    const press = await bench.button();
    await bench.choose(bench.id, 'cancelExecution', {});
    expect(wordsOf((await press('UBOB')).reply)).toContain('is ending');
    await bench.drive(bench.id);
    expect(bench.serverGroups.effects).toEqual([]);
  });
});
