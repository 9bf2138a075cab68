import type { Clock } from '../engine/clock';
import type { MarathonClient } from './marathon-client';
import { tailTaskFile } from './tail-task-file';
import { telltaleTask, type Sandboxes } from './read-evidence';
import type { InstanceOutput, OutputWanted } from './server-groups';
import { tolerate } from './tolerate';
import { unlessAbsent } from './unless-absent';

/** What output is read from; without `sandboxes` no file can be. */
export type OutputSources = {
  readonly marathon: Pick<MarathonClient, 'inspectApp'>;
  readonly sandboxes: Sandboxes | undefined;
  readonly clock: Clock;
};

/**
 * The last lines of an app's task, of each file by itself. Undefined where the app is gone or no task of it is known. Throws
 * what the read of the app does.
 */
export async function readOutput(
  { marathon, sandboxes, clock }: OutputSources,
  id: string,
  { instanceId, files, lines }: OutputWanted,
  signal?: AbortSignal,
): Promise<InstanceOutput | undefined> {
  const app = instanceId === undefined ? await unlessAbsent(marathon.inspectApp(id, signal)) : undefined;
  const taskId = instanceId ?? (app === undefined ? undefined : telltaleTask(app));
  if (taskId === undefined) return undefined;
  const read = files.map(async (file) => {
    if (sandboxes === undefined) return { file, error: 'Mesos of this DC/OS cluster is not known.' };
    const found = await tolerate(clock, signal, (own) =>
      tailTaskFile(sandboxes, { taskId, file, lines }, { clock, signal: own }),
    );
    if ('error' in found) return { file, error: found.error };
    if (found.value === undefined) return { file, error: `Mesos has forgotten task ${taskId} or its files.` };
    return { file, lines: found.value };
  });
  return { instanceId: taskId, files: await Promise.all(read) };
}
