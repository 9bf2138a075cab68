import { reachedEnvironments, type ReachedEnvironment } from '../../src/definitions/reached-environments';
import type { PipelinePlace } from '../../src/definitions/find-pipeline';
import { readHistory, runningExecution } from '../../src/engine/read-history';
import type { Command } from '../../src/model/command';
import type { Execution } from '../../src/model/execution';
import type { View } from '../../src/model/view';
import { refuseStranger } from './checks';
import type { VerbWorld } from './verb';

/** How far a pipeline reaches beyond the environment that it is run for. */
export type Reach = {
  /** Whether an environment that it reaches asks for a confirmation. */
  readonly confirm: boolean;
  /** What the plan says of it. */
  readonly lines: readonly string[];
};

const nameOf = ({ application, environment }: ReachedEnvironment): string => `${application.name} ${environment.name}`;

/** The refusal while another execution works on a cluster. */
function refuseBusy(running: Execution | undefined): View | undefined {
  if (running === undefined) return undefined;
  return {
    headline: [{ strong: running.name }, ' is under way, asked by ', { person: running.trigger.user }, '.'],
    tone: 'attention',
    undone: true,
    lines: ['Wait for it or cancel it on its message. Nothing was started.'],
  };
}

/** The refusal while somebody is at work on a cluster that a stage names; what a pipeline runs waits for its turn by itself. */
async function refuseBusyAt({ store }: VerbWorld, reached: ReachedEnvironment): Promise<View | undefined> {
  if (reached.named === undefined) return undefined;
  return refuseBusy(runningExecution(await readHistory(store, reached.named)));
}

/**
 * Which other environments a pipeline changes, by the names in its stages and through the pipelines that they run; or the
 * refusal, where the requester may not change one of them, or somebody else is at work where a stage is to be.
 */
export async function reachOf(
  { application, environment, pipeline: { name, stages } }: PipelinePlace,
  command: Command,
  world: VerbWorld,
): Promise<Reach | { readonly refusal: View }> {
  const all = reachedEnvironments(world.definitions(), { application, environment, stages });
  for (const reached of all) {
    const stranger = await refuseStranger(world, command, reached.environment, nameOf(reached));
    const refusal = stranger ?? (await refuseBusyAt(world, reached));
    const why = `Pipeline ${name} is run for ${environment.name}, but ${reached.why}.`;
    if (refusal !== undefined) return { refusal: { ...refusal, lines: [...(refusal.lines ?? []), why] } };
  }
  return {
    confirm: all.some((reached) => reached.environment.confirm),
    lines: all.map((reached) => `It changes ${nameOf(reached)} too: ${reached.why}.`),
  };
}
