import { foreignClusters } from './definitions/touched-clusters';
import { actingUserOf, actingUserText } from './engine/acting-user';
import type { StageDefinition, StageRegistry } from './engine/contracts/stage';
import type { TaskDefinition, TaskLook } from './engine/contracts/task';
import { stageById, topLevelOf } from './engine/graph';
import type { Definitions } from './model/application';
import type { Execution, Stage } from './model/execution';
import { plainText } from './model/text';
import type { People } from './policy/people';
import { mayDeploy } from './policy/permissions';

type Parts = {
  readonly definitions: () => Definitions;
  readonly people: (users: readonly string[]) => Promise<People>;
};

/** Whether a stage belongs to a clean-up: what has been done goes back, whoever may do it now. */
function isWayBack(execution: Execution, stage: Stage): boolean {
  if (stage.onFailure === true || stage.onCancel === true) return true;
  const parent = stage.parentStageId === undefined ? undefined : stageById(execution, stage.parentStageId);
  return parent !== undefined && isWayBack(execution, parent);
}

/** Why whoever an execution runs for may not have a stage of it change the clusters that it names; undefined where they may. */
async function refusalOf(parts: Parts, { execution, stage }: Pick<TaskLook<never>, 'execution' | 'stage'>) {
  if (isWayBack(execution, stage)) return undefined;
  const { application, definition } = execution;
  const place = {
    application: { name: application },
    environment: { name: definition.environment },
    pipeline: { stages: [stage] },
  };
  for (const { application: other, environment, cluster } of foreignClusters(parts.definitions(), place)) {
    const who = actingUserText(execution, stage);
    const where = `${other.name} ${environment.name}`;
    const user = actingUserOf(execution, stage);
    const permission = mayDeploy(environment.policy, await parts.people([user]), user, where, who);
    if (!permission.allowed)
      return `${plainText(permission.reason)} Stage '${topLevelOf(execution, stage).name}' names ${cluster}.`;
  }
  return undefined;
}

/** A task that asks before its first act; one that has an intent was allowed to. */
const guardTask = <S>(parts: Parts, task: TaskDefinition<S>): TaskDefinition<S> => ({
  ...task,
  run: async (look) => {
    const reason = look.memo === undefined ? await refusalOf(parts, look) : undefined;
    return reason === undefined ? task.run(look) : { status: 'TERMINAL', code: 'NOT_ALLOWED', reason };
  },
});

const guardFirst = <S>(parts: Parts, [first, ...others]: readonly TaskDefinition<S>[]): readonly TaskDefinition<S>[] =>
  first === undefined ? [] : [guardTask(parts, first), ...others];

function guardStage<S>(parts: Parts, definition: StageDefinition<S>): StageDefinition<S> {
  const { tasks } = definition;
  return {
    ...definition,
    tasks: typeof tasks === 'function' ? (input) => guardFirst(parts, tasks(input)) : guardFirst(parts, tasks),
  };
}

/**
 * The same stages, which fail with NOT_ALLOWED before they act where they change the cluster of another environment and whoever
 * asked may not change that. When an execution is asked for, only names can be judged that no expression makes.
 */
export function guardReach<S>(registry: StageRegistry<S>, parts: Parts): StageRegistry<S> {
  const guarded = new Map<string, StageDefinition<S>>();
  const find = (type: string): StageDefinition<S> | undefined => {
    const definition = guarded.get(type) ?? registry.find(type);
    if (definition === undefined || guarded.has(type)) return definition;
    const made = guardStage(parts, definition);
    guarded.set(type, made);
    return made;
  };
  return { types: registry.types, find };
}
