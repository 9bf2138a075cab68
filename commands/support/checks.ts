import type { Environment } from '../../src/model/application';
import type { Command } from '../../src/model/command';
import type { View } from '../../src/model/view';
import { locationName } from '../../src/model/server-group';
import { guardTraffic } from '../../src/guards';
import { mayDeploy } from '../../src/policy/permissions';
import type { LivePlace } from './live-groups';
import type { VerbWorld } from './verb';

/** The refusal for someone who may not change an environment; undefined where they may. */
export async function refuseStranger(
  world: VerbWorld,
  command: Command,
  environment: Environment,
  where: string,
): Promise<View | undefined> {
  const permission = mayDeploy(environment.policy, await world.people(), command.source.user, where);
  // `denied` is how the audit log hears of it.
  return permission.allowed ? undefined : { headline: permission.reason, tone: 'bad', denied: true };
}

/** What is about to be taken out of service, place for place. */
export type Removal = {
  /** As the message begins: `Disabling`, `Removal of all instances in`. */
  readonly operation: string;
  readonly cluster: string;
  readonly leaving: readonly { readonly place: LivePlace; readonly going: readonly string[] }[];
};

/** What the traffic guard says to a removal now; the stage asks it again when it acts. */
export function refuseGuard({ operation, cluster, leaving }: Removal): View | undefined {
  for (const { place, going } of leaving) {
    if (going.length === 0) continue;
    const question = { operation, cluster, place: locationName(place.location), groups: place.groups, going };
    const answer = guardTraffic({ ...question, reserved: [] });
    if (!answer.allowed) return { headline: answer.reason, tone: 'bad', lines: ['Nothing was changed.'] };
  }
  return undefined;
}
