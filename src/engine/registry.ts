import type { PlanInput, StageDefinition, StageRegistry } from './contracts/stage';
import type { TaskDefinition } from './contracts/task';

/** The stage types the engine can run. Throws when two claim one name. */
export function createStageRegistry<S>(stages: readonly StageDefinition<S>[]): StageRegistry<S> {
  const byName = new Map<string, StageDefinition<S>>();
  for (const stage of stages) {
    for (const name of [stage.type, ...(stage.aliases ?? [])]) {
      if (byName.has(name)) throw new Error(`Two stages are called ${name}.`);
      byName.set(name, stage);
    }
  }
  const forFiles = stages.filter((stage) => stage.isInternal !== true);
  return { find: (type) => byName.get(type), types: forFiles.map((stage) => stage.type).sort() };
}

/** The tasks a stage has, given what it was configured to do; most have the same always, and then nobody asks for the input. */
export function tasksOf<S>(definition: StageDefinition<S>, input: () => PlanInput): readonly TaskDefinition<S>[] {
  return typeof definition.tasks === 'function' ? definition.tasks(input()) : definition.tasks;
}
