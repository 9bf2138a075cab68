import type { Application } from '../../src/model/application';
import type { Command } from '../../src/model/command';
import type { Text } from '../../src/model/text';
import { mayDeploy, refuseAccount } from '../../src/policy/permissions';
import { UserMistake } from '../support/suggest';
import type { VerbWorld } from '../support/verb';
import { chaosEnvironments, namedApplication } from './find-chaos';
import type { Subverb } from './subverb';

/** Why a person may not turn chaos on or off for all; undefined where they may. */
async function globalRefusal(world: VerbWorld, user: string): Promise<Text | undefined> {
  const { admins } = world.chaos.settings;
  const people = await world.people([user]);
  const account = refuseAccount(people, user);
  if (account !== undefined) return account.reason;
  if (admins.length === 0) return 'Nobody may turn chaos on or off for all: CHAOS_ADMINS names no user group.';
  if (people.isInAny(user, admins)) return undefined;
  const groups = admins.flatMap((group, index) => (index === 0 ? [{ group }] : [', ', { group }]));
  return ['You may not turn chaos on or off for all: only ', ...groups, ' may. Ask one of them.'];
}

/** Off may everyone who may deploy to one of the environments, on only who may deploy to all: off is the safe side. */
async function ownRefusal(
  world: VerbWorld,
  application: Application,
  { user, isOff }: { readonly user: string; readonly isOff: boolean },
): Promise<Text | undefined> {
  const people = await world.people([user]);
  const asked = chaosEnvironments(application).map((environment) =>
    mayDeploy(environment.policy, people, user, `${application.name} ${environment.name}`),
  );
  const refused = asked.flatMap((permission) => (permission.allowed ? [] : [permission.reason]));
  return isOff && refused.length < asked.length ? undefined : refused[0];
}

async function refusalOf(
  world: VerbWorld,
  application: Application | undefined,
  who: { readonly user: string; readonly isOff: boolean },
): Promise<Text | undefined> {
  if (application === undefined) return globalRefusal(world, who.user);
  return ownRefusal(world, application, who);
}

const whatText = (application: Application | undefined): string =>
  application === undefined ? 'Chaos' : `Chaos of ${application.name}`;

/** What still keeps it off, once nobody has turned it off. */
function stillOff({ chaos }: VerbWorld, application: Application | undefined): readonly string[] {
  if (!chaos.settings.enabled) return ['It stays off all the same: CHAOS_ENABLED is false.'];
  if (application === undefined || chaosEnvironments(application).length > 0) return [];
  return [`It stays off all the same: the file of ${application.name} does not enable it.`];
}

async function run(
  application: Application | undefined,
  { isOff, reason }: { readonly isOff: boolean; readonly reason: string },
  { source }: Command,
  world: VerbWorld,
) {
  const refusal = await refusalOf(world, application, { user: source.user, isOff });
  if (refusal !== undefined) return { headline: refusal, tone: 'bad', denied: true } as const;
  await world.chaos.turn(application?.name, { isOff, by: source.user, reason });
  const headline = `${whatText(application)} is turned ${isOff ? 'off' : 'on'}: ${reason}`;
  return { headline, tone: 'good', lines: isOff ? [] : stillOff(world, application) } as const;
}

const turning = (name: 'on' | 'off'): Subverb => ({
  name,
  usage: '[APPLICATION] reason=WHY',
  options: ['reason'],
  run: async (words, command, world) => {
    const application = namedApplication(words, world);
    const reason = words.options.get('reason')?.trim() ?? '';
    if (reason === '') throw new UserMistake(`Say why: /cox ${words.words.join(' ')} reason="…".`);
    return { type: 'reply', view: await run(application, { isOff: name === 'off', reason }, command, world) };
  },
});

/** Lets chaos loose again, for one application or for all. */
export const on = turning('on');

/** Keeps chaos off, for one application or for all, until it is turned on again. */
export const off = turning('off');
