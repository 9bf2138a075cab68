import { executionRenderer } from '../../src/app';
import { executionKind, peopleKind } from '../../src/engine/document-kinds';
import type { Environment } from '../../src/model/application';
import { east } from '../dcos/builders';
import { createCommandBench, wordsOf } from '../support/command-kit';
import { ask } from '../support/handled-choices';
import { west } from '../support/stage-kit';

/** UANN disables a group of foo prod that a deployment holds, which changes foo dev too, where only @crew may decide. */
async function createBench() {
  const bench = await createCommandBench();
  const environments = bench.world.definitions().applications.get('foo')?.environments as Map<string, Environment>;
  const dev = environments.get('dev');
  const approvers = { groups: ['crew'], count: 1, excludeRequester: false };
  if (dev !== undefined) environments.set('dev', { ...dev, policy: { deployers: [], approvers } });
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
  const force = async (user: string) => {
    const target = (await choice())?.target;
    if (target === undefined) throw new Error('There is no such button.');
    return ask(bench, { type: 'choice', name: 'force', target, answer: 'urgent' }, user);
  };
  const peopled = (crew: string[], managers: string[]) =>
    bench.store.update(peopleKind, 'T1', (people) => ({ ...people, groups: { crew, managers } }));
  return { ...bench, id, live, choice, force, peopled };
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

  it('is not broken off for an execution that is being canceled', async () => {
    const bench = await createBench();
    const target = (await bench.choice())?.target;
    if (target === undefined) throw new Error('There is no such button.');
    await bench.choose(bench.id, 'cancelExecution', {});
    const said = await ask(bench, { type: 'choice', name: 'force', target, answer: 'urgent' }, 'UBOB');
    expect(wordsOf(said.reply)).not.toBe('');
    await bench.drive(bench.id);
    expect(bench.serverGroups.effects).toEqual([]);
  });
});
