import type { Kill } from '../../src/chaos';
import type { Environment } from '../../src/model/application';
import { UserMistake } from '../support/suggest';
import type { VerbAnswer, VerbWorld } from '../support/verb';
import { namedApplication } from './find-chaos';
import { deniedView, placesOf, refusedPlaces } from './refuse-chaos';
import type { Subverb } from './subverb';

const reply = (view: Extract<VerbAnswer, { type: 'reply' }>['view']): VerbAnswer => ({ type: 'reply', view });

const environmentOf = (world: VerbWorld, { group, victim }: Kill): Environment | undefined =>
  world
    .definitions()
    .applications.get(group.application)
    ?.environments.get(victim?.environment ?? '');

/** The buttons of a card, also as words: who may deploy there may press them. */
const pressing = (name: 'now' | 'stop'): Subverb => ({
  name,
  usage: 'APPLICATION KILL-ID',
  options: ['reason'],
  run: async (words, command, world) => {
    const application = namedApplication(words, world, 4);
    const kill = await world.chaos.kill(words.words[3] ?? '');
    if (kill === undefined || kill.group.application !== application?.name)
      throw new UserMistake('There is no such kill. /cox chaos history shows those there were.');
    const environment = environmentOf(world, kill);
    if (environment === undefined)
      return reply({ headline: 'It asks nobody just now.', tone: 'attention', undone: true });
    const [refusal] = await refusedPlaces(
      world,
      command,
      placesOf(application, [environment]),
      name === 'stop' ? 'halt' : 'chaos',
    );
    if (refusal !== undefined) return reply(deniedView(refusal));
    const reason = words.options.get('reason');
    const wanted = { word: name, user: command.source.user, ...(reason === undefined ? {} : { reason }) };
    const { accepted, said } = await world.chaos.press(kill.id, wanted);
    return reply(accepted ? { headline: said, tone: 'good' } : { headline: said, tone: 'attention', undone: true });
  },
});

/** Kills what the card names, at once. */
export const now = pressing('now');

/** Kills nothing this time. */
export const stop = pressing('stop');
