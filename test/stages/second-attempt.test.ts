import type { ServerGroupDescription } from '../../src/model/description';
import type { StageContext } from '../../src/model/execution';
import { east } from '../dcos/builders';
import { driveUntil } from '../support/drive-until';
import { buildPipeline, stageOf } from '../support/engine-kit';
import { sendSignal } from '../support/send-signal';
import { createStageBench, describeCluster } from '../support/stage-kit';

type Bench = ReturnType<typeof createStageBench>;

const name = (index: number): string => `foo-dev-v00${index}`;

/** `foo-dev` in east, oldest first, with these sizes. */
function seeded(...sizes: readonly number[]): Bench {
  const bench = createStageBench();
  for (const [index, desired] of sizes.entries())
    bench.serverGroups.seed({ location: east, name: name(index), desired });
  return bench;
}

const stage = (type: string, context: StageContext) =>
  buildPipeline([{ ref: '1', type, context: { locations: [east], cluster: 'foo-dev', ...context } }]);
const sizes = ({ serverGroups }: Bench) => serverGroups.sizes(east).map((line) => line.replace('foo-dev-', ''));

async function retry(bench: Bench, stageId = '1') {
  expect(await sendSignal(bench, { type: 'retryStage', stageId, user: 'UBOB' })).toBe('');
  return bench.drive('E1');
}

/** From the first effect of this kind on, DC/OS refuses to say what became of it. */
function failAfter(bench: Bench, kind: string): void {
  let isDone = false;
  bench.serverGroups.onEffect = () => {
    if (isDone || bench.serverGroups.effects.at(-1)?.startsWith(kind) !== true) return;
    isDone = true;
    bench.serverGroups.fail('look', 'FORBIDDEN');
  };
}

describe('a second attempt', () => {
  it.each([
    ['up', { action: 'scale_up', scalePct: 50 }, 'v000 ×15'],
    ['down', { action: 'scale_down', scaleNum: 4 }, 'v000 ×6'],
  ])('at a resize %s starts from the size that the first found', async (_title, context, expected) => {
    const bench = seeded(10);
    failAfter(bench, 'resize');
    const failed = await bench.run(stage('resizeServerGroup', { target: 'current_asg_dynamic', ...context }));
    expect([failed.status, sizes(bench)]).toEqual(['TERMINAL', [expected]]);
    const done = await retry(bench);
    expect([done.status, sizes(bench)]).toEqual(['SUCCEEDED', [expected]]);
    expect(stageOf(done, '1<0').outputs[`originalCapacity.${name(0)}`]).toMatchObject({ desired: 10 });
  });

  it('starts from the size that somebody has set since', async () => {
    const bench = seeded(10);
    failAfter(bench, 'resize');
    await bench.run(stage('resizeServerGroup', { serverGroupName: name(0), action: 'scale_up', scalePct: 50 }));
    await bench.serverGroups.resize(east, name(0), 20, { force: true });
    await retry(bench);
    expect(sizes(bench)).toEqual(['v000 ×30']);
  });

  it.each([
    ['with its disabling', {}],
    ['without a disabling', { skipDisableBeforeDestroy: true }],
  ])('destroys no second group %s', async (_title, context) => {
    const bench = seeded(2, 2, 2);
    failAfter(bench, 'destroy');
    const failed = await bench.run(stage('destroyServerGroup', { target: 'oldest_asg_dynamic', ...context }));
    expect([failed.status, sizes(bench)]).toEqual(['TERMINAL', ['v001 ×2', 'v002 ×2']]);
    const done = await retry(bench);
    expect([done.status, sizes(bench)]).toEqual(['SUCCEEDED', ['v001 ×2', 'v002 ×2']]);
  });

  it('disables no second group', async () => {
    const bench = seeded(2, 2, 2);
    failAfter(bench, 'resize');
    await bench.run(stage('disableServerGroup', { target: 'current_asg_dynamic' }));
    bench.serverGroups.seed({ location: east, name: name(3), desired: 2, createdTime: bench.clock.now() });
    const done = await retry(bench);
    expect([done.status, sizes(bench)]).toEqual(['SUCCEEDED', ['v000 ×2', 'v001 ×2', 'v002 ×0', 'v003 ×2']]);
  });

  it('chooses its target anew where the first sent nothing', async () => {
    const bench = seeded(2, 2);
    bench.serverGroups.fail('list', 'FORBIDDEN');
    await bench.run(stage('disableServerGroup', { target: 'current_asg_dynamic' }));
    bench.serverGroups.seed({ location: east, name: name(2), desired: 2, createdTime: bench.clock.now() });
    await retry(bench);
    expect(sizes(bench)).toEqual(['v000 ×2', 'v001 ×2', 'v002 ×0']);
  });

  it('of a stage that had succeeded acts on what is there now', async () => {
    const bench = seeded(2, 2, 2);
    await bench.run(stage('destroyServerGroup', { target: 'oldest_asg_dynamic' }));
    await retry(bench);
    expect(sizes(bench)).toEqual(['v002 ×2']);
  });

  it('clones what the first cloned', async () => {
    const bench = seeded(2, 3);
    failAfter(bench, 'clone');
    const failed = await bench.run(stage('cloneServerGroup', { target: 'ancestor_asg_dynamic', strategy: 'none' }));
    expect(failed.status).toBe('TERMINAL');
    // Somebody deployed beside it, so that another is the last but one now.
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v009', desired: 1, createdTime: bench.clock.now() });
    await retry(bench);
    expect(bench.serverGroups.effects.filter((effect) => effect.startsWith('clone'))).toEqual([
      'clone nonprod/east/foo-dev-v000 as nonprod/east/foo-dev-v002',
      'clone nonprod/east/foo-dev-v000 as nonprod/east/foo-dev-v010',
    ]);
  });
});

describe('a second attempt at a rolling deploy', () => {
  const rolling = () =>
    buildPipeline([
      {
        ref: '1',
        type: 'deploy',
        context: { clusters: [describeCluster({ strategy: 'rollingredblack', desiredCapacity: 6 })] },
      },
    ]);
  /** One that failed once half of the old had gone. */
  async function failed(): Promise<Bench> {
    const bench = seeded(6);
    failAfter(bench, `resize nonprod/east/${name(1)}`);
    const { status } = await bench.run(rolling());
    expect([status, sizes(bench)]).toEqual(['TERMINAL', ['v000 ×3', 'v001 ×6']]);
    expect(await sendSignal(bench, { type: 'retryStage', stageId: '1', user: 'UBOB' })).toBe('');
    return bench;
  }

  it('goes back, when it is canceled, to the size before the first', async () => {
    const bench = await failed();
    await driveUntil(bench, () => sizes(bench).length === 3);
    await sendSignal(bench, { type: 'cancel', user: 'UANN' });
    expect((await bench.drive('E1')).status).toBe('CANCELED');
    expect(sizes(bench)).toEqual(['v000 ×6', 'v001 ×0', 'v002 ×0']);
  });

  it('goes on from what the first left, and promises what served before it', async () => {
    const bench = await failed();
    const done = await bench.drive('E1');
    expect([done.status, sizes(bench)]).toEqual(['SUCCEEDED', ['v000 ×0', 'v001 ×0', 'v002 ×6']]);
    const shrinks = bench.serverGroups.effects.filter((effect) => effect.includes(`${name(0)} `));
    expect(shrinks.map((effect) => effect.split(' ').at(-1))).toEqual(['6→3', '3→1', '1→0']);
    const least = done.stages.flatMap(({ context }) => context.minimumServing ?? []);
    expect(new Set(least)).toEqual(new Set([6]));
  });

  it('takes what somebody has deployed meanwhile for what served', async () => {
    const bench = await failed();
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v009', desired: 4, createdTime: bench.clock.now() });
    const done = await bench.drive('E1');
    expect(stageOf(done, '1<0').outputs.source).toMatchObject({ serverGroupName: 'foo-dev-v009', desired: 4 });
  });
});

describe('a server group that is gone when its turn comes', () => {
  const gone = [
    ['disableCluster', {}],
    ['shrinkCluster', { allowDeleteActive: true, runDisableClusterStep: false }],
    ['scaleDownCluster', { allowScaleDownActive: true }],
  ] as const;
  it.each(gone)('counts as done for %s, before its turn and while it is awaited', async (type, context) => {
    for (const removed of [name(0), name(1)]) {
      const bench = seeded(2, 2, 2);
      bench.serverGroups.onEffect = (moment) => {
        if (moment === 'before') return;
        bench.serverGroups.onEffect = () => undefined;
        bench.serverGroups.remove(east, removed);
      };
      const done = await bench.run(stage(type, context));
      expect(stageOf(done, '1').failure).toBeUndefined();
      expect(done.status).toBe('SUCCEEDED');
      expect(sizes(bench).filter((line) => !line.endsWith('×0'))).toEqual(['v002 ×2']);
    }
  });

  it('counts as destroyed', async () => {
    const bench = seeded(2, 2);
    const done = await bench.run(stage('destroyServerGroup', { serverGroupName: name(7) }));
    expect([done.status, sizes(bench)]).toEqual(['SUCCEEDED', ['v000 ×2', 'v001 ×2']]);
  });

  it('is missed by a stage that somebody wrote for it', async () => {
    const bench = seeded(2, 2);
    const done = await bench.run(stage('disableServerGroup', { serverGroupName: name(7) }));
    expect(stageOf(done, '1').failure).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a resize', () => {
  it('sets the size that it decided, whatever happens between its looks', async () => {
    const bench = seeded(4);
    const get = bench.serverGroups.get.bind(bench.serverGroups);
    let reads = 0;
    bench.serverGroups.get = async (...call) => {
      const seen = await get(...call);
      reads += 1;
      if (reads === 1) await bench.serverGroups.resize(east, name(0), 2, { force: true });
      return seen;
    };
    const done = await bench.run(
      stage('resizeServerGroup', { serverGroupName: name(0), action: 'scale_down', scaleNum: 2 }),
    );
    expect([done.status, sizes(bench)]).toEqual(['SUCCEEDED', ['v000 ×2']]);
  });

  it('copies the size that was guarded', async () => {
    const bench = seeded(3, 4);
    const get = bench.serverGroups.get.bind(bench.serverGroups);
    bench.serverGroups.get = async (...call) => {
      const seen = await get(...call);
      if (call[1] === name(0)) await bench.serverGroups.resize(east, name(0), 0, { force: true });
      return seen;
    };
    const source = { serverGroupName: name(0) };
    const copy = { serverGroupName: name(1), action: 'scale_to_server_group', source };
    const done = await bench.run(stage('resizeServerGroup', copy));
    expect([done.status, sizes(bench)]).toEqual(['SUCCEEDED', ['v000 ×0', 'v001 ×3']]);
  });
});

describe('a deploy that has succeeded and is run again', () => {
  const again = (over: Partial<ServerGroupDescription> = {}) =>
    buildPipeline([
      { ref: '1', type: 'deploy', context: { clusters: [describeCluster({ strategy: 'redblack', ...over })] } },
    ]);

  it('takes what it made before for what serves', async () => {
    const bench = seeded(2);
    await bench.run(again());
    const done = await retry(bench);
    expect(done.status).toBe('SUCCEEDED');
    expect(stageOf(done, '1<0').outputs.source).toMatchObject({ serverGroupName: name(1) });
    expect(sizes(bench)).toEqual(['v001 ×0', 'v002 ×2']);
  });

  it('goes back to that', async () => {
    const bench = seeded(2);
    await bench.run(again({ rollback: { onFailure: true } }));
    failAfter(bench, 'resize');
    const done = await retry(bench);
    expect([done.status, sizes(bench)]).toEqual(['TERMINAL', ['v000 ×0', 'v001 ×2', 'v002 ×0']]);
    expect((await retry(bench)).status).toBe('SUCCEEDED');
    expect(sizes(bench).filter((line) => !line.endsWith('×0'))).toEqual(['v003 ×2']);
  });

  it.each(['redblack', 'none'] as const)(
    'leaves that alone where the new one does not come up: %s',
    async (strategy) => {
      const bench = seeded(2);
      await bench.run(again({ strategy, stageTimeoutMs: 600_000 }));
      bench.serverGroups.sickNames.add(name(2));
      const done = await retry(bench);
      expect([done.status, sizes(bench).slice(1)]).toEqual(['TERMINAL', ['v001 ×2', 'v002 ×0']]);
    },
  );

  it('clones what it made before', async () => {
    const bench = seeded(2);
    await bench.run(stage('cloneServerGroup', { strategy: 'redblack', desiredCapacity: 3 }));
    const done = await retry(bench);
    expect(stageOf(done, '1<0').outputs.cloneSource).toMatchObject({ serverGroupName: name(1) });
    expect(sizes(bench)).toEqual(['v001 ×0', 'v002 ×3']);
  });
});
