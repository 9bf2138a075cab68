import { asCoxswainError } from '../../src/model/errors';
import type { Application } from '../../src/model/application';
import type { Kill, Turning } from '../../src/chaos';
import { stateText } from '../../src/chaos';
import { joinTexts, type Text } from '../../src/model/text';
import type { VerbWorld } from '../support/verb';
import { chaosEnvironments, namedApplication } from './find-chaos';
import type { Subverb } from './subverb';

const turnedText = ({ by, reason }: Turning): Text => ['off: turned off by ', { person: by }, `: ${reason}`];

async function globalText({ chaos }: VerbWorld): Promise<Text> {
  if (!chaos.settings.enabled) return 'off: it is not enabled (CHAOS_ENABLED)';
  const off = await chaos.offFor(undefined);
  return off === undefined ? 'on' : turnedText(off);
}

async function applicationText({ chaos }: VerbWorld, application: Application): Promise<Text> {
  const environments = chaosEnvironments(application).map(({ name }) => name);
  if (environments.length === 0) return 'off: its file does not enable it (chaos: { enabled: true, … })';
  const off = await chaos.offFor(application.name);
  return off === undefined ? `on in ${environments.join(', ')}` : turnedText(off);
}

const killLine = (kill: Kill): Text =>
  joinTexts([[{ time: kill.plannedAt }, ' ', { code: kill.group.key }, ': '], stateText(kill)]);

async function groupLines(world: VerbWorld, application: Application): Promise<readonly Text[]> {
  try {
    const groups = await world.chaos.groups(application);
    return groups.map(({ key, refusal }) => [{ code: key }, refusal === undefined ? ': may be drawn' : `: ${refusal}`]);
  } catch (error) {
    return [`What it is drawn for cannot be seen: ${asCoxswainError(error).message}`];
  }
}

function hoursText({ settings: { startHour, endHour, timeZone } }: VerbWorld['chaos']): string {
  return `${startHour}:00 to ${endHour}:00 (${timeZone}), Monday to Friday, outside freezes`;
}

/** Whether chaos is on, whether it is leashed, and what is planned. */
export const status: Subverb = {
  name: 'status',
  usage: '[APPLICATION]',
  options: [],
  run: async (words, _command, world) => {
    const application = namedApplication(words, world);
    const { settings } = world.chaos;
    const { date, kills } = await world.chaos.today(application?.name);
    const own = application && (await applicationText(world, application));
    const facts = [
      { label: 'Chaos', value: await globalText(world) },
      ...(application === undefined || own === undefined ? [] : [{ label: application.name, value: own }]),
      { label: 'Leashed', value: settings.leashed ? 'yes: nothing is killed' : 'no' },
      { label: 'Accounts', value: settings.accounts.join(', ') || 'none' },
      { label: 'Hours', value: hoursText(world.chaos) },
    ];
    const day = date === undefined ? 'No day was drawn yet.' : `Drawn for ${date}: ${kills.length}`;
    const lines = [
      ...(application === undefined ? [] : await groupLines(world, application)),
      day,
      ...kills.map(killLine),
    ];
    const headline = application === undefined ? 'Chaos Monkey' : `Chaos Monkey for ${application.name}`;
    return { type: 'reply', view: { headline, tone: 'neutral', facts, lines } };
  },
};
