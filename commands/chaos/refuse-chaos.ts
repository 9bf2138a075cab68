import type { Application, Environment } from '../../src/model/application';
import type { Command } from '../../src/model/command';
import type { Policy } from '../../src/model/execution';
import type { Text } from '../../src/model/text';
import type { View } from '../../src/model/view';
import { may } from '../../src/policy/permissions';
import type { VerbWorld } from '../support/verb';

/** What somebody wants to do chaos to: whose policy it is, and its name in words, `foo prod`. */
type Place = { readonly policy: Policy; readonly where: string };

/** Environments as what chaos is done to. */
export const placesOf = ({ name }: Application, environments: readonly Environment[]): readonly Place[] =>
  environments.map((environment) => ({ policy: environment.policy, where: `${name} ${environment.name}` }));

/** Why a person may not do chaos to some places, one refusal for each where they may not; 'halt' where they end it. */
export async function refusedPlaces(
  world: VerbWorld,
  { source: { user } }: Command,
  places: readonly Place[],
  action: 'chaos' | 'halt' = 'chaos',
): Promise<readonly Text[]> {
  const people = await world.people([user]);
  return places.flatMap(({ policy, where }) => {
    const permission = may(action, policy, people, { user, where });
    return permission.allowed ? [] : [permission.reason];
  });
}

/** A refusal as a reply, of which the audit log hears. */
export const deniedView = (reason: Text): View => ({ headline: reason, tone: 'bad', denied: true });
