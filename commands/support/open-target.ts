import { clusterOf } from '../../src/model/cluster-of';
import type { Command } from '../../src/model/command';
import type { View } from '../../src/model/view';
import { refuseStranger } from './checks';
import type { Target } from './find-target';
import { readPlaces, type LivePlace } from './live-groups';
import type { VerbWorld } from './verb';

/** An environment that may be changed: who asks may, and all its places were read uncached. */
export type OpenTarget = Target & {
  /** `foo prod`. */
  readonly name: string;
  readonly cluster: string;
  readonly places: readonly LivePlace[];
};

/**
 * Reads what an operation is about, or the refusal for a stranger. Throws Blindness
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
  return { ...target, name, cluster, places: await readPlaces(world.serverGroups, locations, cluster) };
}
