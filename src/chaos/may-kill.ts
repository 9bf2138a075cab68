import { guardTraffic } from '../guards';
import type { Application } from '../model/application';
import { asCoxswainError } from '../model/errors';
import { locationName } from '../model/server-group';
import { leastLeft, servingPromise } from '../model/serving-promise';
import { firstRefusal } from './check';
import { chaosChecks } from './checks';
import type { ChaosWorld } from './chaos-world';
import type { Kill } from './documents';
import { createReading } from './reading';
import { readCandidates, type Candidate } from './groups';

/** What may be killed of a group just now, or why nothing may. */
export type Allowed =
  { readonly application: Application; readonly candidates: readonly Candidate[] } | { readonly refusal: string };

/** Asks every check, and reads what may be killed; what cannot be seen is left alone. */
export async function mayKill(world: ChaosWorld, { id, group, state }: Kill, now: number): Promise<Allowed> {
  const application = world.definitions().applications.get(group.application);
  if (application === undefined) return { refusal: `No file defines ${group.application} any more.` };
  const reading = createReading(world, application);
  const executionId = 'executionId' in state ? state.executionId : undefined;
  const lastStop = 'lastStop' in state ? state.lastStop : undefined;
  const refusal = await firstRefusal(chaosChecks, { world, group, application, reading, executionId, lastStop, now });
  if (refusal !== undefined) return { refusal };
  try {
    const candidates = await readCandidates(world.serverGroups, application, group);
    return candidates.length === 0 ? { refusal: 'Nothing of it is in service.' } : { application, candidates };
  } catch (error) {
    world.onError(error, id);
    return { refusal: `It cannot be seen: ${asCoxswainError(error).message}` };
  }
}

/** What the traffic guard says of a kill; the stage that kills asks it again. Undefined where it may. */
export function guardRefusal(
  { definitions }: Pick<ChaosWorld, 'definitions'>,
  { victim, cluster: groups }: Candidate,
): string | undefined {
  const least = leastLeft(servingPromise(definitions(), victim.cluster, victim.location), { keeping: 0 });
  if (least === undefined) return undefined;
  const answer = guardTraffic({
    operation: 'Terminating the requested instance(s) in',
    cluster: victim.cluster,
    place: locationName(victim.location),
    groups,
    going: [],
    reserved: [],
    instances: [victim.instanceId],
    minimumServing: least,
  });
  return answer.allowed ? undefined : answer.reason;
}
