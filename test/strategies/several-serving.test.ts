import type { ServerGroupDescription } from '../../src/model/description';
import { findStrategy, type Change } from '../../src/strategies';
import { east } from '../dcos/builders';
import { driveUntil } from '../support/drive-until';
import { buildPipeline, stageOf } from '../support/engine-kit';
import { sendSignal } from '../support/send-signal';
import { createStageBench, describeCluster } from '../support/stage-kit';

type Bench = ReturnType<typeof createStageBench>;

const names = ['redblack', 'rollingredblack', 'canary'] as const;
const deployOf = (over: Partial<ServerGroupDescription>) => {
  const canary = [{ instances: 1, durationSec: 30 }];
  const clusters = [describeCluster({ desiredCapacity: 6, canary, ...over })];
  return buildPipeline([
    { ref: '1', type: 'deploy', context: { clusters } },
    { ref: '2', type: 'manualJudgment', after: ['1'] },
  ]);
};
/** Two groups serve beside each other. */
function bothServe(): Bench {
  const bench = createStageBench();
  bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 5 });
  bench.serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 6 });
  return bench;
}
const sizes = (bench: Bench) => bench.serverGroups.sizes(east).map((text) => text.replace('foo-dev-', ''));

describe('where several server groups serve', () => {
  it.each(names)('%s brings all of them back when it is canceled later', async (strategy) => {
    const bench = bothServe();
    await bench.run(deployOf({ strategy, maxRemainingAsgs: 3 }), 600_000);
    expect(sizes(bench)).toEqual(['v000 ×0', 'v001 ×0', 'v002 ×6']);
    await sendSignal(bench, { type: 'cancel', user: 'UANN' });
    expect((await bench.drive('E1')).status).toBe('CANCELED');
    expect(sizes(bench)).toEqual(['v000 ×5', 'v001 ×6', 'v002 ×0']);
  });

  it.each(names)('%s keeps no more than it is told to, and goes back to as much as served', async (strategy) => {
    const bench = bothServe();
    await bench.run(deployOf({ strategy, maxRemainingAsgs: 2 }), 600_000);
    expect(sizes(bench)).toEqual(['v001 ×0', 'v002 ×6']);
    await sendSignal(bench, { type: 'cancel', user: 'UANN' });
    expect((await bench.drive('E1')).status).toBe('CANCELED');
    expect(sizes(bench)).toEqual(['v001 ×11', 'v002 ×0']);
  });

  it.each(names)('%s never serves less on its way back while the new serves', async (strategy) => {
    const bench = bothServe();
    await bench.run(deployOf({ strategy, maxRemainingAsgs: 3 }), 600_000);
    const seen: (readonly string[])[] = [];
    bench.serverGroups.onEffect = () => seen.push(sizes(bench));
    await sendSignal(bench, { type: 'cancel', user: 'UANN' });
    expect((await bench.drive('E1')).status).toBe('CANCELED');
    expect(seen.find((groups) => groups.includes('v002 ×0'))).toEqual(['v000 ×5', 'v001 ×6', 'v002 ×0']);
  });

  it('destroys the oldest of them first, whatever was changed last, and none that serves', async () => {
    const bench = bothServe();
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v002', desired: 4 });
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v003', desired: 0 });
    await bench.run(deployOf({ strategy: 'redblack', maxRemainingAsgs: 3 }), 600_000);
    expect(sizes(bench)).toEqual(['v001 ×0', 'v002 ×0', 'v004 ×6']);
  });

  it.each(names)('%s brings all of them back when a later step fails', async (strategy) => {
    const bench = bothServe();
    let isDone = false;
    bench.serverGroups.onEffect = () => {
      if (isDone || !sizes(bench).includes('v000 ×0')) return;
      isDone = true;
      bench.serverGroups.fail('look', 'FORBIDDEN');
    };
    const done = await bench.run(deployOf({ strategy, rollback: { onFailure: true } }));
    expect([done.status, sizes(bench)]).toEqual(['TERMINAL', ['v000 ×5', 'v001 ×6', 'v002 ×0']]);
  });

  it('takes the newest that serves for the source, not a newer one of which nothing does', async () => {
    const bench = bothServe();
    bench.serverGroups.sickNames.add('foo-dev-v001');
    const done = await bench.run(deployOf({ strategy: 'redblack' }), 600_000);
    expect(stageOf(done, '1<0').outputs.source).toMatchObject({ serverGroupName: 'foo-dev-v000', desired: 5 });
    await sendSignal(bench, { type: 'cancel', user: 'UANN' });
    await bench.drive('E1');
    // What did not serve before went with the surplus, and nothing comes in its stead.
    expect(sizes(bench)).toEqual(['v000 ×5', 'v002 ×0']);
  });

  it('keeps no way back where only one group is to remain', async () => {
    const bench = bothServe();
    await bench.run(deployOf({ strategy: 'redblack', maxRemainingAsgs: 1 }), 600_000);
    expect(sizes(bench)).toEqual(['v002 ×6']);
  });

  it.each(['highlander', ...names])('%s promises what all of them served', (strategy) => {
    const served = (serverGroupName: string, serving: number) => ({ serverGroupName, desired: serving, serving });
    const change: Change = {
      location: east,
      cluster: 'foo-dev',
      created: 'foo-dev-v002',
      source: served('foo-dev-v001', 6),
      alsoServed: [served('foo-dev-v000', 5)],
      stoodBefore: ['foo-dev-v001', 'foo-dev-v000'],
    };
    const plans = findStrategy(strategy).after(change, { desiredCapacity: 20 });
    const least = plans.flatMap(({ context }) => ('minimumServing' in context ? [context.minimumServing] : []));
    expect(new Set(least)).toEqual(new Set([11]));
  });
});

describe('the way back where several server groups served', () => {
  /** A canary or red/black has taken over from v000 and v001, and turns sick while it is watched. */
  async function turnsSick(...alsoSick: readonly string[]) {
    const bench = bothServe();
    const rollback = { rollback: { onFailure: true } } as const;
    const clusters = [describeCluster({ strategy: 'redblack', desiredCapacity: 6, maxRemainingAsgs: 3, ...rollback })];
    const execution = buildPipeline([
      { ref: '1', type: 'deploy', context: { clusters } },
      { ref: '2', type: 'verify', after: ['1'], context: { durationSec: 600, ...rollback } },
    ]);
    await bench.start(execution);
    await driveUntil(bench, ({ stages }) => stages.some(({ id, status }) => id === '2' && status === 'RUNNING'));
    expect(sizes(bench)).toEqual(['v000 ×0', 'v001 ×0', 'v002 ×6']);
    for (const name of ['v002', ...alsoSick]) bench.serverGroups.sickNames.add(`foo-dev-${name}`);
    const from = bench.serverGroups.effects.length;
    const done = await bench.drive('E1', 6 * 3_600_000);
    const effects = bench.serverGroups.effects.slice(from).map((text) => text.replace(' nonprod/east/foo-dev-', ' '));
    return { bench, done, effects };
  }

  it('brings back first the one that the new one followed, then takes that out, then brings back the others', async () => {
    const { done, effects } = await turnsSick();
    expect(done.status).toBe('TERMINAL');
    expect(effects).toEqual(['resize v001 0→6', 'resize v002 6→0', 'resize v000 0→5']);
  });

  it('takes the sick one out though another does not come back', async () => {
    const { bench, done } = await turnsSick('v000');
    expect(done.status).toBe('TERMINAL');
    expect(sizes(bench)).toEqual(['v000 ×5', 'v001 ×6', 'v002 ×0']);
    expect(stageOf(done, '2').failure?.message).toContain('The way back failed too');
  });
});

it('brings back each of several others, whichever of them does not come up', async () => {
  const bench = bothServe();
  bench.serverGroups.seed({ location: east, name: 'foo-dev-v002', desired: 4 });
  await bench.run(deployOf({ strategy: 'redblack', maxRemainingAsgs: 4 }), 600_000);
  expect(sizes(bench)).toEqual(['v000 ×0', 'v001 ×0', 'v002 ×0', 'v003 ×6']);
  bench.serverGroups.sickNames.add('foo-dev-v001');
  await sendSignal(bench, { type: 'cancel', user: 'UANN' });
  expect((await bench.drive('E1', 6 * 3_600_000)).status).toBe('CANCELED');
  expect(sizes(bench)).toEqual(['v000 ×5', 'v001 ×6', 'v002 ×4', 'v003 ×0']);
});
