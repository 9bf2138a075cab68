import type { Environment } from '../../src/model/application';
import type { Command } from '../../src/model/command';
import type { Execution } from '../../src/model/execution';
import type { View } from '../../src/model/view';
import { locationName } from '../../src/model/server-group';
import { guardTraffic } from '../../src/guards';
import { mayDeploy } from '../../src/policy/permissions';
import { askChoice } from './ask-others';
import type { LivePlace } from './live-groups';
import type { VerbWorld } from './verb';

/** The refusal for someone who may not change an environment; undefined where they may. */
export async function refuseStranger(
  world: VerbWorld,
  command: Command,
  environment: Environment,
  where: string,
): Promise<View | undefined> {
  const { user } = command.source;
  const permission = mayDeploy(environment.policy, await world.people([user]), user, where);
  if (permission.allowed) return undefined;
  const choices = permission.ask === undefined ? [] : [askChoice(command)];
  // `denied` is how the audit log hears of it.
  return { headline: permission.reason, tone: 'bad', denied: true, choices };
}

/** The refusal while another execution works on the cluster. */
export function refuseBusy(running: Execution | undefined, rollback: string): View | undefined {
  if (running === undefined) return undefined;
  const back =
    running.definition.kind === 'deploy'
      ? `, cancel it on its message, or go back with ${rollback}`
      : ' or cancel it on its message';
  return {
    headline: [{ strong: running.name }, ' is under way, asked by ', { person: running.trigger.user }, '.'],
    tone: 'attention',
    undone: true,
    lines: [`Wait for it${back}. Nothing was started.`],
  };
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
