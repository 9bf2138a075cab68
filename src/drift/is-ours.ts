import type { Execution, Stage } from '../model/execution';
import type { GroupChange } from './find-changes';

const placeOf = (stage: Stage): string => {
  const { account, region } = (stage.context.location ?? {}) as { account?: unknown; region?: unknown };
  return `${String(account)}/${String(region)}`;
};

/**
 * Whether executions of ours made a change. Intents are saved before anybody acts on them, so whatever we changed stands in
 * the documents by the time it is seen. `place` is `account/region`; the executions are those that could have acted since
 * the look before.
 */
export function isOurs(change: GroupChange, place: string, executions: readonly Execution[]): boolean {
  if (change.type === 'created') {
    const creator = change.after.key?.split('/')[0];
    return creator !== undefined && executions.some(({ id }) => id === creator);
  }
  const { name } = change.before;
  const stages = executions
    .flatMap((execution) => execution.stages)
    .filter((stage) => placeOf(stage) === place && stage.outputs.targetServerGroup === name);
  if (change.type === 'gone') return stages.some((stage) => stage.type === 'destroyServerGroup');
  if (change.type === 'changed') return false;
  return stages.some((stage) => stage.context.targetDesiredSize === change.after.desired);
}
