import { createExecutorHandlers, executorKinds } from '../../src/app';
import { executionKind } from '../../src/engine/document-kinds';
import type { Execution } from '../../src/model/execution';
import { isComplete } from '../../src/model/status';
import { createEmbeddedWake } from '../../src/queue/embedded-wake';
import { createEventWaker } from '../../src/wake-by-events';
import { buildPipeline } from '../support/engine-kit';
import { createEmulatedCluster, groupsOver } from '../support/emulated-cluster';
import { createManualClock } from '../support/manual-clock';
import { createMemoryStore } from '../support/memory-store';
import { describeCluster } from '../support/stage-kit';
import { fetchNothing } from '../support/fetch-nothing';
import { noJobs } from '../support/no-jobs';

const app = (name: string, instances: number) => ({
  id: `/nonprod/east/${name}`,
  instances,
  container: { type: 'DOCKER', docker: { image: 'repo/foo:1.0' } },
  healthChecks: [{ protocol: 'HTTP', path: '/' }],
});

/** The whole executor over an emulated cluster; each of `applications` has one group in service and one out of it. */
function bench(applications: readonly string[], timings: { readonly startMs: number }) {
  const clock = createManualClock();
  const store = createMemoryStore(() => clock.now());
  const cluster = createEmulatedCluster('np1', clock, { timings });
  for (const name of applications) {
    cluster.core.seed(app(`${name}-dev-v000`, 0));
    cluster.core.seed(app(`${name}-dev-v001`, 4));
  }
  const serverGroups = groupsOver({ np1: cluster }, clock);
  const onError = (error: unknown) => void errors.push(String(error));
  const errors: string[] = [];
  const wake = createEmbeddedWake({ store, clock, kinds: executorKinds, owner: 'O', onError });
  const waker = createEventWaker(store, clock, () => wake.hint());
  cluster.onApp((appId) => waker.appChanged(appId, onError));
  const definitions = () => ({ applications: new Map(), clusters: new Map() });
  const handlers = createExecutorHandlers({
    fetchText: fetchNothing,
    jobs: noJobs,
    store,
    clock,
    newId: () => 'N',
    teamId: 'T1',
    definitions,
    serverGroups,
    onError,
  });
  wake.start(handlers);
  const read = async (name: string) => (await store.get(executionKind, `E-${name}`))!.document;
  return {
    clock,
    cluster,
    /** Deploys all; `afterEach` looks at the first of them every `stepMs` until all are over. */
    async deploy({ stepMs = 500, afterEach = (_execution: Execution): void => undefined } = {}) {
      for (const name of applications) {
        const description = describeCluster({
          application: name,
          desiredCapacity: 4,
          healthChecks: [
            {
              protocol: 'HTTP',
              path: '/',
              gracePeriodSeconds: 30,
              intervalSeconds: 1,
              timeoutSeconds: 1,
              maxConsecutiveFailures: 3,
            },
          ],
        });
        const stages = [{ ref: '1', type: 'deploy', context: { clusters: [description] } }];
        const execution = buildPipeline(stages, { report: { teamId: 'T1', channel: 'foo-deploys' } });
        const fields = { id: `E-${name}`, definition: { ...execution.definition, cluster: `${name}-dev` } };
        await store.create(executionKind, fields.id, { ...execution, ...fields }, { due: clock.now() });
      }
      const startedAt = clock.now();
      wake.hint();
      for (const name of applications) {
        while (!isComplete((await read(name)).status) && clock.now() - startedAt < 3_600_000) {
          await clock.advance(stepMs);
          afterEach(await read(name));
        }
      }
      await wake.stop(0);
      expect(errors).toEqual([]);
      const all = await store.list(executionKind);
      expect(all.map(({ document }) => document.status)).toEqual(applications.map(() => 'SUCCEEDED'));
      const ends = all.map(({ document }) => document.endTime ?? 0);
      return { seconds: (Math.max(...ends) - startedAt) / 1000 };
    },
  };
}

/** Requests beyond one shared list every 15 s. */
const ownRequests = ({ cluster }: ReturnType<typeof bench>, seconds: number) =>
  cluster.requests() - Math.min(Math.ceil(seconds / 15), cluster.sharedLists());

describe('the requests of a red/black deployment', () => {
  it.each([400, 60_000, 600_000])(
    'are at most 15, however long it takes: instances start in %i ms',
    async (startMs) => {
      const it = bench(['foo'], { startMs });
      const { seconds } = await it.deploy();
      expect(seconds).toBeGreaterThan(startMs / 1000);
      expect(ownRequests(it, seconds)).toBeLessThanOrEqual(15);
    },
  );

  it('are shared lists only while it waits, and the same ones for all who wait', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `app${index}`);
    const it = bench(names, { startMs: 40_000 });
    const startedAt = it.clock.now();
    const { seconds } = await it.deploy();
    const whileWaiting = it.cluster.core.requests.list().filter(({ at }) => {
      const after = Date.parse(at) - startedAt;
      return after >= 1000 && after < 40_000;
    });
    expect(whileWaiting.length).toBeLessThanOrEqual(3);
    expect(ownRequests(it, seconds)).toBeLessThanOrEqual(names.length * 15);
  });
});

describe('an event of DC/OS', () => {
  it('is followed at once, also right after a look that had something to show', async () => {
    const it = bench(['foo'], { startMs: 400 });
    const [ended, shown]: [number[], number[]] = [[], []];
    it.cluster.core.subscribe({ onEvent: () => void ended.push(it.clock.now()), onClose: () => undefined }, [
      'deployment_success',
    ]);
    let tasks = '';
    await it.deploy({
      stepMs: 5,
      afterEach: ({ stages }) => {
        const waits = stages.flatMap((stage) => stage.tasks.filter(({ name }) => name === 'waitForCapacityMatch'));
        const now = waits.map(({ status }) => status).join(' ');
        const more = now.split('SUCCEEDED').length - tasks.split('SUCCEEDED').length;
        for (let count = 0; count < more; count += 1) shown.push(it.clock.now());
        tasks = now;
      },
    });
    expect(shown).toHaveLength(2);
    const latencies = shown.map((at, index) => at - (ended[index] ?? 0));
    for (const ms of latencies) expect(ms).toBeLessThanOrEqual(100);
  });
});
