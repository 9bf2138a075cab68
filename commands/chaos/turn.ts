import type { Turning } from '../../src/chaos';
import type { Application, Environment } from '../../src/model/application';
import type { Command } from '../../src/model/command';
import type { Text } from '../../src/model/text';
import type { View } from '../../src/model/view';
import { originOf } from '../support/audit-command';
import { UserMistake } from '../support/suggest';
import type { VerbWorld } from '../support/verb';
import { chaosEnvironments, namedApplication } from './find-chaos';
import { deniedView, placesOf, refusedPlaces } from './refuse-chaos';
import type { Subverb } from './subverb';

const actionOf = (isOff: boolean) => (isOff ? 'halt' : 'chaos');

/** Why a person may not turn chaos on or off for all; undefined where they may. */
async function globalRefusal(world: VerbWorld, command: Command, isOff: boolean): Promise<Text | undefined> {
  const { admins } = world.chaos.settings;
  if (admins.length === 0) return 'Nobody may turn chaos on or off for all: CHAOS_ADMINS names no user group.';
  const policy = { deployers: admins, approvers: { groups: admins, count: 1, excludeRequester: false } };
  const [refusal] = await refusedPlaces(
    world,
    command,
    [{ policy, where: 'chaos of all applications' }],
    actionOf(isOff),
  );
  return refusal;
}

/** Whose word counts: the environments with chaos; where there is none just now, all that may have it again. */
function concerned(application: Application): readonly Environment[] {
  const enabled = chaosEnvironments(application);
  return enabled.length > 0 ? enabled : [...application.environments.values()];
}

/** Off may everyone who may deploy to one of the environments, on only who may deploy to all: off is the safe side. */
async function ownRefusal(
  world: VerbWorld,
  application: Application,
  { command, isOff }: { readonly command: Command; readonly isOff: boolean },
): Promise<Text | undefined> {
  const places = placesOf(application, concerned(application));
  const refused = await refusedPlaces(world, command, places, actionOf(isOff));
  return isOff && refused.length < places.length ? undefined : refused[0];
}

const whatText = (application: Application | undefined): string =>
  application === undefined ? 'Chaos' : `Chaos of ${application.name}`;

/** The answer to a repeat that comes after somebody else has turned it. */
const sinceView = (application: Application | undefined, { isOff, by, reason }: Turning): View => ({
  headline: [`${whatText(application)} was turned ${isOff ? 'off' : 'on'} since by `, { person: by }, `: ${reason}`],
  tone: 'attention',
  undone: true,
});

/** What still keeps it off, once nobody has turned it off. */
function stillOff({ chaos }: VerbWorld, application: Application | undefined): readonly string[] {
  if (!chaos.settings.enabled) return ['It stays off all the same: CHAOS_ENABLED is false.'];
  if (application === undefined || chaosEnvironments(application).length > 0) return [];
  return [`It stays off all the same: the file of ${application.name} does not enable it.`];
}

async function run(
  application: Application | undefined,
  { isOff, reason }: { readonly isOff: boolean; readonly reason: string },
  command: Command,
  world: VerbWorld,
): Promise<View> {
  const refusal =
    application === undefined
      ? await globalRefusal(world, command, isOff)
      : await ownRefusal(world, application, { command, isOff });
  if (refusal !== undefined) return deniedView(refusal);
  const { id, source } = command;
  const wanted = { id, application: application?.name, isOff, by: source.user, from: originOf(source), reason };
  const turned = await world.chaos.turn(wanted);
  if (!turned.isLast) return sinceView(application, turned);
  const headline = `${whatText(application)} is turned ${isOff ? 'off' : 'on'}: ${reason}`;
  return { headline, tone: 'good', lines: isOff ? [] : stillOff(world, application) };
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
