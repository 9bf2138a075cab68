import { expiryKind } from '../../src/engine/document-kinds';
import type { Application, Pipeline } from '../../src/model/application';
import type { ServerGroupDescription } from '../../src/model/description';
import type { Execution } from '../../src/model/execution';
import { east } from '../dcos/builders';
import { applicationOf, childrenIn, parentOf, startLocked } from '../support/child-kit';
import { stageOf, type Step } from '../support/engine-kit';
import { sendSignal } from '../support/send-signal';
import { createStageBench, describeCluster, west } from '../support/stage-kit';

type Bench = ReturnType<typeof createStageBench>;

const creates: Step = { ref: '1', type: 'deploy', name: 'Create', context: { strategy: 'none' } };
const rests = (waitTime = 60): Step => ({ ref: '2', type: 'wait', name: 'Rest', after: ['1'], context: { waitTime } });
const takesOut: Step = { ref: '3', type: 'disableCluster', name: 'Take out', after: ['2'], context: {} };
const breaks: Step = {
  ref: '4',
  type: 'checkPreconditions',
  name: 'Check',
  after: ['3'],
  context: { preconditions: [{ type: 'expression', context: { expression: 'false' } }] },
};

/** `foo` with the strategy `gently` of these stages; where they act the run says. */
function applications(steps: readonly Step[]): ReadonlyMap<string, Application> {
  const [name, application] = applicationOf('foo', { gently: steps });
  const stages = application.pipelines.get('gently')?.stages ?? [];
  const open = stages.map((stage) =>
    stage.type === 'disableCluster' ? { ...stage, leavesOpen: ['places', 'cluster'] as const } : stage,
  );
  const gently: Pipeline = { name: 'gently', strategy: true, stages: open };
  return new Map([[name, { ...application, pipelines: new Map([['gently', gently]]) }]]);
}

function benchOf(steps: readonly Step[], isServing = true): Bench {
  const bench = createStageBench(undefined, applications(steps));
  for (const location of isServing ? [east, west] : [])
    bench.serverGroups.seed({ location, name: 'foo-dev-v000', desired: 3, image: 'repo/foo:1.0' });
  return bench;
}

const rollback = { rollback: { onFailure: true } } as const;
const inWest = { location: west, region: 'np1_west', group: 'west' } as const;
const deploying = (...clusters: readonly Partial<ServerGroupDescription>[]): Execution =>
  parentOf([
    {
      ref: '1',
      type: 'deploy',
      context: {
        clusters: clusters.map((over) => describeCluster({ strategy: 'custom', strategyPipeline: 'gently', ...over })),
      },
    },
  ]);

async function run(bench: Bench, execution: Execution): Promise<Execution> {
  await startLocked(bench, execution);
  return bench.drive('E1');
}

/** Lets time pass until the newest run of the strategy is in this stage. */
async function driveInto(bench: Bench, name: string): Promise<string> {
  for (let turn = 0; turn < 600; turn += 1) {
    const newest = (await childrenIn(bench)).at(-1);
    if (newest?.stages.some((stage) => stage.name === name && stage.status === 'RUNNING') === true) return newest.id;
    await bench.drive('E1', 0);
    await bench.clock.advance(1000);
  }
  throw new Error('It never came to that.');
}

const cancel = (bench: Bench, id = 'E1') => sendSignal(bench, { type: 'cancel', user: 'U0BOB', reason: 'wrong' }, id);
const sizes = (bench: Bench) => bench.serverGroups.sizes(east).map((text) => text.replace('foo-dev-', ''));
/** Which groups are kept for how many minutes. */
const kept = async (bench: Bench) =>
  (await bench.store.list(expiryKind)).map(({ document: { serverGroupName, destroyAt, keptSince } }) => [
    serverGroupName,
    (destroyAt - keptSince) / 60_000,
  ]);

describe('a second attempt of a deploy with a strategy of its own', () => {
  it.each(['Create', 'Rest'])('that is canceled in %s brings back what served before the first', async (name) => {
    const bench = benchOf([creates, rests(), takesOut, breaks]);
    expect((await run(bench, deploying({}))).status).toBe('TERMINAL');
    expect(sizes(bench)).toEqual(['v000 ×0', 'v001 ×2']);
    expect(await sendSignal(bench, { type: 'retryStage', stageId: '1', user: 'U0BOB' })).toBe('');
    await driveInto(bench, name);
    expect(await cancel(bench)).toBe('');
    const done = await bench.drive('E1');
    expect([done.status, sizes(bench).slice(0, 2)]).toEqual(['CANCELED', ['v000 ×3', 'v001 ×0']]);
  });

  it('that fails as the first did brings back what served before that, where the deploy wants it', async () => {
    const bench = benchOf([creates, rests(), takesOut, breaks]);
    await run(bench, deploying(rollback));
    await sendSignal(bench, { type: 'retryStage', stageId: '1', user: 'U0BOB' });
    expect((await bench.drive('E1')).status).toBe('TERMINAL');
    expect(sizes(bench)).toEqual(['v000 ×3', 'v001 ×0', 'v002 ×0']);
  });

  it('follows what served before the first, not what that left', async () => {
    const bench = benchOf([creates, rests(), takesOut, breaks]);
    await run(bench, deploying({}));
    await sendSignal(bench, { type: 'retryStage', stageId: '1', user: 'U0BOB' });
    const done = await bench.drive('E1');
    expect(stageOf(done, '1<0').outputs.servedBefore).toMatchObject({ serverGroupName: 'foo-dev-v000', desired: 3 });
  });
});

describe('a strategy run in several regions', () => {
  it('has its whole time in each, one after the other', async () => {
    const bench = benchOf([creates, rests(200), takesOut]);
    const done = await run(bench, deploying({ stageTimeoutMs: 300_000 }, { ...inWest, stageTimeoutMs: 300_000 }));
    expect([done.status, sizes(bench)]).toEqual(['SUCCEEDED', ['v000 ×0', 'v001 ×2']]);
    expect(bench.serverGroups.sizes(west)).toEqual(['foo-dev-v000 ×0', 'foo-dev-v001 ×2']);
  });

  it('never begins in the second where it fails in the first', async () => {
    const bench = benchOf([creates, rests(), takesOut, breaks]);
    const done = await run(bench, deploying({}, inWest));
    expect(done.status).toBe('TERMINAL');
    expect((await childrenIn(bench)).map(({ definition }) => definition.regions)).toEqual([['nonprod/east']]);
    expect(bench.serverGroups.sizes(west)).toEqual(['foo-dev-v000 ×3']);
  });

  it('lets no other strategy begin beside it', async () => {
    const bench = benchOf([creates, rests(), takesOut, breaks]);
    const done = await run(bench, deploying({}, { ...inWest, strategy: 'redblack' }));
    expect([done.status, bench.serverGroups.sizes(west)]).toEqual(['TERMINAL', ['foo-dev-v000 ×3']]);
  });
});

describe('what a strategy has brought up', () => {
  it.each([
    ['a later check of it fails', [creates, rests(), takesOut, breaks], false],
    ['somebody cancels it', [creates, rests(600), takesOut], true],
  ] as const)('is not destroyed as a failure where %s', async (_what, steps, isCanceled) => {
    const bench = benchOf(steps);
    await startLocked(bench, deploying(rollback));
    if (isCanceled) await cancel(bench, await driveInto(bench, 'Rest'));
    expect((await bench.drive('E1')).status).toBe('TERMINAL');
    expect(sizes(bench)).toEqual(['v000 ×3', 'v001 ×0']);
    expect(await kept(bench)).toEqual([]);
  });

  it('stays where nothing served before, though the deploy is canceled', async () => {
    const bench = benchOf([creates, rests(600)], false);
    await startLocked(bench, deploying({}));
    await driveInto(bench, 'Rest');
    await cancel(bench);
    const done = await bench.drive('E1');
    const failures = done.stages.flatMap(({ onCancel, failure }) =>
      onCancel === true ? (failure?.message ?? []) : [],
    );
    expect([done.status, failures]).toEqual(['CANCELED', []]);
    expect(sizes(bench)).toEqual(['v000 ×2']);
  });

  it.each([{}, rollback])('is kept for diagnosis where it did not come up: %j', async (over) => {
    const bench = benchOf([creates, rests(), takesOut]);
    const sick = { docker: { image: { imageId: 'repo/foo:sick' } }, stageTimeoutMs: 600_000, keepFailedMinutes: 90 };
    expect((await run(bench, deploying({ ...sick, ...over }))).status).toBe('TERMINAL');
    expect(sizes(bench)).toEqual(['v000 ×3', 'v001 ×0']);
    expect(await kept(bench)).toEqual([['foo-dev-v001', 90]]);
  });
});
