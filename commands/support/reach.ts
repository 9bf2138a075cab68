import { foreignClusters, type ForeignCluster } from '../../src/definitions/touched-clusters';
import type { PipelinePlace } from '../../src/definitions/find-pipeline';
import { readHistory, runningExecution } from '../../src/engine/read-history';
import type { Command } from '../../src/model/command';
import type { View } from '../../src/model/view';
import { refuseBusy, refuseStranger } from './checks';
import type { VerbWorld } from './verb';

/** How far a pipeline reaches beyond the environment that it is run for. */
export type Reach = {
  /** Whether an environment that it reaches asks for a confirmation. */
  readonly confirm: boolean;
  /** What the plan says of it. */
  readonly lines: readonly string[];
};

const nameOf = ({ application, environment }: ForeignCluster): string => `${application.name} ${environment.name}`;

/**
 * Which other environments a pipeline changes by the names in its stages; or the refusal, where the requester may not
 * change one of them, or somebody else is at work there.
 */
export async function reachOf(
  place: PipelinePlace,
  command: Command,
  world: VerbWorld,
): Promise<Reach | { readonly refusal: View }> {
  const foreign = foreignClusters(world.definitions(), place);
  for (const reached of foreign) {
    const { environment, cluster, stage } = reached;
    const why = `Stage '${stage}' of pipeline ${place.pipeline.name} names ${cluster}, though it is run for ${place.environment.name}.`;
    const stranger = await refuseStranger(world, command, environment, nameOf(reached));
    const running = runningExecution(await readHistory(world.store, cluster));
    const refusal = stranger ?? refuseBusy(running, `/rollback ${nameOf(reached)}`);
    if (refusal !== undefined) return { refusal: { ...refusal, lines: [...(refusal.lines ?? []), why] } };
  }
  return {
    confirm: foreign.some(({ environment }) => environment.confirm),
    lines: foreign.map((reached) => `It changes ${nameOf(reached)} too: stage '${reached.stage}' names its cluster.`),
  };
}
