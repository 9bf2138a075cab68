import { z } from 'zod';
import type { Execution, Stage, Task } from '../model/execution';
import { hostOf } from '../model/host-of';
import { locationName, type Location } from '../model/server-group';
import type { OutsideSystem } from './contracts/task';
import { contextOf } from './graph';

const text = z.string().optional().catch(undefined);
const location = z.custom<Location>(
  (value) => z.object({ account: z.string(), region: z.string() }).safeParse(value).success,
);

/** All that may be told of what a stage does: names, numbers and hosts. */
const told = z.object({
  location: location.optional().catch(undefined),
  serverGroupName: text,
  targetServerGroup: text,
  unmanagedName: text,
  instanceIds: z.array(z.string()).default([]).catch([]),
  jobId: text,
  general: z.object({ id: text }).optional().catch(undefined),
  jobRun: z.object({ runId: text }).optional().catch(undefined),
  startedBuild: z.object({ master: text, job: text }).optional().catch(undefined),
  master: text,
  job: text,
  url: text,
  method: text,
});
type Told = z.infer<typeof told>;

const intended = z.object({
  name: text,
  acting: text,
  size: z.number().optional().catch(undefined),
  master: text,
  job: text,
});
type Intended = z.infer<typeof intended>;

const inPlace = ({ location: at }: Told): string => (at === undefined ? '' : `in ${locationName(at)}`);

function serverGroup(stage: Told, { name, acting, size }: Intended): readonly string[] {
  const group = name ?? acting ?? stage.targetServerGroup ?? stage.serverGroupName ?? stage.unmanagedName;
  const instances = stage.instanceIds.slice(0, 5).join(', ');
  return [group ?? instances, size === undefined ? '' : `to ${size}`, inPlace(stage)];
}

const describe: Readonly<Record<OutsideSystem, (stage: Told, intent: Intended) => readonly string[]>> = {
  'DC/OS': serverGroup,
  Metronome: (stage) => [stage.jobId ?? stage.general?.id ?? '', stage.jobRun?.runId ?? '', inPlace(stage)],
  Jenkins: (stage, intent) => [
    [intent.master ?? stage.startedBuild?.master ?? stage.master, intent.job ?? stage.startedBuild?.job ?? stage.job]
      .filter((part) => part !== undefined)
      .join('/'),
  ],
  webhook: ({ method, url }) => [method ?? 'POST', url === undefined ? '' : `to ${hostOf(url)}`],
};

/** What a task does to the outside, in names and numbers that are told to anybody: `DC/OS: foo-prod-v003 to 4 in nonprod/east`. */
export function describeEffect(execution: Execution, stage: Stage, task: Task, system: OutsideSystem): string {
  const known = told.parse({ ...contextOf(execution, stage), ...stage.outputs });
  const parts = describe[system](known, intended.parse(task.memo ?? {}));
  return `${system}: ${parts.filter((part) => part !== '').join(' ')}`;
}
