import type { Diagnosis } from '../model/diagnosis';
import { CoxswainError } from '../model/errors';
import type { JobRun } from '../model/job';
import { fates, toDiagnosis } from './diagnose';
import type { JobConnection } from './job-connections';
import { tasksOfRun } from './job-state';
import type { JobFile } from './jobs';
import type { MesosTask } from './mesos-schemas';
import { tailTaskFile } from './tail-task-file';
import { tolerate } from './tolerate';
import { unlessAbsent } from './unless-absent';

const stderrLines = 20;

function describeEnd({ id, state, statuses }: MesosTask): string {
  const { message = '', reason = '' } = statuses.at(-1) ?? {};
  const why = message === '' ? 'no message' : message;
  return `Its task ${id} ${fates[state] ?? `is ${state}`}: ${why}${reason === '' ? '' : ` (${reason})`}`;
}

/** Says why a run failed. Never throws. */
export async function explainRun(connection: JobConnection, run: JobRun, signal?: AbortSignal): Promise<Diagnosis> {
  const { clock } = connection;
  const found = await tolerate(clock, signal, (own) => tasksOfRun(connection, run, own));
  if ('error' in found) return toDiagnosis([`Its tasks could not be read: ${found.error}`], undefined);
  const task = found.value.at(-1);
  if (task === undefined) {
    return toDiagnosis(['Mesos has no task of the run: it was never launched, or is forgotten.'], undefined);
  }
  const wanted = { taskId: task.id, file: 'stderr', lines: stderrLines };
  const lines = await tolerate(clock, signal, (own) => tailTaskFile(connection, wanted, { clock, signal: own }));
  return toDiagnosis([describeEnd(task)], { taskId: task.id, lines });
}

/** Reads a file of the run's newest task. Throws INVALID_INPUT for a path that leads out of the sandbox. */
export async function readRunFile(
  connection: JobConnection,
  run: JobRun,
  { path, maxBytes }: { readonly path: string; readonly maxBytes: number },
  signal?: AbortSignal,
): Promise<JobFile | undefined> {
  if (path.startsWith('/') || path.split('/').includes('..')) {
    throw new CoxswainError('INVALID_INPUT', {
      message: `'${path}' is no file of a job's own: write its name, or a path below the folder the job starts in.`,
    });
  }
  const task = (await tasksOfRun(connection, run, signal)).at(-1);
  if (task === undefined) return undefined;
  return unlessAbsent(
    (async (): Promise<JobFile> => {
      const sandbox = await connection.mesos.sandboxOf(task, signal);
      const file = { agentId: sandbox.agentId, path: `${sandbox.path}/${path}` };
      const { text, sizeBytes } = await connection.files.read(file, { offset: 0, maxBytes }, signal);
      return sizeBytes > maxBytes ? { isTooLong: true } : { text };
    })(),
  );
}
