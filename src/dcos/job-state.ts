import { asCoxswainError } from '../model/errors';
import type { JobRun, JobState } from '../model/job';
import type { JobConnection } from './job-connections';
import { metronomeTaskPrefix } from './mesos-client';
import type { MesosTask } from './mesos-schemas';
import type { MetronomeHistory, MetronomeRun } from './metronome-schemas';
import { unlessAbsent } from './unless-absent';

const ended = new Set([
  'TASK_FINISHED',
  'TASK_FAILED',
  'TASK_KILLED',
  'TASK_ERROR',
  'TASK_LOST',
  'TASK_DROPPED',
  'TASK_GONE',
  'TASK_GONE_BY_OPERATOR',
]);

const lastChange = ({ statuses }: MesosTask): number => statuses.at(-1)?.timestamp ?? 0;

/** Beyond so many, one read of everything costs less than a read of each. */
const fewTasks = 5;

async function findTasks({ mesos }: Pick<JobConnection, 'mesos'>, run: JobRun, signal?: AbortSignal) {
  const { jobId, runId, taskIds = [] } = run;
  if (taskIds.length === 0 || taskIds.length > fewTasks) {
    return mesos.findTasks({ idPrefix: metronomeTaskPrefix(jobId, runId), framework: 'metronome' }, signal);
  }
  const found = await Promise.all(taskIds.map((id) => mesos.findTask(id, signal)));
  return found.filter((task) => task !== undefined);
}

/** The tasks of a run that Mesos remembers, oldest first. Throws as the client does. */
export async function tasksOfRun(
  connection: Pick<JobConnection, 'mesos'>,
  run: JobRun,
  signal?: AbortSignal,
): Promise<readonly MesosTask[]> {
  const found = await findTasks(connection, run, signal);
  return found.toSorted((one, other) => lastChange(one) - lastChange(other));
}

function stateOfActive({ status, tasks }: MetronomeRun): JobState {
  const taskIds = tasks.map(({ id }) => id);
  if (status === 'SUCCESS') return { status: 'SUCCEEDED', taskIds };
  if (status === 'FAILED') return { status: 'FAILED', taskIds };
  const last = tasks.at(-1);
  if (last === undefined) return { status: 'STARTING', detail: 'waits for an agent with enough resources' };
  if (last.status === 'TASK_RUNNING') return { status: 'RUNNING', detail: 'runs' };
  if (last.status === 'TASK_UNREACHABLE')
    return { status: 'RUNNING', detail: 'runs on an agent that cannot be reached' };
  if (ended.has(last.status)) return { status: 'STARTING', detail: 'is started again after a failure' };
  return { status: 'STARTING', detail: 'is started by its agent' };
}

function stateInHistory(history: MetronomeHistory | undefined, runId: string): JobState | undefined {
  const find = (runs: MetronomeHistory['failedFinishedRuns'] = []) => runs.find(({ id }) => id === runId);
  const succeeded = find(history?.successfulFinishedRuns);
  if (succeeded !== undefined) return { status: 'SUCCEEDED', taskIds: succeeded.tasks };
  const failed = find(history?.failedFinishedRuns);
  return failed && { status: 'FAILED', taskIds: failed.tasks };
}

/** What Mesos says of a run of which Metronome knows nothing; not reading it is not knowing. */
async function stateInMesos(connection: JobConnection, run: JobRun, signal?: AbortSignal): Promise<JobState> {
  const forgotten = 'Metronome knows nothing of the run';
  try {
    const tasks = await tasksOfRun(connection, run, signal);
    const last = tasks.at(-1);
    if (last === undefined) return { status: 'UNKNOWN', detail: `${forgotten}, and Mesos has no task of it` };
    const taskIds = tasks.map(({ id }) => id);
    if (last.state === 'TASK_FINISHED') return { status: 'SUCCEEDED', taskIds };
    if (ended.has(last.state)) return { status: 'FAILED', taskIds };
    const detail = `${forgotten}, and Mesos says ${last.state} of its task`;
    return { status: last.state === 'TASK_UNREACHABLE' ? 'UNKNOWN' : 'RUNNING', detail };
  } catch (error) {
    return {
      status: 'UNKNOWN',
      detail: `${forgotten}, and Mesos could not be asked: ${asCoxswainError(error).message}`,
    };
  }
}

/** How a run is doing: a run that is active says so itself, one that has ended the job's history, one that vanished Mesos. */
export async function stateOfRun(connection: JobConnection, run: JobRun, signal?: AbortSignal): Promise<JobState> {
  const { metronome } = connection;
  const active = await unlessAbsent(metronome.getRun(run.jobId, run.runId, signal));
  if (active !== undefined) return stateOfActive(active);
  const job = await unlessAbsent(metronome.getJob(run.jobId, ['history'], signal));
  return stateInHistory(job?.history, run.runId) ?? (await stateInMesos(connection, run, signal));
}
