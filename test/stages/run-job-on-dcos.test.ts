import fc from 'fast-check';
import { createExecutorHandlers } from '../../src/app';
import { executionKind } from '../../src/engine/document-kinds';
import type { Execution, StageContext } from '../../src/model/execution';
import { createCrashPoints } from '../support/crash-points';
import { createEmulatedCluster, groupsOver, jobsOver } from '../support/emulated-cluster';
import { buildPipeline, drive, stageOf } from '../support/engine-kit';
import { fetchNothing } from '../support/fetch-nothing';
import { createManualClock } from '../support/manual-clock';
import { createMemoryStore } from '../support/memory-store';
import { sendSignal } from '../support/send-signal';
import { east } from '../dcos/builders';

const jobId = 'nonprod.east.foo-dev-smoke';
const files = { 'EMULATOR_FILE:result.json': '{"passed": 12}' };

type History = { successfulFinishedRuns: { id: string }[]; failedFinishedRuns: { id: string }[] };
type Job = { activeRuns: { id: string }[]; history: History };

/** The executor over an emulated cluster on virtual time, which may stop at some of its writes and requests. */
function createBench(points: readonly number[] = []) {
  const clock = createManualClock();
  const memory = createMemoryStore(() => clock.now());
  const crashes = createCrashPoints(new Set(points));
  const cluster = createEmulatedCluster('np1', clock);
  const jobs = jobsOver({ np1: cluster }, clock);
  const handlers = createExecutorHandlers({
    store: crashes.wrap(memory),
    clock,
    newId: () => 'N',
    teamId: 'T1',
    definitions: () => ({ applications: new Map(), clusters: new Map() }),
    serverGroups: groupsOver({ np1: cluster }, clock),
    jobs: {
      ...jobs,
      run: async (...call) => {
        crashes.point();
        const runId = await jobs.run(...call);
        crashes.point();
        return runId;
      },
    },
    fetchText: fetchNothing,
    onError: () => undefined,
  });
  const handle = (loaded: Execution, owner: string) => {
    crashes.boot();
    return handlers.execution({ kind: 'execution', id: loaded.id, version: 0, document: loaded }, owner);
  };
  /** The job as it is, whatever goes wrong for others; undefined where there is none. */
  const readJob = (): Job | undefined => {
    cluster.core.clearFaults();
    const path = '/service/metronome/v1/jobs?embed=activeRuns&embed=history';
    return (cluster.core.handle({ method: 'GET', path }).body as readonly Job[])[0];
  };
  return {
    clock,
    store: memory,
    cluster,
    crashes,
    start: (context: StageContext = {}, id = 'E1') => {
      const job = { application: 'foo', general: { id: jobId, cmd: 'true' }, labels: files, location: east };
      const steps = [{ ref: '1', type: 'runJob', context: { ...job, propertyFile: 'result.json', ...context } }];
      return memory.create(executionKind, id, buildPipeline(steps, { id }), { due: clock.now() });
    },
    drive: (maxMs?: number, id = 'E1') =>
      drive({ store: memory, clock, id, handle, ...(maxMs === undefined ? {} : { maxMs }) }),
    /** Ids of all runs there ever were. */
    runs: () => {
      const { activeRuns = [], history } = readJob() ?? {};
      const ended = [...(history?.successfulFinishedRuns ?? []), ...(history?.failedFinishedRuns ?? [])];
      return [...activeRuns, ...ended].map(({ id }) => id);
    },
    active: () => readJob()?.activeRuns.length ?? 0,
  };
}

const runOf = (execution: Execution) => (stageOf(execution, '1').outputs.jobRun as { runId: string }).runId;

describe('a job on DC/OS', () => {
  it('leaves what it has written', async () => {
    const bench = createBench();
    await bench.start();
    const done = await bench.drive();
    expect(done.status).toBe('SUCCEEDED');
    expect(stageOf(done, '1').outputs).toMatchObject({ passed: 12, propertyFileContents: { passed: 12 } });
    expect(bench.runs()).toEqual([runOf(done)]);
  });

  it('that fails shows how its task ended, and what it wrote last', async () => {
    const bench = createBench();
    await bench.start({ labels: { EMULATOR_EXIT_CODE: '3', EMULATOR_STDERR: 'no answer\n' } });
    const { failure } = stageOf(await bench.drive(), '1');
    expect(failure).toMatchObject({ code: 'JOB_FAILED', output: 'no answer' });
    expect(failure?.message).toContain('Command exited with status 3');
  });

  it('says that it waits while no agent has room, and fails when Metronome gives it up', async () => {
    const bench = createBench();
    await bench.start({ general: { id: jobId, cmd: 'true', cpus: 99 }, maxLaunchDelay: 60 });
    const waiting = await bench.drive(30_000);
    expect(stageOf(waiting, '1').context.progress).toBe(`${jobId} waits for an agent with enough resources`);
    const { failure } = stageOf(await bench.drive(), '1');
    expect(failure?.message).toContain('it was never launched, or is forgotten');
  });

  it('that somebody deletes meanwhile ends as Mesos says', async () => {
    const bench = createBench();
    await bench.start({ labels: { ...files, EMULATOR_RUN_MS: '60000', EMULATOR_KILL_MS: '1000' } });
    await bench.drive(10_000);
    const path = `/service/metronome/v1/jobs/${jobId}?stopCurrentJobRuns=true`;
    bench.cluster.core.handle({ method: 'DELETE', path });
    const done = await bench.drive();
    expect(stageOf(done, '1').failure).toMatchObject({ code: 'JOB_FAILED' });
    expect(stageOf(done, '1').failure?.message).toContain('was killed');
  });

  it('is stopped by a cancel', async () => {
    const bench = createBench();
    await bench.start({ labels: { EMULATOR_RUN_MS: '600000' } });
    await bench.drive(10_000);
    expect(bench.active()).toBe(1);
    await sendSignal(bench, { type: 'cancel', user: 'U0BOB' });
    expect((await bench.drive()).status).toBe('CANCELED');
    expect([bench.active(), bench.runs().length]).toEqual([0, 1]);
  });
});

describe('a lost answer', () => {
  const losesStarts = { kind: 'lostReply', method: 'POST', path: '*/runs', times: 1 } as const;

  it('of the start leads to no second run', async () => {
    const bench = createBench();
    bench.cluster.core.setFault(losesStarts);
    await bench.start();
    const done = await bench.drive();
    expect(done.status).toBe('SUCCEEDED');
    expect(bench.runs()).toEqual([runOf(done)]);
  });

  it('of two that run one job at the same time gives each its own run', async () => {
    const bench = createBench();
    bench.cluster.core.setFault({ ...losesStarts, times: 2 });
    await bench.start({}, 'E1');
    await bench.start({}, 'E2');
    const [one, other] = [await bench.drive(undefined, 'E1'), await bench.drive(undefined, 'E2')];
    expect([one.status, other.status]).toEqual(['SUCCEEDED', 'SUCCEEDED']);
    expect(bench.runs().sort()).toEqual([runOf(one), runOf(other)].sort());
    expect(runOf(one)).not.toBe(runOf(other));
  });
});

describe('a job that somebody else changes while it is started', () => {
  /** The next starts find the job as somebody else has just defined it. */
  const changeAtStart = ({ cluster }: ReturnType<typeof createBench>, times: number) => {
    const startRun = cluster.metronome.startRun.bind(cluster.metronome);
    let left = times;
    cluster.metronome.startRun = async (id, signal) => {
      const run = { cpus: 0.1, mem: 32, disk: 0, cmd: 'other' };
      if (left > 0) await cluster.metronome.updateJob({ id, run });
      left -= 1;
      return startRun(id, signal);
    };
  };

  it.each([1, 2])('%i times is started again, and the runs of the other definition are stopped', async (times) => {
    const bench = createBench();
    changeAtStart(bench, times);
    await bench.start();
    const done = await bench.drive();
    expect([done.status, stageOf(done, '1').outputs.passed]).toEqual(['SUCCEEDED', 12]);
    expect([bench.active(), bench.runs().length]).toEqual([0, times + 1]);
  });

  it('again and again fails, and says what to do', async () => {
    const bench = createBench();
    changeAtStart(bench, 9);
    await bench.start();
    const { failure } = stageOf(await bench.drive(), '1');
    expect(failure?.code).toBe('METRONOME_CHANGED');
    expect(failure?.message).toBe(
      `Somebody else changed job ${jobId} in nonprod/east 3 times while a run of it was started, and each of these runs was stopped. Find out what else changes the job, or give the job of this stage an id of its own; then retry the stage.`,
    );
    await bench.clock.advance(10_000);
    expect([bench.active(), bench.runs().length]).toEqual([0, 3]);
  });

  it('leaves nothing running when its stage is canceled before the run was stopped', async () => {
    const bench = createBench();
    changeAtStart(bench, 1);
    bench.cluster.core.setFault({ kind: 'http', method: 'POST', path: '*/actions/stop', status: 503, times: 1 });
    await bench.start({ labels: { EMULATOR_RUN_MS: '600000' } });
    await bench.drive(1000);
    expect(bench.active()).toBe(1);
    await sendSignal(bench, { type: 'cancel', user: 'U0BOB' });
    expect((await bench.drive()).status).toBe('CANCELED');
    await bench.clock.advance(10_000);
    expect([bench.active(), bench.runs().length]).toEqual([0, 1]);
  });
});

const fault = fc.record({
  kind: fc.constantFrom('http' as const, 'lostReply' as const),
  method: fc.constantFrom('GET', 'PUT', 'POST'),
  path: fc.constantFrom('*/runs', '*/v1/jobs*', '*/mesos/*', '*/agent/*'),
  times: fc.integer({ min: 1, max: 3 }),
});
const schedule = fc.record({
  points: fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 6 }),
  faults: fc.array(fault, { maxLength: 4 }),
});

it('runs a job exactly once, whatever is lost and wherever the process stops', async () => {
  await fc.assert(
    fc.asyncProperty(schedule, async ({ points, faults }) => {
      const bench = createBench(points);
      for (const each of faults) bench.cluster.core.setFault(each);
      await bench.start();
      const done = await bench.drive();
      expect(stageOf(done, '1').failure?.message ?? done.status).toBe('SUCCEEDED');
      expect(bench.runs()).toEqual([runOf(done)]);
      expect(stageOf(done, '1').outputs.passed).toBe(12);
    }),
    { numRuns: 150 },
  );
}, 60_000);

it('leaves nothing running when it is canceled, whatever is lost and wherever the process stops', async () => {
  const moment = fc.integer({ min: 0, max: 30_000 });
  await fc.assert(
    fc.asyncProperty(schedule, moment, async ({ points, faults }, canceledAfterMs) => {
      const bench = createBench(points);
      for (const each of faults) bench.cluster.core.setFault(each);
      await bench.start({ labels: { EMULATOR_RUN_MS: '3000000' } });
      await bench.drive(canceledAfterMs);
      await sendSignal(bench, { type: 'cancel', user: 'U0BOB' });
      const done = await bench.drive();
      expect(done.status).toBe('CANCELED');
      expect(done.stages.map(({ failure }) => failure?.message)).not.toContainEqual(expect.anything());
      expect(bench.active()).toBe(0);
      expect(bench.runs().length).toBeLessThanOrEqual(1);
    }),
    { numRuns: 150 },
  );
}, 60_000);
