import { createExecutorHandlers } from '../../src/app';
import { executionKind } from '../../src/engine/document-kinds';
import type { Execution } from '../../src/model/execution';
import { east } from '../dcos/builders';
import { createEmulatedCluster, groupsOver } from '../support/emulated-cluster';
import { buildPipeline, drive, stageOf, type Step } from '../support/engine-kit';
import { fetchNothing } from '../support/fetch-nothing';
import { noJobs } from '../support/no-jobs';
import { createManualClock } from '../support/manual-clock';
import { createMemoryStore } from '../support/memory-store';
import { describeCluster } from '../support/stage-kit';

/** The executor over an emulated DC/OS with `foo-dev-v000` ×1, out of service `foo-dev-v001`, and `foo-dev-v002` ×3. */
async function createBench() {
  const clock = createManualClock();
  const store = createMemoryStore(() => clock.now());
  const cluster = createEmulatedCluster('np1', clock);
  const serverGroups = groupsOver({ np1: cluster }, clock);
  for (const [index, instances] of [1, 0, 3].entries()) {
    const container = { type: 'DOCKER', docker: { image: `team/foo:1.${index}` } };
    cluster.core.seed({ id: `/nonprod/east/foo-dev-v00${index}`, instances, cpus: 0.1, env: { A: 'b' }, container });
    await clock.advance(10_000);
  }
  let count = 0;
  const handlers = createExecutorHandlers({
    fetchText: fetchNothing,
    jobs: noJobs,
    store,
    clock,
    newId: () => `N${(count += 1)}`,
    teamId: 'T1',
    definitions: () => ({ applications: new Map(), clusters: new Map() }),
    serverGroups,
    onError: () => undefined,
  });
  const handle = (loaded: Execution, owner: string) =>
    handlers.execution({ kind: 'execution', id: loaded.id, version: 0, document: loaded }, owner);
  return {
    groups: async (name: string) =>
      (await serverGroups.list(east, name)).map(({ name: each, desired }) => `${each} ×${desired}`),
    get: (name: string) => serverGroups.get(east, name),
    app: (name: string) =>
      (cluster.core.handle({ method: 'GET', path: `/v2/apps/nonprod/east/${name}` }).body as { app: object }).app,
    async run(...steps: readonly Step[]) {
      const linear = steps.map((step, index) => ({
        ...step,
        after: index === 0 ? [] : [steps[index - 1]?.ref ?? ''],
        context: { locations: [east], cluster: 'foo-dev', ...step.context },
      }));
      const execution = buildPipeline(linear);
      await store.create(executionKind, execution.id, execution, { due: clock.now() });
      const done = await drive({ store, clock, id: execution.id, handle, maxMs: 3_600_000 });
      expect(done.stages.flatMap(({ failure }) => failure?.message ?? [])).toEqual([]);
      expect(done.status).toBe('SUCCEEDED');
      return done;
    },
  };
}

describe('over an emulated DC/OS', () => {
  it('finds an image, deploys it with new configuration, and checks what there is then', async () => {
    const bench = await createBench();
    const { location, ...cluster } = describeCluster({ stack: 'prod', strategy: 'none', env: { NEW: 'x' } });
    const image = { fromContext: true, stageId: '1' };
    const size = { type: 'clusterSize', context: { cluster: 'foo-prod', expected: 1 } };
    const status = { type: 'stageStatus', context: { stageName: 'Stage 2', stageStatus: 'SUCCEEDED' } };
    await bench.run(
      { ref: '1', type: 'findImage', context: { selectionStrategy: 'LARGEST' } },
      { ref: '2', type: 'deploy', context: { clusters: [{ ...cluster, location, docker: { image } }] } },
      { ref: '3', type: 'checkPreconditions', context: { preconditions: [size, status] } },
    );
    expect(bench.app('foo-prod-v000')).toMatchObject({
      env: { NEW: 'x' },
      container: { docker: { image: 'team/foo:1.2' } },
      instances: 2,
      tasksRunning: 2,
    });
  });

  it.each([
    ['enables it at', { type: 'enableServerGroup', context: { serverGroupName: 'foo-dev-v002' } }, 'foo-dev-v002 ×3'],
    [
      'clones it at',
      { type: 'cloneServerGroup', context: { source: { serverGroupName: 'foo-dev-v002' }, strategy: 'none' } },
      'foo-dev-v004 ×3',
    ],
    [
      'rolls back to it at',
      {
        type: 'rollbackServerGroup',
        context: { rollbackServerGroupName: 'foo-dev-v003', restoreServerGroupName: 'foo-dev-v002' },
      },
      'foo-dev-v002 ×3',
    ],
  ])('after rolling red/black had stepped a group down, %s its whole size', async (_what, step, expected) => {
    const bench = await createBench();
    const cluster = describeCluster({ strategy: 'rollingredblack', targetPercentages: [40, 70], desiredCapacity: 2 });
    await bench.run({ ref: '1', type: 'deploy', context: { clusters: [cluster] } }, { ref: '2', ...step });
    expect(await bench.groups('foo-dev')).toContain(expected);
  });

  it('clones what runs, resizes it to the largest, and takes out what was there', async () => {
    const bench = await createBench();
    await bench.run(
      { ref: '1', type: 'cloneServerGroup', context: { source: { serverGroupName: 'foo-dev-v000' }, mem: 64 } },
      { ref: '2', type: 'resizeServerGroup', context: { target: 'current_asg_dynamic', action: 'scale_to_cluster' } },
      { ref: '3', type: 'disableCluster', context: { preferLargerOverNewer: 'false' } },
      { ref: '4', type: 'shrinkCluster', context: { shrinkToSize: '2' } },
    );
    expect(bench.app('foo-dev-v003')).toMatchObject({ env: { A: 'b' }, mem: 64, instances: 3, tasksRunning: 3 });
    const left = await bench.groups('foo-dev');
    expect(left).toHaveLength(2);
    expect(left).toContain('foo-dev-v003 ×3');
    expect(left.filter((line) => line.endsWith('×0'))).toHaveLength(1);
  });

  it('shrinks a cluster with all that serves in it but one', async () => {
    const bench = await createBench();
    await bench.run({
      ref: '1',
      type: 'shrinkCluster',
      context: { allowDeleteActive: true, retainLargerOverNewer: 'true' },
    });
    expect(await bench.groups('foo-dev')).toEqual(['foo-dev-v002 ×3']);
  });

  it.each(['np1_east', 'np1/east'])(
    'spares what it deployed itself where a later stage spells the place %s',
    async (region) => {
      const bench = await createBench();
      const deploy = { clusters: [describeCluster({ strategy: 'none', desiredCapacity: 1 })] };
      const where = { locations: undefined, credentials: 'nonprod', regions: [region] };
      await bench.run(
        { ref: '1', type: 'deploy', context: deploy },
        { ref: '2', type: 'disableCluster', context: { ...where, preferLargerOverNewer: true } },
      );
      expect(await bench.groups('foo-dev')).toContain('foo-dev-v003 ×1');
      expect((await bench.groups('foo-dev')).filter((line) => !line.endsWith('×0'))).toEqual(['foo-dev-v003 ×1']);
    },
  );

  it('kills instances, for good or not', async () => {
    const bench = await createBench();
    const [first, second] = (await bench.get('foo-dev-v002'))?.instances.map(({ id }) => id) ?? [];
    const done = await bench.run(
      { ref: '1', type: 'terminateInstances', context: { instanceIds: [first], cluster: undefined } },
      { ref: '2', type: 'terminateInstanceAndDecrementAsg', context: { instance: second, asgName: 'foo-dev-v002' } },
    );
    expect(stageOf(done, '2<0').outputs.terminatedInstances).toEqual([second]);
    const group = await bench.get('foo-dev-v002');
    const left = group?.instances.map(({ id }) => id) ?? [];
    expect(group?.desired).toBe(2);
    expect(left).not.toContain(first);
    expect(left).not.toContain(second);
  });
});

it('deploys what names neither ports nor health checks', async () => {
  const bench = await createBench();
  const { serviceEndpoints, healthChecks, ...cluster } = describeCluster({ stack: 'prod', strategy: 'none' });
  await bench.run({ ref: '1', type: 'deploy', context: { clusters: [cluster] } });
  expect(await bench.groups('foo-prod')).toEqual(['foo-prod-v000 ×2']);
});
