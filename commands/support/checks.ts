import type { Environment } from '../../src/model/application';
import type { Command } from '../../src/model/command';
import type { Text } from '../../src/model/text';
import type { View } from '../../src/model/view';
import { locationName } from '../../src/model/server-group';
import { guardTraffic } from '../../src/guards';
import { leastLeft, servingPromise } from '../../src/model/serving-promise';
import { may, type Action } from '../../src/policy/permissions';
import { askChoice } from './ask-others';
import type { LivePlace } from './live-groups';
import type { VerbWorld } from './verb';
import { isYes, type Words } from './words';

const waitsForOverride = 'It waits then for a second person to override that, and fails where nobody does.';

/** The refusal for someone who may not change an environment; undefined where they may. */
export async function refuseStranger(
  world: VerbWorld,
  command: Command,
  environment: Environment,
  where: string,
  action: Action = 'deploy',
): Promise<View | undefined> {
  const { user } = command.source;
  const permission = may(action, environment.policy, await world.people([user]), { user, where });
  if (permission.allowed) return undefined;
  const choices = permission.ask === undefined ? [] : [askChoice(command)];
  // `denied` is how the audit log hears of it.
  return { headline: permission.reason, tone: 'bad', denied: true, choices };
}

/** What is about to be taken out of service, place for place. */
export type Removal = {
  /** As the message begins: `Disabling`, `Removal of all instances in`. */
  readonly operation: string;
  readonly cluster: string;
  /** Of a group that stays, `instances` go, by their ids. */
  readonly leaving: readonly {
    readonly place: LivePlace;
    readonly going: readonly string[];
    readonly instances?: readonly string[];
  }[];
  /** How many instances each group that goes keeps. @default 0 */
  readonly keeping?: number;
};

/** Why the traffic guard denies a removal now, by today's files; undefined where it does not. */
function denialOf(
  { definitions }: Pick<VerbWorld, 'definitions'>,
  { operation, cluster, leaving, keeping = 0 }: Removal,
): string | undefined {
  for (const { place, going, instances = [] } of leaving) {
    const least = leastLeft(servingPromise(definitions(), cluster, place.location), { keeping });
    if (least === undefined || going.length + instances.length === 0) continue;
    const { location, groups } = place;
    const question = { operation, cluster, place: locationName(location), groups, going, instances, keeping };
    const answer = guardTraffic({ ...question, minimumServing: least, reserved: [] });
    if (answer.allowed) continue;
    return answer.reason;
  }
  return undefined;
}

/** What the traffic guard says to a removal now: a refusal, or what the plan says of it; the stage asks again when it acts. */
export type GuardVerdict = { readonly refusal: View } | { readonly lines: readonly Text[]; readonly isDenied: boolean };

/** The words of a command, which is to be planned although the guard will stop it. */
const anywayText = ({ words, options }: Words): string =>
  [...words, ...[...options].map(([name, value]) => `${name}=${value}`), 'anyway=yes'].join(' ');

/** Asks the traffic guard about a removal; with `anyway=yes` among the words a denial becomes a line of the plan. */
export function askGuard(world: Pick<VerbWorld, 'definitions'>, removal: Removal, words: Words): GuardVerdict {
  const reason = denialOf(world, removal);
  if (reason === undefined) return { lines: [], isDenied: false };
  if (isYes(words, 'anyway'))
    return { lines: [`The traffic guard will stop it: ${reason}`, waitsForOverride], isDenied: true };
  const target = { kind: 'run', text: anywayText(words) } as const;
  const choices = [{ name: 'run', label: 'Ask for an override', target }] as const;
  return {
    refusal: { headline: reason, tone: 'bad', denied: 'TRAFFIC_GUARD', lines: ['Nothing was changed.'], choices },
  };
}
