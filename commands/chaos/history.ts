import type { Kill } from '../../src/chaos';
import { stateText, victimText } from '../../src/chaos';
import { joinTexts, type Text } from '../../src/model/text';
import { chaosEnvironments, namedApplication } from './find-chaos';
import type { Subverb } from './subverb';

const most = 10;

const lineOf = (kill: Kill): Text =>
  joinTexts([
    [{ time: kill.plannedAt }, ' '],
    kill.victim === undefined ? [{ code: kill.group.key }] : victimText(kill.victim),
    ': ',
    stateText(kill),
  ]);

/** The last kills, with what became of each and how long the server group took to recover. */
export const history: Subverb = {
  name: 'history',
  usage: '[APPLICATION]',
  options: [],
  run: async (words, _command, world) => {
    const application = namedApplication(words, world);
    const all = [...world.definitions().applications.values()].filter((each) => chaosEnvironments(each).length > 0);
    const names = application === undefined ? all.map(({ name }) => name) : [application.name];
    const found = await Promise.all(names.map((name) => world.chaos.history(name, most)));
    const kills = found.flat().sort((one, other) => other.plannedAt - one.plannedAt);
    const headline =
      kills.length === 0
        ? 'Chaos has killed nothing yet.'
        : `The last kills${application === undefined ? '' : ` of ${application.name}`}`;
    return { type: 'reply', view: { headline, tone: 'neutral', lines: kills.slice(0, most).map(lineOf) } };
  },
};
