import type { Command } from '../src/model/command';
import type { View } from '../src/model/view';
import { directMessageChoices, type DirectMessages } from '../src/store/user-settings';
import { UserMistake } from './support/suggest';
import type { Verb, VerbAnswer, VerbWorld } from './support/verb';
import type { Words } from './support/words';

const choices = [...directMessageChoices, 'default'];
const usage = `/cox settings [directMessages=${choices.join('|')}]`;

const meanings: Readonly<Record<DirectMessages | 'default', string>> = {
  all: 'about every outcome of what you asked for',
  failures: 'when what you asked for fails or is rolled back',
  none: 'never',
  default:
    "as each application's file says (notify.requester; when it fails or is rolled back, unless it says otherwise)",
};

const settingsView = (headline: string, directMessages: DirectMessages | undefined): View => ({
  headline,
  tone: 'neutral',
  facts: [
    {
      label: 'directMessages',
      value: [{ strong: directMessages ?? 'default' }, `: ${meanings[directMessages ?? 'default']}`],
    },
  ],
  footer: `To change it: ${usage}`,
});

async function change(wanted: string, command: Command, { settings, teamId }: VerbWorld): Promise<View> {
  const owner = { teamId, userId: command.source.user };
  const choice = directMessageChoices.find((known) => known === wanted);
  if (choice === undefined && wanted !== 'default') {
    throw new UserMistake(`directMessages cannot be '${wanted}': it is one of ${choices.join(', ')}.`);
  }
  if (choice === undefined) await settings.reset(owner, 'directMessages');
  else await settings.set(owner, 'directMessages', choice);
  return settingsView('Set, for you alone.', choice);
}

async function run({ words, options }: Words, command: Command, world: VerbWorld): Promise<VerbAnswer> {
  if (words.length > 1) throw new UserMistake(`I do not understand '${words.slice(1).join(' ')}'. ${usage}.`);
  const wanted = options.get('directMessages');
  if (wanted !== undefined) return { type: 'reply', view: await change(wanted, command, world) };
  const { directMessages } = await world.settings.get({ teamId: world.teamId, userId: command.source.user });
  return { type: 'reply', view: settingsView('Your settings', directMessages) };
}

/** What a person has set for themselves. */
export const settings: Verb = {
  name: 'settings',
  usage,
  summary: 'which direct messages you get',
  examples: ['/cox settings', '/cox settings directMessages=failures'],
  options: ['directMessages'],
  run,
};
