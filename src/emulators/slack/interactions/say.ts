import type { StoredMessage } from '../message';
import type { Workspace } from '../workspace';
import type { InteractionContext, Outcome } from './context';
import { postLocalNotice } from './context';
import { sendMessageEvents } from './events';
import { runCommand } from './run-command';

/** What a person typed into the message box. */
export type Typed = {
  readonly user: string;
  readonly channel: string;
  readonly text: string;
  readonly threadTs?: string;
};

/** Posts what a person typed, or runs it when it is a slash command; commands do not work in threads. */
export async function say(typed: Typed, context: InteractionContext): Promise<Outcome> {
  const { workspace } = context;
  const channel = workspace.channelFor(typed.user, typed.channel);
  if (channel === undefined) return { ok: false, error: 'channel_not_found' };
  const text = typed.text.trim();
  if (text === '') return { ok: false, error: 'no_text' };
  const [, command, rest] = /^(\/[^\s/]+)(?:\s+([\s\S]*))?$/.exec(text) ?? [];
  if (command === undefined) return post({ ...typed, channel: channel.id, text }, context);
  if (typed.threadTs === undefined)
    return runCommand({ user: typed.user, channel: channel.id, command, text: rest ?? '' }, context);
  postLocalNotice(workspace, typed.user, channel.id, `${command} is not supported in threads. Sorry!`);
  return { ok: false, error: 'not_supported_in_threads' };
}

async function post(typed: Typed, context: InteractionContext): Promise<Outcome> {
  const { workspace } = context;
  const parent = typed.threadTs === undefined ? undefined : workspace.message(typed.channel, typed.threadTs);
  if (typed.threadTs !== undefined && parent === undefined) return { ok: false, error: 'thread_not_found' };
  const threadTs = parent?.threadTs ?? parent?.ts;
  const message: StoredMessage = workspace.post({
    channel: typed.channel,
    user: typed.user,
    fromBot: false,
    text: encodeMentions(typed.text, workspace),
    blocks: [],
    ...(threadTs === undefined ? {} : { threadTs }),
  });
  // The person's client does not wait for the bot.
  void sendMessageEvents(message, context);
  return Promise.resolve({ ok: true });
}

/** Escapes the text and turns `@name` and `#channel` into Slack's tokens. */
function encodeMentions(text: string, workspace: Workspace): string {
  const names = new Map([
    [workspace.bot.name, workspace.bot.id],
    ...workspace.users.map((user) => [user.name, user.id] as const),
  ]);
  const isToken = /<(?:[@#!][^<>]+)>/g;
  const escaped = text
    .split(/(<[@#!][^<>]+>)/)
    .map((part) => (part.match(isToken) ? part : escapeText(part)))
    .join('');
  return escaped
    .replace(/(^|\s)@([\w.-]+)/g, (whole, before: string, name: string) => {
      const id = names.get(name);
      return id === undefined ? whole : `${before}<@${id}>`;
    })
    .replace(/(^|\s)#([\w-]+)/g, (whole, before: string, name: string) => {
      const channel = workspace.channels.find((each) => each.name === name);
      return channel === undefined ? whole : `${before}<#${channel.id}|${channel.name}>`;
    });
}

function escapeText(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
