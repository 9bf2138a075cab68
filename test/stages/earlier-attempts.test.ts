import { executionKind, expiryKind } from '../../src/engine/document-kinds';
import type { Execution, StageContext } from '../../src/model/execution';
import { east } from '../dcos/builders';
import { applicationOf, parentOf, startLocked } from '../support/child-kit';
import { driveUntil } from '../support/drive-until';
import { buildPipeline } from '../support/engine-kit';
import { sendSignal } from '../support/send-signal';
import { createStageBench, describeCluster } from '../support/stage-kit';

type Bench = ReturnType<typeof createStageBench>;

const name = (index: number): string => `foo-dev-v00${index}`;
const sizes = ({ serverGroups }: Bench) => serverGroups.sizes(east).map((line) => line.replace('foo-dev-', ''));
const retry = async (bench: Bench): Promise<void> =>
  expect(await sendSignal(bench, { type: 'retryStage', stageId: '1', user: 'UBOB' })).toBe('');

async function cancel(bench: Bench) {
  expect(await sendSignal(bench, { type: 'cancel', user: 'UANN' })).toBe('');
  const done = await bench.drive('E1');
  expect(done.stages.flatMap(({ failure, onCancel }) => (onCancel === true ? (failure ?? []) : []))).toEqual([]);
  expect(done.status).toBe('CANCELED');
  return done;
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

/** Nothing can be seen from now on until the answer is called. */
function blind({ serverGroups }: Bench): () => void {
  const list = serverGroups.list.bind(serverGroups);
  const look = serverGroups.look.bind(serverGroups);
  serverGroups.list = (...call) => {
    serverGroups.fail('list', 'UNREACHABLE');
    return list(...call);
  };
  serverGroups.look = (...call) => {
    serverGroups.fail('look', 'UNREACHABLE');
    return look(...call);
  };
  return () => void Object.assign(serverGroups, { list, look });
}

const deploying = (context: StageContext = {}) =>
  buildPipeline([{ ref: '1', type: 'deploy', context: { clusters: [describeCluster(context)] } }]);

function seeded(desired: number): Bench {
  const bench = createStageBench();
  bench.serverGroups.seed({ location: east, name: name(0), desired });
  return bench;
}

/** A rolling deploy that failed once half of the old had gone. */
async function rolledHalf(): Promise<Bench> {
  const bench = seeded(6);
  failAfter(bench, `resize nonprod/east/${name(1)}`);
  const { status } = await bench.run(deploying({ strategy: 'rollingredblack', desiredCapacity: 6 }));
  expect([status, sizes(bench)]).toEqual(['TERMINAL', ['v000 ×3', 'v001 ×6']]);
  return bench;
}

/** A deploy by a strategy of its own that failed when the old was out. */
async function strategyFailed(): Promise<Bench> {
  const [app, foo] = applicationOf('foo', {
    gently: [
      { ref: '1', type: 'deploy', context: { strategy: 'none' } },
      { ref: '2', type: 'disableCluster', after: ['1'] },
      {
        ref: '3',
        type: 'checkPreconditions',
        after: ['2'],
        context: { preconditions: [{ type: 'expression', context: { expression: 'false' } }] },
      },
    ],
  });
  const stages = (foo.pipelines.get('gently')?.stages ?? []).map((stage) =>
    stage.type === 'disableCluster' ? { ...stage, leavesOpen: ['places', 'cluster'] as const } : stage,
  );
  const pipelines = new Map([['gently', { name: 'gently', strategy: true as const, stages }]]);
  const bench = createStageBench(undefined, new Map([[app, { ...foo, pipelines }]]));
  bench.serverGroups.seed({ location: east, name: name(0), desired: 3, image: 'repo/foo:1.0' });
  const clusters = [describeCluster({ strategy: 'custom', strategyPipeline: 'gently' })];
  await startLocked(bench, parentOf([{ ref: '1', type: 'deploy', context: { clusters } }]));
  expect([(await bench.drive('E1')).status, sizes(bench)]).toEqual(['TERMINAL', ['v000 ×0', 'v001 ×2']]);
  return bench;
}

/** A resize that failed once it was sent. */
async function resized(): Promise<Bench> {
  const bench = seeded(10);
  failAfter(bench, 'resize');
  const context = { locations: [east], cluster: 'foo-dev', serverGroupName: name(0), action: 'scale_up', scalePct: 50 };
  await bench.run(buildPipeline([{ ref: '1', type: 'resizeServerGroup', context }]));
  expect(sizes(bench)).toEqual(['v000 ×15']);
  return bench;
}

/** Lets a second attempt begin that can see nothing, and cancels it. */
async function cancelBlind(bench: Bench) {
  const see = blind(bench);
  await driveUntil(bench, ({ stages }) => stages.some(({ context }) => context.lastError !== undefined));
  see();
  return cancel(bench);
}

describe('a second attempt that is canceled before it has looked around', () => {
  it.each([
    ['a rolling deploy', rolledHalf, ['v000 ×6', 'v001 ×0']],
    ['a strategy pipeline', strategyFailed, ['v000 ×3', 'v001 ×0']],
    ['a resize', resized, ['v000 ×10']],
  ])('brings back what was there before the first of %s', async (_what, failed, before) => {
    const bench = await failed();
    await retry(bench);
    await cancelBlind(bench);
    expect(sizes(bench)).toEqual(before);
  });

  it.each(['waiting', 'started'] as const)('is called off where it has not begun: %s', async (state) => {
    const bench = await rolledHalf();
    await retry(bench);
    const stand = (execution: Execution): Execution => ({ ...execution, admission: { round: 1, state } });
    await bench.store.update(executionKind, 'E1', stand);
    expect(await sendSignal(bench, { type: 'cancel', user: 'UANN' })).toBe('');
    const ended = await bench.drive('E1');
    expect([ended.status, sizes(bench)]).toEqual(['TERMINAL', ['v000 ×3', 'v001 ×6']]);
    await retry(bench);
    expect((await bench.drive('E1')).status).toBe('SUCCEEDED');
  });

  it('brings it back after a third attempt too, where the second found nothing out', async () => {
    const bench = await rolledHalf();
    await retry(bench);
    bench.serverGroups.fail('list', 'FORBIDDEN');
    expect((await bench.drive('E1')).status).toBe('TERMINAL');
    expect(sizes(bench)).toEqual(['v000 ×3', 'v001 ×6']);
    await retry(bench);
    await cancelBlind(bench);
    expect(sizes(bench)).toEqual(['v000 ×6', 'v001 ×0']);
  });
});

describe('another attempt of a deploy that had succeeded', () => {
  async function deployed(): Promise<Bench> {
    const bench = seeded(2);
    await bench.run(deploying());
    expect(sizes(bench)).toEqual(['v000 ×0', 'v001 ×2']);
    await retry(bench);
    return bench;
  }

  it('leaves what serves where it is canceled before it has looked around', async () => {
    const bench = await deployed();
    await cancelBlind(bench);
    expect(sizes(bench)).toEqual(['v000 ×0', 'v001 ×2']);
  });

  it('goes back to what that deployed, and takes out its own only', async () => {
    const bench = await deployed();
    await driveUntil(bench, () => sizes(bench).length === 3);
    await cancel(bench);
    expect(sizes(bench)).toEqual(['v000 ×0', 'v001 ×2', 'v002 ×0']);
  });

  it('plans the end of its own failure only, and of nothing that somebody took out of service', async () => {
    const bench = seeded(2);
    await bench.run(deploying());
    await bench.serverGroups.resize(east, name(0), 2, { force: true });
    await bench.serverGroups.resize(east, name(1), 0, { force: true });
    bench.serverGroups.sickNames.add(name(2));
    await retry(bench);
    expect((await bench.drive('E1')).status).toBe('TERMINAL');
    expect(sizes(bench)).toEqual(['v000 ×2', 'v001 ×0', 'v002 ×0']);
    await bench.drive('E1', 3 * 3_600_000);
    const kept = (await bench.store.list(expiryKind)).map(({ document }) => document.serverGroupName);
    expect(kept).toEqual([name(2)]);
  });
});
