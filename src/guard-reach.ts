import { awaitForeignCluster, type ForeignParts } from './await-foreign-cluster';
import { foreignClusters, type ForeignCluster } from './definitions/touched-clusters';
import { actingUserOf, actingUserText } from './engine/acting-user';
import type { StageDefinition, StageRegistry } from './engine/contracts/stage';
import type { TaskDefinition, TaskLook, TaskResult } from './engine/contracts/task';
import { isCleanUp, topLevelOf } from './engine/graph';
import { isHeldNow } from './engine/stage-waits';
import type { Definitions } from './model/application';
import { plainText } from './model/text';
import type { People } from './policy/people';
import { mayDeploy } from './policy/permissions';

type Parts = ForeignParts & {
  readonly definitions: () => Definitions;
  readonly people: (users: readonly string[]) => Promise<People>;
};

type Look = Pick<TaskLook<never>, 'execution' | 'stage' | 'now'>;

/** The clusters of other environments that a stage changes; none for a clean-up: what has been done goes back. */
function foreignOf(parts: Parts, { execution, stage }: Look): readonly ForeignCluster[] {
  if (isCleanUp(execution, stage)) return [];
  const { application, definition } = execution;
  return foreignClusters(parts.definitions(), {
    application: { name: application },
    environment: { name: definition.environment },
    pipeline: { stages: [stage] },
  });
}

/** Why whoever an execution runs for may not have a stage of it change the clusters that it names; undefined where they may. */
async function refusalOf(parts: Parts, { execution, stage }: Look, foreign: readonly ForeignCluster[]) {
  for (const { application: other, environment, cluster } of foreign) {
    const who = actingUserText(execution, stage);
    const where = `${other.name} ${environment.name}`;
    const user = actingUserOf(execution, stage);
    const permission = mayDeploy(environment.policy, await parts.people([user]), user, where, who);
    if (!permission.allowed)
      return `${plainText(permission.reason)} Stage '${topLevelOf(execution, stage).name}' names ${cluster}.`;
  }
  return undefined;
}

/** What keeps a stage from its first act, as the result of its look; undefined where nothing does. */
async function barOf(parts: Parts, look: Look): Promise<TaskResult | undefined> {
  const foreign = foreignOf(parts, look);
  const reason = await refusalOf(parts, look, foreign);
  if (reason !== undefined) return { status: 'TERMINAL', code: 'NOT_ALLOWED', reason };
  for (const each of foreign) {
    const waits = await awaitForeignCluster(parts, look, each);
    if (waits !== undefined) return waits;
  }
  // That the wait is over is saved first, so that the task has all its time.
  return isHeldNow(look.stage) ? { status: 'RUNNING', retryAfterMs: 0, context: { waitsFor: undefined } } : undefined;
}

/** A task that asks before its first act; one that has an intent was allowed to. */
const guardTask = <S>(parts: Parts, task: TaskDefinition<S>): TaskDefinition<S> => ({
  ...task,
  run: async (look) => (look.memo === undefined ? await barOf(parts, look) : undefined) ?? task.run(look),
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
 * asked may not change that, and wait until they have that cluster. When an execution is asked for, only names can be judged
 * that no expression makes.
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
