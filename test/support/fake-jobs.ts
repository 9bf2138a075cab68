import type { Jobs } from '../../src/dcos/jobs';
import type { Clock } from '../../src/engine/clock';
import type { Diagnosis } from '../../src/model/diagnosis';
import { CoxswainError, type ErrorCode } from '../../src/model/errors';
import type { JobDescription, JobState } from '../../src/model/job';
import { locationName, type Location } from '../../src/model/server-group';

type Operation = keyof Jobs;
type Outcome = 'SUCCEEDED' | 'FAILED' | 'UNKNOWN';

/** A run as the fake keeps it; it can be seen from `visibleAt` on. */
export type FakeRun = {
  readonly runId: string;
  readonly jobId: string;
  readonly key: string;
  readonly place: string;
  readonly description: JobDescription;
  readonly visibleAt: number;
  endsAt: number;
  outcome: Outcome;
};

/** How a call goes wrong: before or after the work was done, which may be late. */
type Fault = {
  readonly operation: Operation;
  readonly code: ErrorCode;
  readonly after: boolean;
  readonly lateMs: number;
};

/** Jobs in memory, on an injected clock, with faults on demand. */
export type FakeJobs = Jobs & {
  /** The next call of an operation throws; `after` the work was done, `lateMs` later, as when a reply is lost. */
  fail(operation: Operation, code: ErrorCode, after?: boolean, lateMs?: number): void;
  /** Called before and after every effect, to simulate a crash by throwing. */
  onEffect: (moment: 'before' | 'after') => void;
  /** Every run that was started, oldest first. */
  readonly runs: readonly FakeRun[];
  /** Every effect that was carried out, in order. */
  readonly effects: readonly string[];
  /** How long a run takes. */
  runMs: number;
  /** How long after its start a run can be seen. */
  landMs: number;
  /** How runs end that are started from now on. */
  outcome: Outcome;
  /** Runs without a task yet, so that nobody can tell whose they are. */
  readonly withoutTask: Set<string>;
  /** What every run leaves behind, by path. */
  readonly files: Map<string, string>;
  diagnosis: Diagnosis;
};

/** Makes the fake. */
export function createFakeJobs(clock: Clock): FakeJobs {
  const runs: FakeRun[] = [];
  const effects: string[] = [];
  const faults: Fault[] = [];
  const visible = (location: Location, jobId: string) =>
    runs.filter((run) => {
      return run.jobId === jobId && run.place === locationName(location) && run.visibleAt <= clock.now();
    });
  const work = <T>(operation: Operation, act: (lateMs: number) => T, isEffect = false): Promise<T> => {
    const index = faults.findIndex((fault) => fault.operation === operation);
    const fault = index === -1 ? undefined : faults.splice(index, 1)[0];
    const error = fault && new CoxswainError(fault.code, { message: `${operation} failed (${fault.code}).` });
    return Promise.resolve().then(() => {
      if (isEffect) fake.onEffect('before');
      if (error !== undefined && fault?.after === false) throw error;
      const result = act(fault?.lateMs ?? 0);
      if (error !== undefined) throw error;
      if (isEffect) fake.onEffect('after');
      return result;
    });
  };
  const stateOf = ({ outcome, endsAt, runId }: FakeRun): JobState => {
    if (outcome === 'UNKNOWN') return { status: 'UNKNOWN', detail: 'nobody knows' };
    if (clock.now() < endsAt) return { status: 'RUNNING', detail: 'runs' };
    return { status: outcome, taskIds: [`task-${runId}`] };
  };
  const fake: FakeJobs = {
    runs,
    effects,
    runMs: 10_000,
    landMs: 0,
    outcome: 'SUCCEEDED',
    withoutTask: new Set(),
    files: new Map(),
    diagnosis: { reasons: [] },
    onEffect: () => undefined,
    fail: (operation, code, after = false, lateMs = 0) => void faults.push({ operation, code, after, lateMs }),
    knownRuns: (location, jobId) =>
      work('knownRuns', () => ({ ids: visible(location, jobId).map(({ runId }) => runId), since: 0 })),
    startedRuns: (location, { jobId, key, known }) =>
      work('startedRuns', () => {
        const fresh = visible(location, jobId).filter(({ runId }) => !known.ids.includes(runId));
        const isOpen = fresh.some(({ runId }) => fake.withoutTask.has(runId));
        const told = fresh.filter(({ runId }) => !fake.withoutTask.has(runId));
        return { runIds: told.filter((run) => run.key === key).map(({ runId }) => runId), isOpen };
      }),
    run: (location, description, key) =>
      work(
        'run',
        (lateMs) => {
          const runId = `R${runs.length + 1}`;
          const jobId = description.general.id;
          effects.push(`run ${jobId} ${key}`);
          const visibleAt = clock.now() + Math.max(lateMs, fake.landMs);
          const { runMs, outcome } = fake;
          const place = locationName(location);
          runs.push({ runId, jobId, key, place, description, visibleAt, endsAt: visibleAt + runMs, outcome });
          return runId;
        },
        true,
      ),
    look: (location, { jobId, runId }) =>
      work('look', () => {
        const run = visible(location, jobId).find((each) => each.runId === runId);
        return run === undefined ? { status: 'UNKNOWN', detail: 'no such run' } : stateOf(run);
      }),
    cancel: (location, { jobId, runId }) =>
      work(
        'cancel',
        () => {
          const run = visible(location, jobId).find((each) => each.runId === runId);
          if (run === undefined || clock.now() >= run.endsAt) return;
          effects.push(`cancel ${runId}`);
          run.endsAt = clock.now();
          run.outcome = 'FAILED';
        },
        true,
      ),
    readFile: (_location, _run, { path, maxBytes }) =>
      work('readFile', () => {
        const text = fake.files.get(path);
        if (text === undefined) return undefined;
        return Buffer.byteLength(text) > maxBytes ? { isTooLong: true } : { text };
      }),
    explain: () => work('explain', () => fake.diagnosis),
  };
  return fake;
}
