import { executionRenderer } from '../../src/app';
import type { ServerGroupDescription } from '../../src/model/description';
import { findStrategy, type Change } from '../../src/strategies';
import { plainText } from '../../src/model/text';
import { east } from '../dcos/builders';
import { driveUntil } from '../support/drive-until';
import { buildPipeline, stageOf } from '../support/engine-kit';
import { sendSignal } from '../support/send-signal';
import { crashEverywhere } from '../support/stage-crashes';
import { createStageBench, describeCluster } from '../support/stage-kit';

type Bench = ReturnType<typeof createStageBench>;

const rolling = (over: Partial<ServerGroupDescription> = {}) =>
  buildPipeline([
    {
      ref: '1',
      type: 'deploy',
      context: { clusters: [describeCluster({ strategy: 'rollingredblack', desiredCapacity: 6, ...over })] },
    },
  ]);
const serving = (desired = 6): Bench => {
  const bench = createStageBench();
  bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired });
  return bench;
};
const short = (effects: readonly string[]) => effects.map((effect) => effect.replace('nonprod/east/foo-dev-', ''));
const sizes = (bench: Bench) => bench.serverGroups.sizes(east).map((text) => text.replace('foo-dev-', ''));

describe('rolling red/black', () => {
  it('grows the new and shrinks the old in turn, half and half unless told', async () => {
    const bench = serving();
    const done = await bench.run(rolling());
    expect(done.status).toBe('SUCCEEDED');
    expect(short(bench.serverGroups.effects)).toEqual([
      'create v001',
      'resize v000 6→3',
      'resize v001 3→6',
      'resize v000 3→0',
    ]);
    expect(sizes(bench)).toEqual(['v000 ×0', 'v001 ×6']);
  });

  it('goes by the percentages it is given, and ends at all of it', async () => {
    const bench = serving(5);
    const done = await bench.run(rolling({ targetPercentages: [10, 60], desiredCapacity: 5 }));
    expect(done.status).toBe('SUCCEEDED');
    expect(short(bench.serverGroups.effects)).toEqual([
      'create v001',
      'resize v000 5→4',
      'resize v001 1→3',
      'resize v000 4→2',
      'resize v001 3→5',
      'resize v000 2→0',
    ]);
  });

  it('creates the whole group at once where nothing serves', async () => {
    const bench = createStageBench();
    const done = await bench.run(rolling({ judgmentBeforeCleanup: true }));
    expect(done.status).toBe('SUCCEEDED');
    expect(short(bench.serverGroups.effects)).toEqual(['create v000']);
    expect(sizes(bench)).toEqual(['v000 ×6']);
  });

  it('says the sizes of every step in the live message', async () => {
    const bench = serving();
    const done = await bench.run(rolling());
    const names = (executionRenderer.live(done).steps ?? []).map(({ name }) => plainText(name));
    expect(names).toEqual([
      'Stage 1',
      'Deploy in nonprod/east',
      'Shrink foo-dev-v000 in nonprod/east: 3 of 6 new, 3 of 6 old',
      'Grow foo-dev-v001 to 6 of 6 in nonprod/east',
      'Disable the old in nonprod/east',
    ]);
  });

  it('waits before each step that takes from the old, and clears what is asked for', async () => {
    const bench = serving();
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 0, createdTime: 0 });
    const startedAt = bench.clock.now();
    const done = await bench.run(
      rolling({ delayBeforeDisableSec: 60, scaleDown: true, delayBeforeScaleDownSec: 30, maxRemainingAsgs: 2 }),
    );
    expect(done.status).toBe('SUCCEEDED');
    expect(bench.clock.now() - startedAt).toBeGreaterThan(150_000);
    expect(done.stages.filter(({ type }) => type === 'wait').map(({ name }) => name)).toEqual([
      'Wait Before Disable',
      'Wait Before Disable',
      'Wait Before Scale Down',
    ]);
    expect(sizes(bench)).toEqual(['v000 ×0', 'v002 ×6']);
  });

  it('asks a person before each step where told to, whatever time the deploy has for coming up', async () => {
    const bench = serving();
    await bench.start(rolling({ judgmentBeforeCleanup: true, stageTimeoutMs: 60_000 }));
    const open = async () => {
      await bench.drive('E1', 2 * 3_600_000);
      const found = await driveUntil(bench, ({ stages }) =>
        stages.some(({ type, status }) => type === 'manualJudgment' && status === 'RUNNING'),
      );
      return found.stages.find(({ type, status }) => type === 'manualJudgment' && status === 'RUNNING');
    };
    const first = await open();
    expect(first?.context.instructions).toBe('foo-dev-v001 is up. Approve to go on to 3 of 6 new, 3 of 6 old.');
    expect(sizes(bench)).toEqual(['v000 ×6', 'v001 ×3']);
    await sendSignal(bench, { type: 'judge', decision: 'continue', stageId: first?.id ?? '', user: 'UANN' });
    const second = await open();
    expect(second?.id).not.toBe(first?.id);
    expect(sizes(bench)).toEqual(['v000 ×3', 'v001 ×6']);
    await sendSignal(bench, { type: 'judge', decision: 'continue', stageId: second?.id ?? '', user: 'UANN' });
    expect((await bench.drive('E1')).status).toBe('SUCCEEDED');
  });

  it('goes back, the old first and to its whole size, when a person says no half way', async () => {
    const bench = serving();
    await bench.start(rolling({ judgmentBeforeCleanup: true, rollback: { onFailure: true } }));
    for (const decision of ['continue', 'stop'] as const) {
      const execution = await driveUntil(bench, ({ stages }) =>
        stages.some(({ type, status }) => type === 'manualJudgment' && status === 'RUNNING'),
      );
      const open = execution.stages.find(({ type, status }) => type === 'manualJudgment' && status === 'RUNNING');
      await sendSignal(bench, { type: 'judge', decision, stageId: open?.id ?? '', user: 'UANN' });
      await bench.drive('E1', 1);
    }
    const done = await bench.drive('E1');
    expect(done.status).toBe('TERMINAL');
    expect(short(bench.serverGroups.effects).slice(-2)).toEqual(['resize v000 3→6', 'resize v001 6→0']);
    expect(plainText(executionRenderer.outcome(done).headline)).toContain('what served before serves again');
  });

  it('goes back when the new group does not grow', async () => {
    const bench = serving();
    await bench.start(rolling({ rollback: { onFailure: true }, stageTimeoutMs: 60_000 }));
    await driveUntil(bench, () => sizes(bench)[0] === 'v000 ×3');
    bench.serverGroups.sickNames.add('foo-dev-v001');
    const done = await bench.drive('E1');
    expect(done.status).toBe('TERMINAL');
    expect(sizes(bench)).toEqual(['v000 ×6', 'v001 ×0']);
  });

  it('takes nothing from the old while too few of the new serve', async () => {
    const bench = serving();
    await bench.start(rolling({ delayBeforeDisableSec: 60, rollback: { onFailure: true } }));
    await driveUntil(bench, ({ stages }) => stages.some(({ type, status }) => type === 'wait' && status === 'RUNNING'));
    bench.serverGroups.sickNames.add('foo-dev-v001');
    await bench.drive('E1', 180_000);
    expect(sizes(bench)).toEqual(['v000 ×6', 'v001 ×3']);
    bench.serverGroups.sickNames.delete('foo-dev-v001');
    expect((await bench.drive('E1')).status).toBe('SUCCEEDED');
  });

  it('fails, naming the numbers, where too few of the new serve for long', async () => {
    const bench = serving();
    await bench.start(rolling({ delayBeforeDisableSec: 60 }));
    await driveUntil(bench, ({ stages }) => stages.some(({ type, status }) => type === 'wait' && status === 'RUNNING'));
    bench.serverGroups.sickNames.add('foo-dev-v001');
    const done = await bench.drive('E1');
    expect(stageOf(done, '1').failure).toMatchObject({
      code: 'TRAFFIC_GUARD',
      message:
        'A size of 3 of foo-dev-v000 would leave cluster foo-dev in nonprod/east with 3 of 6 healthy instances, fewer than the 6 that must serve.',
    });
    expect(sizes(bench)).toEqual(['v000 ×6', 'v001 ×3']);
  });

  it('brings the old back to its whole size when it is canceled between two steps', async () => {
    const bench = serving();
    await bench.start(rolling());
    await driveUntil(bench, () => sizes(bench)[0] === 'v000 ×3');
    await sendSignal(bench, { type: 'cancel', user: 'UANN' });
    expect((await bench.drive('E1')).status).toBe('CANCELED');
    expect(sizes(bench)).toEqual(['v000 ×6', 'v001 ×0']);
  });

  it('ends the same wherever the process stops', async () => {
    const { differing, points } = await crashEverywhere({
      execution: () => rolling({ targetPercentages: [50] }),
      seed: (bench) => bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 6 }),
      end: ({ status }, bench) => [status, sizes(bench), bench.serverGroups.effects],
    });
    expect(points).toBeGreaterThan(30);
    expect(differing).toEqual([]);
  }, 60_000);
});

describe('the plan of rolling red/black', () => {
  const strategy = findStrategy('RollingRedBlack');
  const change: Change = {
    location: east,
    cluster: 'foo-dev',
    created: 'foo-dev-v001',
    source: { serverGroupName: 'foo-dev-v000', desired: 6, serving: 5 },
    stoodBefore: ['foo-dev-v000'],
  };

  it.each([
    [{}, 6, 'rolling red/black: 3 of 6 new, 3 of 6 old; 6 of 6 new, 0 of 6 old'],
    [{}, 4, 'rolling red/black: 3 of 6 new, 2 of 4 old; 6 of 6 new, 0 of 4 old'],
    [
      { delayBeforeDisableSec: 60, judgmentBeforeCleanup: true, targetPercentages: [100] },
      undefined,
      'rolling red/black: 6 of 6 new, 0 of 6 old; before each step down: 60 s, a person',
    ],
  ])('says with %j, and %s that serve, what it will do', (over, old, text) =>
    expect(strategy.summary({ desiredCapacity: 6, ...over }, old)).toBe(text),
  );

  it('runs the validation pipeline before each step that takes from the old, with what it must know', () => {
    const pipelineBeforeCleanup = { application: 'foo', pipelineId: 'smoke', pipelineParameters: { level: 2 } };
    const plans = strategy.after(change, { desiredCapacity: 6, pipelineBeforeCleanup });
    expect(plans.map(({ type }) => type)).toEqual([
      'pipeline',
      'resizeServerGroup',
      'resizeServerGroup',
      'pipeline',
      'disableCluster',
    ]);
    const facts = { deployedServerGroup: 'foo-dev-v001', sourceServerGroup: 'foo-dev-v000' };
    expect(plans.filter(({ type }) => type === 'pipeline').map(({ context }) => context)).toMatchObject([
      { application: 'foo', pipeline: 'smoke', pipelineParameters: { level: 2, ...facts, percentageComplete: 50 } },
      { application: 'foo', pipeline: 'smoke', pipelineParameters: { level: 2, ...facts, percentageComplete: 100 } },
    ]);
  });

  it('promises what served before, or the whole of the new where that is less', () => {
    const least = (desiredCapacity: number) =>
      strategy
        .after(change, { desiredCapacity })
        .flatMap(({ context }) => ('minimumServing' in context ? [context.minimumServing] : []));
    expect([least(6), least(2)]).toEqual([
      [5, 5],
      [2, 2],
    ]);
  });
});
