import { reachedEnvironments, type ReachedEnvironment } from '../../src/definitions/reached-environments';
import type { PipelinePlace } from '../../src/definitions/find-pipeline';
import { clusterHolders } from '../../src/engine/cluster-lock';
import { executionKind } from '../../src/engine/document-kinds';
import type { Command } from '../../src/model/command';
import { joinTexts, type Text } from '../../src/model/text';
import type { View } from '../../src/model/view';
import { refuseStranger } from './checks';
import type { VerbWorld } from './verb';

/** How far a pipeline reaches beyond the environment that it is run for. */
export type Reach = {
  /** Whether an environment that it reaches asks for a confirmation. */
  readonly confirm: boolean;
  /** What the plan says of it. */
  readonly lines: readonly Text[];
};

const nameOf = ({ application, environment }: ReachedEnvironment): string => `${application.name} ${environment.name}`;

/** What a stage would wait for that names a cluster where somebody is at work; what a pipeline runs is not looked at. */
async function busyAt({ store }: VerbWorld, { named }: ReachedEnvironment): Promise<readonly Text[]> {
  const [other] = named === undefined ? [] : await clusterHolders(store, named);
  if (named === undefined || other === undefined) return [];
  const execution = (await store.get(executionKind, other.executionId))?.document;
  const name = execution?.name ?? other.executionId;
  const by: Text = execution === undefined ? '' : [', asked by ', { person: execution.trigger.user }];
  return [joinTexts([[{ strong: name }, ` is at work on ${named}`], by, '. The stage waits for that.'])];
}

/**
 * Which other environments a pipeline changes, by the names in its stages and through the pipelines that they run; or the
 * refusal, where the requester may not change one of them.
 */
export async function reachOf(
  { application, environment, pipeline: { name, stages } }: PipelinePlace,
  command: Command,
  world: VerbWorld,
): Promise<Reach | { readonly refusal: View }> {
  const all = reachedEnvironments(world.definitions(), { application, environment, stages });
  for (const reached of all) {
    const refusal = await refuseStranger(world, command, reached.environment, nameOf(reached));
    const why = `Pipeline ${name} is run for ${environment.name}, but ${reached.why}.`;
    if (refusal !== undefined) return { refusal: { ...refusal, lines: [...(refusal.lines ?? []), why] } };
  }
  return {
    confirm: all.some((reached) => reached.environment.confirm),
    lines: [
      ...all.map((reached): Text => `It changes ${nameOf(reached)} too: ${reached.why}.`),
      ...(await Promise.all(all.map((reached) => busyAt(world, reached)))).flat(),
    ],
  };
}
