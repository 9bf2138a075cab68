import { readHistory, runningExecution } from '../../src/engine/read-history';
import { clusterOf } from '../../src/model/cluster-of';
import type { Command } from '../../src/model/command';
import type { View } from '../../src/model/view';
import { refuseBusy, refuseStranger } from './checks';
import type { Target } from './find-target';
import { readPlaces, type LivePlace } from './live-groups';
import type { VerbWorld } from './verb';

/** An environment that may be changed now: who asks may, nobody else is at work, and all its places were read uncached. */
export type OpenTarget = Target & {
  /** `foo prod`. */
  readonly name: string;
  readonly cluster: string;
  readonly places: readonly LivePlace[];
};

/**
 * Reads what an operation is about, or the refusal for a stranger and for a busy cluster. Throws Blindness
 * where a place cannot be seen.
 */
export async function openTarget(
  target: Target,
  command: Command,
  world: VerbWorld,
): Promise<OpenTarget | { readonly refusal: View }> {
  const { application, environment, locations } = target;
  const name = `${application.name} ${environment.name}`;
  const stranger = await refuseStranger(world, command, environment, name);
  if (stranger !== undefined) return { refusal: stranger };
  const cluster = clusterOf(application, environment);
  const busy = refuseBusy(runningExecution(await readHistory(world.store, cluster)), `/rollback ${name}`);
  if (busy !== undefined) return { refusal: busy };
  return { ...target, name, cluster, places: await readPlaces(world.serverGroups, locations, cluster) };
}
