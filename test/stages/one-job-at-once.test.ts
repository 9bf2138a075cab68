import fc from 'fast-check';
import { createExecutorHandlers } from '../../src/app';
import { metronomeTaskPrefix } from '../../src/dcos/mesos-client';
import { createJobs } from '../../src/dcos/metronome-jobs';
import type { DocumentStore } from '../../src/engine/ports/document-store';
import { executionKind } from '../../src/engine/document-kinds';
import { CoxswainError } from '../../src/model/errors';
import type { Execution } from '../../src/model/execution';
import { createCrashPoints } from '../support/crash-points';
import { createEmulatedCluster, groupsOver } from '../support/emulated-cluster';
import { buildPipeline, stageOf } from '../support/engine-kit';
import { fetchNothing } from '../support/fetch-nothing';
import { createManualClock, type ManualClock } from '../support/manual-clock';
import { createMemoryStore } from '../support/memory-store';
import { east } from '../dcos/builders';

const jobId = 'nonprod.east.foo-dev-smoke';
const job = { application: 'foo', general: { id: jobId, cmd: 'true' }, location: east };

/** What happens at the gate: how much time passes, and which of those that wait goes on then, or none; later ones go in order. */
type Turn = { readonly chosen: number; readonly delayMs: number };
/** When a process stops, by a count of its writes and requests or once after a request of these names; how long it is down. */
type Crashes = { readonly points: readonly number[]; readonly after: readonly string[]; readonly downMs: number };
type Schedule = {
  readonly turns: readonly Turn[];
  readonly crashes: readonly Crashes[];
  /** How long after a look was given up what it had sent is carried out. */
  readonly lateMs: number;
};

/** Promises settle: whoever can go on has come to its next request. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** Requests of everybody wait here until they are let through, one at a time. */
function createGate(clock: ManualClock, { turns, lateMs }: Schedule) {
  const waiting: (() => void)[] = [];
  let passed = 0;
  return {
    isEmpty: () => waiting.length === 0,
    enter: (signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        waiting.push(resolve);
        signal?.addEventListener('abort', () => {
          const place = waiting.indexOf(resolve);
          if (place === -1) return;
          waiting.splice(place, 1);
          clock.after(lateMs, resolve);
        });
      }),
    letOneThrough: async () => {
      const { chosen, delayMs } = turns[passed] ?? { chosen: 0, delayMs: 0 };
      passed += 1;
      if (delayMs > 0) await clock.advance(delayMs);
      waiting.splice(chosen % (waiting.length + 1), 1)[0]?.();
      await settle();
    },
  };
}

type Gate = ReturnType<typeof createGate>;
type Send = (...call: readonly unknown[]) => Promise<unknown>;

/** Rejects when a look is given up; what it has sent may be carried out all the same. */
const givenUp = (signal: AbortSignal | undefined): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(new CoxswainError('TIMED_OUT', { message: 'given up' })));
  });

/** What a process may still do: nothing once it has stopped. */
type Life = { readonly sends: () => void; readonly received: (name: string) => void };

/** A client each of whose requests waits at the gate; its process may stop after any. */
function behind<Client extends object>(client: Client, gate: Gate, life: Life): Client {
  const wrap =
    (name: string, send: Send): Send =>
    async (...call) => {
      const signal = call.find((each) => each instanceof AbortSignal);
      if (signal?.aborted === true) throw new CoxswainError('TIMED_OUT', { message: 'given up' });
      life.sends();
      const sent = gate.enter(signal).then(() => send(...call));
      sent.catch(() => undefined);
      const answer = await Promise.race([sent, givenUp(signal)]);
      life.received(name);
      return answer;
    };
  const entries = Object.entries(client as Record<string, unknown>);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'function' ? wrap(name, value as Send) : value]),
  ) as Client;
}

type Cluster = ReturnType<typeof createEmulatedCluster>;

/** A process that stops, and another that takes its place: what looks of the one are still at does nothing more then. */
function createWorker(
  world: { readonly clock: ManualClock; readonly store: DocumentStore; readonly cluster: Cluster; readonly gate: Gate },
  { points, after, downMs }: Crashes,
) {
  const { clock, store, cluster, gate } = world;
  const crashes = createCrashPoints(new Set(points));
  const left = new Set(after);
  const clients = { metronome: cluster.metronome, ...cluster.sandboxes };
  const behindGate: DocumentStore = {
    ...store,
    create: (...call) => gate.enter().then(() => store.create(...call)),
  };
  const start = () => {
    let isOver = false;
    const sends = (): void => {
      if (isOver) throw new Error('The process stopped before.');
    };
    const received = (name: string): void => {
      sends();
      if (left.delete(name)) crashes.stop();
      else crashes.point();
    };
    const connection = {
      metronome: behind(clients.metronome, gate, { sends, received }),
      mesos: behind(clients.mesos, gate, { sends, received }),
      files: clients.files,
    };
    const handlers = createExecutorHandlers({
      store: crashes.wrap(behindGate, () => isOver),
      clock,
      newId: () => 'N',
      teamId: 'T1',
      definitions: () => ({ applications: new Map(), clusters: new Map() }),
      serverGroups: groupsOver({ np1: cluster }, clock),
      jobs: createJobs({ connections: () => new Map([['np1', connection]]), clock }),
      fetchText: fetchNothing,
      onError: () => undefined,
    });
    return { handlers, end: () => (isOver = true) };
  };
  let running = start();
  let upAt = clock.now();
  return async (loaded: Execution, owner: string): Promise<void> => {
    if (clock.now() < upAt) return;
    if (crashes.isDown()) {
      running.end();
      running = start();
      crashes.boot();
    }
    const claimed = { kind: 'execution', id: loaded.id, version: 0, document: loaded };
    const { handlers } = running;
    await handlers.execution(claimed, owner).catch(() => {
      if (crashes.isDown()) upAt = clock.now() + downMs;
    });
  };
}

/** Runs one job from several executions at once, each in a process of its own, until all are over. */
async function runAtOnce(schedule: Schedule) {
  const { crashes } = schedule;
  const clock = createManualClock();
  const store = createMemoryStore(() => clock.now());
  const cluster = createEmulatedCluster('np1', clock);
  const gate = createGate(clock, schedule);
  const ids = crashes.map((_each, index) => `E${index + 1}`);
  const workers = new Map(
    crashes.map((each, index) => [`E${index + 1}`, createWorker({ clock, store, cluster, gate }, each)]),
  );
  for (const id of ids) {
    const steps = [{ ref: '1', type: 'runJob', context: { ...job, labels: { WHO: id } } }];
    await store.create(executionKind, id, buildPipeline(steps, { id }), { due: clock.now() });
  }
  let busy = 0;
  for (let turn = 0; turn < 20_000; turn += 1) {
    const due = { kinds: [executionKind], owner: `owner-${turn}`, now: clock.now(), leaseMs: 10_000, limit: 10 };
    for (const { id, document } of await store.claimDue(due)) {
      busy += 1;
      void workers
        .get(id)?.(document as Execution, due.owner)
        .finally(() => (busy -= 1));
    }
    await settle();
    if (!gate.isEmpty()) await gate.letOneThrough();
    if (busy > 0) continue;
    const next = await store.nextDue(['execution'], clock.now());
    if (next === undefined) break;
    await clock.advance(Math.max(0, next - clock.now()));
  }
  const found = await Promise.all(ids.map((id) => store.get(executionKind, id)));
  return { cluster, clock, executions: found.flatMap((each) => each?.document ?? []) };
}

type Listed = { readonly id: string };
type Job = {
  readonly activeRuns: readonly Listed[];
  readonly history: {
    readonly successfulFinishedRuns: readonly Listed[];
    readonly failedFinishedRuns: readonly Listed[];
  };
};

/** Ids of all runs there ever were. */
function runsIn(cluster: Cluster): readonly string[] {
  const path = '/service/metronome/v1/jobs?embed=activeRuns&embed=history';
  const [found] = cluster.core.handle({ method: 'GET', path }).body as readonly Job[];
  const { activeRuns = [], history } = found ?? {};
  return [...activeRuns, ...(history?.successfulFinishedRuns ?? []), ...(history?.failedFinishedRuns ?? [])].map(
    ({ id }) => id,
  );
}

const runOf = (execution: Execution) => (stageOf(execution, '1').outputs.jobRun as { runId: string }).runId;

async function expectOwnRuns({ cluster, clock, executions }: Awaited<ReturnType<typeof runAtOnce>>): Promise<void> {
  await clock.advance(60_000);
  const outcomes = executions.map((execution) => stageOf(execution, '1').failure?.message ?? execution.status);
  expect(outcomes).toEqual(executions.map(() => 'SUCCEEDED'));
  expect([...runsIn(cluster)].sort()).toEqual(executions.map(runOf).sort());
  const tasks = await cluster.sandboxes.mesos.findTasks({
    idPrefix: `${jobId.replaceAll('.', '_')}_`,
    framework: 'metronome',
  });
  for (const execution of executions) {
    const own = tasks.filter(({ id }) => id.startsWith(metronomeTaskPrefix(jobId, runOf(execution))));
    expect(own.map(({ labels }) => labels.WHO)).toEqual([execution.id]);
  }
}

const turn = fc.record({
  chosen: fc.nat({ max: 4 }),
  delayMs: fc.oneof(
    { weight: 2, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 400 }) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 5000 }) },
  ),
});
const crashes = fc.record({
  points: fc.uniqueArray(fc.integer({ min: 1, max: 20 }), { maxLength: 3 }),
  after: fc.subarray(['getJob', 'createJob', 'updateJob', 'startRun', 'findTasks']),
  downMs: fc.constantFrom(0, 15_000, 30_000),
});
const schedules = fc.record({
  turns: fc.array(turn, { minLength: 1, maxLength: 60 }),
  crashes: fc.array(crashes, { minLength: 2, maxLength: 4 }),
  lateMs: fc.constantFrom(0, 4000, 9000),
});

const goesOn: Crashes = { points: [], after: [], downMs: 0 };
const downMs = 30_000;

describe('one job that several stages run at the same time', () => {
  it('is run once by each, as that one defines it, whoever comes first and wherever a process stops', async () => {
    await fc.assert(
      fc.asyncProperty(schedules, async (each) => expectOwnRuns(await runAtOnce(each))),
      { numRuns: 25 },
    );
  }, 120_000);

  it('is started once where a second look of a stage comes while the first is still at it', async () => {
    const delays = [2751, 226, 4050, 159, 186, 267, 2361];
    const turns = delays.map((delayMs) => ({ chosen: 0, delayMs }));
    await expectOwnRuns(await runAtOnce({ turns, crashes: [goesOn, goesOn], lateMs: 0 }));
  });

  it('is not taken for run by a stage that was away for the whole run of another, and stops again', async () => {
    for (let point = 1; point <= 20; point += 1) {
      const away = { points: [point], after: ['updateJob'], downMs };
      await expectOwnRuns(await runAtOnce({ turns: [], crashes: [away, goesOn], lateMs: 0 }));
    }
  }, 60_000);

  it('is not taken for run by a stage that was overtaken, and stops after it has defined the job', async () => {
    for (let length = 6; length <= 20; length += 2) {
      const overtaking = Array.from({ length }, () => ({ chosen: 1, delayMs: 100 }));
      for (const first of [1, 2]) {
        const turns = [...Array.from({ length: first }, () => ({ chosen: 0, delayMs: 0 })), ...overtaking];
        const stops = { ...goesOn, after: ['updateJob'], downMs };
        await expectOwnRuns(await runAtOnce({ turns, crashes: [stops, goesOn], lateMs: 0 }));
      }
    }
  }, 60_000);

  it.each([0, 4000, 9000])(
    'is not run twice where a start is carried out %i ms after it was given up',
    async (lateMs) => {
      for (let request = 0; request < 12; request += 1) {
        const turns = Array.from({ length: 12 }, (_each, index) => ({
          chosen: 0,
          delayMs: index === request ? 5500 : 0,
        }));
        await expectOwnRuns(await runAtOnce({ turns, crashes: [goesOn, goesOn], lateMs }));
      }
    },
  );
});
