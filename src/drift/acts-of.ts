import { landingMs } from '../engine/landing';
import type { Execution, Stage, Task } from '../model/execution';

/** What a stage of ours did, or may have done, to one server group. */
export type Act = {
  readonly type: 'sized' | 'created' | 'destroyed';
  readonly stageId: string;
  /** Undefined while a creation has not said which group came of it. */
  readonly serverGroupName: unknown;
  /** The size that it leaves behind; undefined where there is none. */
  readonly size: unknown;
  /** When it may have taken effect at the latest; milliseconds since the epoch, infinite while it goes on. */
  readonly until: number;
  /** False where nobody knows whether what was sent took effect. */
  readonly isSure: boolean;
};

/** The tasks that change server groups, by name. */
const typeOfTask: Readonly<Record<string, Act['type']>> = {
  createServerGroup: 'created',
  recreateServerGroup: 'created',
  resizeServerGroup: 'sized',
  enableServerGroup: 'sized',
  disableServerGroup: 'sized',
  destroyServerGroup: 'destroyed',
};

function endOf({ status, endTime }: Task): number {
  if (endTime === undefined) return Number.POSITIVE_INFINITY;
  return status === 'SUCCEEDED' ? endTime : endTime + landingMs;
}

function placeOf({ context }: Stage): string {
  const { account, region } = (context.location ?? {}) as { account?: unknown; region?: unknown };
  return `${String(account)}/${String(region)}`;
}

/** The copies of an adoption that a task took to 0; none for any other task. */
const disabledBy = ({ name, memo }: Task): readonly unknown[] =>
  name === 'disableCopies' && Array.isArray(memo?.disabled) ? memo.disabled : [];

/** Only a saved intent acts, so a task without one that did not succeed did nothing. */
function actsOfStage(stage: Stage): readonly Act[] {
  return stage.tasks.flatMap((task): readonly Act[] => {
    const type = typeOfTask[task.name];
    const isSure = task.status === 'SUCCEEDED';
    const disabled = disabledBy(task).map((serverGroupName): Act => {
      return { type: 'sized', stageId: stage.id, serverGroupName, size: 0, until: endOf(task), isSure };
    });
    if (disabled.length > 0) return disabled;
    if (type === undefined || (!isSure && task.memo === undefined)) return [];
    const { targetServerGroup: serverGroupName } = stage.outputs;
    const size = stage.context.targetDesiredSize;
    return [{ type, stageId: stage.id, serverGroupName, size, until: endOf(task), isSure }];
  });
}

/** What an execution did in a place (`account/region`), in the order in which it took effect. */
export const actsOf = (execution: Execution, place: string): readonly Act[] =>
  execution.stages
    .filter((stage) => placeOf(stage) === place)
    .flatMap(actsOfStage)
    .sort((one, other) => one.until - other.until);

/**
 * When an execution that works in a place was last retried; undefined for never. A retry drops the stages below those of
 * the attempt before, so that nobody knows any more what that attempt did until then.
 */
export function retriedAt({ definition, stages }: Execution, place: string): number | undefined {
  if (!definition.regions.includes(place)) return undefined;
  const times = stages
    .filter(({ attempt, context }) => {
      // Decisions are dropped by a retry: whoever changed a stage that has one decided after it.
      const isDecided = context.judgmentStatus !== undefined || context.skipRemainingWait !== undefined;
      return attempt > 1 && !isDecided;
    })
    .flatMap(({ lastModified }) => (lastModified === undefined ? [] : [lastModified.lastModifiedTime]));
  return times.length === 0 ? undefined : Math.max(...times);
}
