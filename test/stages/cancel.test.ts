import fc from 'fast-check';
import { landingMs } from '../../src/engine/landing';
import { executionRenderer } from '../../src/app';
import type { ServerGroupDescription } from '../../src/model/description';
import type { Execution, StageContext } from '../../src/model/execution';
import { plainText } from '../../src/model/text';
import { keyLabel } from '../../src/dcos/server-groups';
import { east } from '../dcos/builders';
import { driveUntil } from '../support/drive-until';
import { createCrashPoints } from '../support/crash-points';
import { buildPipeline, drive } from '../support/engine-kit';
import { sendSignal } from '../support/send-signal';
import { createStageBench, describeCluster } from '../support/stage-kit';

type Bench = ReturnType<typeof createStageBench>;

const deployOf = (...clusters: readonly Partial<ServerGroupDescription>[]) =>
  buildPipeline([{ ref: '1', type: 'deploy', context: { clusters: clusters.map(describeCluster) } }]);

const cancel = (bench: Bench, id = 'E1') => sendSignal(bench, { type: 'cancel', user: 'UANN' }, id);
const seedServing = (bench: Bench, desired = 2) =>
  bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired });

describe('canceling a deploy', () => {
  const moments: readonly (readonly [string, (bench: Bench, execution: Execution) => boolean])[] = [
    ['while the new group comes up', (bench) => bench.serverGroups.sizes(east).includes('foo-dev-v001 ×2')],
    ['while it waits before the old one goes', (_bench, { stages }) => stages.some(({ type }) => type === 'wait')],
    ['once the old one is out of service', (bench) => bench.serverGroups.sizes(east)[0] === 'foo-dev-v000 ×0'],
    ['with the question open', (_bench, { stages }) => stages[1]?.status === 'RUNNING'],
  ];
  it.each(moments)('brings the old group back to full size %s', async (_when, holds) => {
    const bench = createStageBench();
    seedServing(bench);
    const clusters = [describeCluster({ delayBeforeDisableSec: 20 })];
    await bench.start(
      buildPipeline([
        { ref: '1', type: 'deploy', context: { clusters } },
        { ref: '2', type: 'manualJudgment', after: ['1'], context: { onReject: 'rollback' } },
      ]),
    );
    await driveUntil(bench, (execution) => holds(bench, execution));
    expect(await cancel(bench)).toBe('');
    const done = await bench.drive('E1');
    expect(done.status).toBe('CANCELED');
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×2', 'foo-dev-v001 ×0']);
  });

  it('is shown as canceling until the way back is through, and offers nothing meanwhile', async () => {
    const bench = createStageBench();
    seedServing(bench);
    await bench.run(deployOf({ delayBeforeDisableSec: 600 }), 60_000);
    await cancel(bench);
    const underWay = await bench.drive('E1', 1000);
    expect(underWay.status).toBe('RUNNING');
    const live = executionRenderer.live(underWay);
    expect(plainText(live.headline)).toContain('canceling');
    expect(live.choices).toEqual([]);
    expect(live.steps?.map(({ name }) => name)).toContain('Go back in nonprod/east');
    for (const type of ['cancel', 'pause'] as const)
      expect(await sendSignal(bench, { type, user: 'UBOB' })).toContain('ALREADY_DECIDED');
    expect(await sendSignal(bench, { type: 'retryStage', stageId: '1', user: 'UBOB' })).toContain('still ending');
    const done = await bench.drive('E1');
    expect(plainText(executionRenderer.live(done).headline)).toContain('canceled');
    expect(await sendSignal(bench, { type: 'retryStage', stageId: '1', user: 'UBOB' })).toContain('Deploy again');
  });

  it('goes back where it was paused, and ends at once where it had not begun', async () => {
    const bench = createStageBench();
    seedServing(bench);
    await bench.run(deployOf({ delayBeforeDisableSec: 600 }), 60_000);
    await sendSignal(bench, { type: 'pause', user: 'UANN' });
    await cancel(bench);
    expect((await bench.drive('E1')).status).toBe('CANCELED');
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×2', 'foo-dev-v001 ×0']);
    await bench.start({ ...deployOf({}), id: 'E2' });
    await cancel(bench, 'E2');
    const unstarted = await bench.drive('E2');
    expect([unstarted.status, unstarted.stages.length]).toEqual(['CANCELED', 1]);
  });

  it('goes back over two deploys of one pipeline to what served before the first', async () => {
    const bench = createStageBench();
    seedServing(bench, 3);
    const context = { clusters: [describeCluster({ maxRemainingAsgs: 3 })] };
    const steps = [
      { ref: '1', type: 'deploy', context },
      { ref: '2', type: 'deploy', after: ['1'], context },
      { ref: '3', type: 'manualJudgment', after: ['2'] },
    ];
    await bench.run(buildPipeline(steps), 600_000);
    await cancel(bench);
    expect((await bench.drive('E1')).status).toBe('CANCELED');
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×3', 'foo-dev-v001 ×0', 'foo-dev-v002 ×0']);
  });

  it('leaves what serves where nothing served before, and where the old one is destroyed already', async () => {
    const first = createStageBench();
    await first.run(
      buildPipeline([
        { ref: '1', type: 'deploy', context: { clusters: [describeCluster()] } },
        { ref: '2', type: 'manualJudgment', after: ['1'] },
      ]),
      600_000,
    );
    await cancel(first);
    expect((await first.drive('E1')).status).toBe('CANCELED');
    expect(first.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×2']);

    const highlander = createStageBench();
    seedServing(highlander);
    await highlander.run(
      buildPipeline([
        { ref: '1', type: 'deploy', context: { clusters: [describeCluster({ strategy: 'highlander' })] } },
        { ref: '2', type: 'manualJudgment', after: ['1'] },
      ]),
      600_000,
    );
    await cancel(highlander);
    const done = await highlander.drive('E1');
    expect(highlander.serverGroups.sizes(east)).toEqual(['foo-dev-v001 ×2']);
    const steps = executionRenderer.live(done).steps ?? [];
    expect(steps.map(({ detail }) => plainText(detail ?? ''))).toContain(
      'foo-dev-v000 is gone already, so foo-dev-v001 stays',
    );
  });

  it('never takes the last healthy group out, and says what it could not do', async () => {
    const bench = createStageBench();
    const list = bench.serverGroups.list.bind(bench.serverGroups);
    seedServing(bench);
    await bench.run(deployOf({ delayBeforeDisableSec: 600 }), 60_000);
    // The old group lost all its tasks meanwhile: what comes back does not get healthy.
    bench.serverGroups.list = async (...call) =>
      (await list(...call)).map((group) => (group.name === 'foo-dev-v000' ? { ...group, instances: [] } : group));
    await cancel(bench);
    const done = await bench.drive('E1');
    expect(done.status).toBe('CANCELED');
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×2', 'foo-dev-v001 ×2']);
    const said = (executionRenderer.outcome(done).lines ?? []).map(plainText).join('\n');
    expect(said).toContain('The way back failed: Disabling foo-dev-v001 would leave cluster foo-dev');
  });
});

describe('a request on its way when its worker is killed', () => {
  /**
   * Runs until a request of this kind is out, after so many that pass; its answer never comes, and the test lets it land
   * when it likes.
   */
  async function killInRequest(bench: Bench, operation: 'create' | 'resize', execution: Execution, passing = 0) {
    let passed = 0;
    const sent: (() => Promise<unknown>)[] = [];
    const { serverGroups } = bench;
    const hold = (land: () => Promise<unknown>) => {
      sent.push(land);
      return new Promise<never>(() => undefined);
    };
    const genuine = { create: serverGroups.create.bind(serverGroups), resize: serverGroups.resize.bind(serverGroups) };
    if (operation === 'create')
      serverGroups.create = (...call) =>
        (passed += 1) <= passing ? genuine.create(...call) : hold(() => genuine.create(...call));
    else serverGroups.resize = (...call) => hold(() => genuine.resize(...call));
    await bench.start(execution);
    void bench.drive('E1');
    for (let turn = 0; turn < 2000 && sent.length === 0; turn += 1)
      await new Promise((resolve) => setImmediate(resolve));
    Object.assign(serverGroups, genuine);
    return async () => {
      for (const land of sent) await land();
    };
  }

  it('is waited for: a creation that lands after the cancel is found by its key and taken out', async () => {
    const bench = createStageBench();
    seedServing(bench);
    const land = await killInRequest(bench, 'create', deployOf({}));
    await cancel(bench);
    await bench.clock.advance(11_000);
    expect((await bench.drive('E1', 1)).status).toBe('RUNNING');
    await land();
    expect((await bench.drive('E1')).status).toBe('CANCELED');
    const group = await bench.serverGroups.get(east, 'foo-dev-v001');
    expect([group?.labels[keyLabel], group?.desired]).toEqual(['E1/1<0/1', 0]);
    expect(bench.serverGroups.sizes(east)[0]).toBe('foo-dev-v000 ×2');
  });

  it('is waited for: a disabling that lands after the cancel is undone', async () => {
    const bench = createStageBench();
    seedServing(bench);
    const land = await killInRequest(bench, 'resize', deployOf({}));
    await cancel(bench);
    await bench.clock.advance(11_000);
    expect((await bench.drive('E1', 1)).status).toBe('RUNNING');
    await land();
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×0', 'foo-dev-v001 ×2']);
    expect((await bench.drive('E1')).status).toBe('CANCELED');
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×2', 'foo-dev-v001 ×0']);
  });

  it('is waited for: a creation of a second deploy, from which the first goes back too', async () => {
    const bench = createStageBench();
    seedServing(bench);
    const context = { clusters: [describeCluster({ maxRemainingAsgs: 3 })] };
    const twice = buildPipeline([
      { ref: '1', type: 'deploy', context },
      { ref: '2', type: 'deploy', after: ['1'], context },
    ]);
    const land = await killInRequest(bench, 'create', twice, 1);
    await cancel(bench);
    await bench.clock.advance(11_000);
    expect((await bench.drive('E1', 1)).status).toBe('RUNNING');
    await land();
    expect((await bench.drive('E1')).status).toBe('CANCELED');
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×2', 'foo-dev-v001 ×0', 'foo-dev-v002 ×0']);
  });

  it('is waited for no longer than it can still land', async () => {
    const bench = createStageBench();
    seedServing(bench);
    await killInRequest(bench, 'create', deployOf({}));
    const canceledAt = bench.clock.now();
    await cancel(bench);
    await bench.clock.advance(10_000);
    const done = await bench.drive('E1');
    expect([done.status, (done.endTime ?? 0) - canceledAt]).toEqual(['CANCELED', landingMs]);
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×2']);
  });
});

describe('canceling anything else', () => {
  const place = { location: east, cluster: 'foo-dev' };
  it('takes a resize back to the size before', async () => {
    const bench = createStageBench();
    seedServing(bench, 4);
    const context = { ...place, serverGroupName: 'foo-dev-v000', capacity: { desired: 9 } };
    await bench.start(buildPipeline([{ ref: '1', type: 'resizeServerGroup', context }]));
    await driveUntil(bench, () => bench.serverGroups.sizes(east)[0] === 'foo-dev-v000 ×9');
    await cancel(bench);
    expect((await bench.drive('E1')).status).toBe('CANCELED');
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×4']);
  });

  it.each([
    ['while the earlier one comes up', 'foo-dev-v000 ×3'],
    ['once the present one is out of service', 'foo-dev-v001 ×0'],
  ])('turns a rollback round %s', async (_when, seen) => {
    const bench = createStageBench();
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 0, lastSize: 2 });
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 3 });
    await bench.start(
      buildPipeline([{ ref: '1', type: 'rollbackCluster', context: { cluster: 'foo-dev', location: east } }]),
    );
    await driveUntil(bench, () => bench.serverGroups.sizes(east).includes(seen));
    await cancel(bench);
    expect((await bench.drive('E1')).status).toBe('CANCELED');
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×0', 'foo-dev-v001 ×3']);
  });
});

describe('canceling long after a change of size', () => {
  const v000 = { location: east, cluster: 'foo-dev', serverGroupName: 'foo-dev-v000' };
  const judged = (type: string, context: StageContext) =>
    buildPipeline([
      { ref: '1', type, context: { ...v000, ...context } },
      { ref: '2', type: 'manualJudgment', after: ['1'] },
    ]);
  const toEight = { capacity: { desired: 8 } };
  const stepsOf = (done: Execution) =>
    (executionRenderer.live(done).steps ?? []).map(({ detail }) => plainText(detail ?? ''));

  it('takes back the size that still stands', async () => {
    const bench = createStageBench();
    seedServing(bench, 4);
    await bench.run(judged('resizeServerGroup', toEight), 600_000);
    await cancel(bench);
    await bench.drive('E1');
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×4']);
  });

  it.each([12, 0])('leaves the group that somebody has set to %d since, and says so', async (size) => {
    const bench = createStageBench();
    seedServing(bench, 4);
    await bench.run(judged('resizeServerGroup', toEight), 600_000);
    await bench.serverGroups.resize(east, 'foo-dev-v000', size, { force: true });
    await cancel(bench);
    const done = await bench.drive('E1');
    expect(done.status).toBe('CANCELED');
    expect(bench.serverGroups.sizes(east)).toEqual([`foo-dev-v000 ×${size}`]);
    expect(stepsOf(done)).toContain(
      `foo-dev-v000 is left as it is: its size is ${size} now, no longer 8 as it had been set`,
    );
  });

  it('leaves both groups of a rollback that somebody has changed since', async () => {
    const bench = createStageBench();
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 0, lastSize: 2 });
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 3 });
    const steps = [
      { ref: '1', type: 'rollbackCluster', context: { cluster: 'foo-dev', location: east } },
      { ref: '2', type: 'manualJudgment', after: ['1'] },
    ];
    await bench.run(buildPipeline(steps), 600_000);
    await bench.serverGroups.resize(east, 'foo-dev-v000', 7, { force: true });
    await bench.serverGroups.resize(east, 'foo-dev-v001', 1, { force: true });
    await cancel(bench);
    expect((await bench.drive('E1')).status).toBe('CANCELED');
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×7', 'foo-dev-v001 ×1']);
  });

  it('forces its own deployment only', async () => {
    for (const [holder, waits] of [
      ['d2', false],
      ['somebody', true],
    ] as const) {
      const bench = createStageBench();
      seedServing(bench, 4);
      await bench.run(judged('resizeServerGroup', toEight), 600_000);
      bench.serverGroups.lock(east, 'foo-dev-v000', holder);
      await cancel(bench);
      await bench.drive('E1', 120_000);
      expect(bench.serverGroups.sizes(east)).toEqual([`foo-dev-v000 ×${waits ? 8 : 4}`]);
      bench.serverGroups.lock(east, 'foo-dev-v000', undefined);
      await bench.drive('E1');
      expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×4']);
    }
  });

  it('has nothing to take back of a group that it destroyed', async () => {
    const bench = createStageBench();
    seedServing(bench);
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 2 });
    await bench.run(judged('destroyServerGroup', {}), 600_000);
    await cancel(bench);
    const done = await bench.drive('E1');
    expect(done.status).toBe('CANCELED');
    expect(done.stages.filter(({ onCancel }) => onCancel === true)).toEqual([]);
    expect(done.stages.flatMap(({ failure }) => failure ?? [])).toEqual([]);
  });

  it('brings back a group that was disabled and could not be destroyed yet', async () => {
    const bench = createStageBench();
    seedServing(bench);
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 2 });
    bench.serverGroups.onEffect = () => {
      if (bench.serverGroups.sizes(east)[0] === 'foo-dev-v000 ×0')
        bench.serverGroups.lock(east, 'foo-dev-v000', 'somebody');
    };
    await bench.run(judged('destroyServerGroup', {}), 60_000);
    bench.serverGroups.onEffect = () => undefined;
    bench.serverGroups.lock(east, 'foo-dev-v000', undefined);
    await cancel(bench);
    expect((await bench.drive('E1')).status).toBe('CANCELED');
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×2', 'foo-dev-v001 ×2']);
  });
});

it('goes back wherever the process stops, before the cancel and after it', async () => {
  const judged = (clusters: readonly ServerGroupDescription[]) =>
    buildPipeline([
      { ref: '1', type: 'deploy', context: { clusters } },
      { ref: '2', type: 'manualJudgment', after: ['1'] },
    ]);
  const moment = fc.record({
    points: fc.uniqueArray(fc.integer({ min: 1, max: 90 }), { maxLength: 8 }),
    canceledAfterMs: fc.integer({ min: 0, max: 40_000 }),
  });
  await fc.assert(
    fc.asyncProperty(moment, async ({ points, canceledAfterMs }) => {
      const crashes = createCrashPoints(new Set(points));
      const bench = createStageBench(crashes.wrap);
      seedServing(bench);
      bench.serverGroups.onEffect = crashes.point;
      const handle = (loaded: Execution, owner: string) => {
        crashes.boot();
        return bench.handle(loaded, owner);
      };
      await bench.start(judged([describeCluster({ delayBeforeDisableSec: 5 })]));
      const driving = { store: bench.store, clock: bench.clock, id: 'E1', handle };
      await drive({ ...driving, maxMs: canceledAfterMs });
      expect(await cancel(bench)).toBe('');
      const done = await drive({ ...driving, maxMs: 7_200_000 });
      expect([done.status, done.events]).toEqual(['CANCELED', []]);
      const sizes = bench.serverGroups.sizes(east);
      expect([['foo-dev-v000 ×2'], ['foo-dev-v000 ×2', 'foo-dev-v001 ×0']]).toContainEqual(sizes);
    }),
    { numRuns: 40 },
  );
}, 30_000);
