import {
  directMessageChoices,
  judgmentChoices,
  userSettingNames,
  type UserSettingName,
  type UserSettings,
} from '../src/store/user-settings';
import type { Command } from '../src/model/command';
import type { View } from '../src/model/view';
import { UserMistake } from './support/suggest';
import type { Verb, VerbAnswer, VerbWorld } from './support/verb';
import type { Words } from './support/words';

type Meanings = {
  readonly [Name in UserSettingName]: Readonly<Record<NonNullable<UserSettings[Name]> | 'default', string>>;
};

const choices = { directMessages: directMessageChoices, judgments: judgmentChoices } as const;

const offered = (name: UserSettingName): string => [...choices[name], 'default'].join('|');
const usage = `/cox settings ${userSettingNames.map((name) => `[${name}=${offered(name)}]`).join(' ')}`;

const meanings: Meanings = {
  directMessages: {
    all: 'about every outcome of what you asked for',
    failures: 'when what you asked for fails or is rolled back',
    none: 'never',
    default:
      "as each application's file says (notify.requester; when it fails or is rolled back, unless it says otherwise)",
  },
  judgments: {
    channel: 'you are asked for decisions in the channel',
    direct: 'you are asked in the channel and by a direct message, with the same buttons',
    default: 'you are asked for decisions in the channel',
  },
};

function settingsView(headline: string, set: UserSettings): View {
  const meaningOf = (name: UserSettingName): string => {
    const texts: Readonly<Record<string, string>> = meanings[name];
    return texts[set[name] ?? 'default'] ?? '';
  };
  return {
    headline,
    tone: 'neutral',
    facts: userSettingNames.map((name) => ({
      label: name,
      value: [{ strong: set[name] ?? 'default' }, `: ${meaningOf(name)}`],
    })),
    footer: `To change it: ${usage}`,
  };
}

type Change = { readonly name: UserSettingName; readonly value: string };

async function change({ name, value }: Change, command: Command, { settings, teamId }: VerbWorld): Promise<void> {
  const owner = { teamId, userId: command.source.user };
  if (!Object.hasOwn(meanings[name], value))
    throw new UserMistake(`${name} cannot be '${value}': it is one of ${offered(name).replaceAll('|', ', ')}.`);
  if (value === 'default') await settings.reset(owner, name);
  else await settings.set(owner, name, value as NonNullable<UserSettings[typeof name]>);
}

async function run({ words, options }: Words, command: Command, world: VerbWorld): Promise<VerbAnswer> {
  if (words.length > 1) throw new UserMistake(`I do not understand '${words.slice(1).join(' ')}'. ${usage}.`);
  const changes = userSettingNames.flatMap((name): readonly Change[] => {
    const value = options.get(name);
    return value === undefined ? [] : [{ name, value }];
  });
  for (const one of changes) await change(one, command, world);
  const set = await world.settings.get({ teamId: world.teamId, userId: command.source.user });
  return { type: 'reply', view: settingsView(changes.length > 0 ? 'Set, for you alone.' : 'Your settings', set) };
}

/** What a person has set for themselves. */
export const settings: Verb = {
  name: 'settings',
  usage,
  summary: 'which direct messages you get',
  examples: ['/cox settings', '/cox settings directMessages=failures', '/cox settings judgments=direct'],
  options: [...userSettingNames],
  run,
};
