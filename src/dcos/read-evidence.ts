import type { Clock } from '../engine/clock';
import { CoxswainError } from '../model/errors';
import type { Evidence } from './diagnose';
import type { FilesClient } from './files-client';
import type { MarathonClient } from './marathon-client';
import type { MarathonInspectedApp } from './marathon-schemas';
import type { MesosClient } from './mesos-client';
import { recentFailure } from './recent-failure';
import { tailTaskFile } from './tail-task-file';
import { tolerate } from './tolerate';

/** Where the files of a DC/OS cluster's tasks are read. */
export type Sandboxes = { readonly mesos: MesosClient; readonly files: FilesClient };

/** What evidence is read from; without `sandboxes` there is no stderr. */
export type EvidenceSources = {
  readonly marathon: Pick<MarathonClient, 'inspectApp' | 'listQueue'>;
  readonly sandboxes: Sandboxes | undefined;
  readonly clock: Clock;
};

const stderrLines = 20;

async function inspect(marathon: EvidenceSources['marathon'], id: string, signal: AbortSignal) {
  try {
    return await marathon.inspectApp(id, signal);
  } catch (error) {
    if (error instanceof CoxswainError && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}

/** The task whose output tells most: the newest that is unhealthy now, else the last that failed, else the newest. */
export function telltaleTask(app: MarathonInspectedApp): string | undefined {
  const started = app.tasks.filter(({ startedAt }) => startedAt !== undefined);
  const sick = started.filter((task) => task.healthCheckResults.some(({ alive }) => !alive));
  const failed = recentFailure(app)?.taskId ?? '';
  if (sick.length === 0 && failed !== '') return failed;
  const candidates = sick.length > 0 ? sick : started;
  return candidates.toSorted((a, b) => ((a.startedAt ?? '') < (b.startedAt ?? '') ? 1 : -1))[0]?.id;
}

/** Reads all that says why an app does not come up. Each part may fail by itself; nothing is repeated. Never throws. */
export async function readEvidence(
  { marathon, sandboxes, clock }: EvidenceSources,
  id: string,
  signal?: AbortSignal,
): Promise<Evidence> {
  const [app, queued] = await Promise.all([
    tolerate(clock, signal, (own) => inspect(marathon, id, own)),
    tolerate(clock, signal, async (own) => (await marathon.listQueue(own)).find((item) => item.app?.id === id)),
  ]);
  const taskId = 'error' in app || app.value === undefined ? undefined : telltaleTask(app.value);
  if (taskId === undefined || sandboxes === undefined) return { app, queued };
  const wanted = { taskId, file: 'stderr', lines: stderrLines };
  const lines = await tolerate(clock, signal, (own) => tailTaskFile(sandboxes, wanted, { clock, signal: own }));
  return { app, queued, stderr: { taskId, lines } };
}
