import type { Environment } from '../../src/model/application';
import { east } from '../dcos/builders';
import { createCommandBench, wordsOf } from '../support/command-kit';
import { windowOf } from '../support/draw-window';
import { ask, entriesOf } from '../support/handled-choices';
import { west } from '../support/stage-kit';

/** foo prod in two regions, where four serve; `over` is what its environments say more. */
async function createBench(over: Partial<Environment> = {}) {
  const bench = await createCommandBench();
  const environments = bench.world.definitions().applications.get('foo')?.environments as Map<string, Environment>;
  for (const [name, environment] of environments) environments.set(name, { ...environment, ...over });
  for (const location of [east, west]) bench.serverGroups.seed({ location, name: 'foo-prod-v001', desired: 4 });
  return bench;
}

const promised = { trafficGuard: { minInstances: 3 } };

describe('a plan that the traffic guard refuses', () => {
  it.each([
    ['disable foo prod v001', {}, 'Disabling foo-prod-v001 would leave cluster foo-prod in nonprod/east with 0 of 4'],
    ['destroy foo prod v001', {}, 'Destroying foo-prod-v001 would leave cluster foo-prod in nonprod/east with 0 of 4'],
    ['resize foo prod 0', {}, 'Removal of all instances in foo-prod-v001 would leave'],
    [
      'resize foo prod 2',
      promised,
      'A size of 2 of foo-prod-v001 would leave cluster foo-prod in nonprod/east with 2 of',
    ],
    ['disable foo prod/west v001', promised, 'would leave cluster foo-prod in nonprod/west with 0 of 4'],
  ])('%s', async (text, over, reason) => {
    const bench = await createBench(over);
    const said = await ask(bench, { type: 'text', text });
    expect(wordsOf(said.reply)).toContain(reason);
    expect(said.plan).toBeUndefined();
    const refusals = (await entriesOf(bench)).filter(({ kind }) => kind === 'refusal');
    expect(refusals).toMatchObject([{ who: 'UANN', outcome: 'TRAFFIC_GUARD', environment: 'prod' }]);
    expect(refusals[0]?.why).toContain(reason);
  });

  it('is one for an instance too few', async () => {
    const bench = await createBench({ trafficGuard: { minInstances: 4 } });
    const said = await ask(bench, { type: 'text', text: 'terminate foo prod/east foo-prod-v001.0' });
    expect(wordsOf(said.reply)).toContain('with 3 of 4 healthy instances, fewer than the 4 that must serve.');
  });

  it.each([
    ['resize foo prod 3', promised],
    ['resize foo prod 1', {}],
    ['resize foo prod 5', { trafficGuard: { minInstances: 9 } }],
    ['terminate foo prod/east foo-prod-v001.0', promised],
  ])('is not %s with %j', async (text, over) => {
    const bench = await createBench(over);
    expect((await ask(bench, { type: 'text', text })).plan?.state).toBe('open');
  });
});

describe('a start before the window opens', () => {
  it('is written down as an override, with its reason', async () => {
    const bench = await createBench({ window: windowOf("{ days: Mon-Fri, hours: '09:00-16:00' }", 'UTC') });
    const planned = await bench.say('deploy foo prod 2.0');
    const id = (await bench.press(planned, 'confirm')).executionId ?? '';
    await bench.drive(id, 1000);
    const target = { kind: 'execution', id, stageId: '1<0' } as const;
    await ask(bench, { type: 'choice', name: 'startNow', target, answer: 'login is broken' }, 'UBOB');
    await bench.drive(id);
    const overrides = (await entriesOf(bench)).filter(({ kind }) => kind === 'override');
    expect(overrides).toMatchObject([
      { action: 'startNow', who: 'UBOB', why: 'login is broken', executionId: id, outcome: 'ACCEPTED' },
    ]);
  });
});
