import { asFilledText } from '../json';
import { chatMethods } from './chat';
import { conversationMethods } from './conversations';
import type { Method } from './method';
import { refuse } from './method';
import { peopleMethods } from './people';
import { viewMethods } from './views';

const testAuthentication: Method = (_args, { workspace, baseUrl }) => ({
  ok: true,
  url: `${baseUrl()}/`,
  team: workspace.team.name,
  user: workspace.bot.name,
  team_id: workspace.team.id,
  user_id: workspace.bot.id,
  bot_id: workspace.bot.botId,
  is_enterprise_install: false,
});

const testApi: Method = (args) => {
  const error = asFilledText(args.error);
  return error === undefined ? { ok: true, args } : refuse(error, { args });
};

const addReaction: Method = (args, { workspace }) => {
  const channel = workspace.channel(asFilledText(args.channel) ?? '');
  if (channel === undefined) return refuse('channel_not_found');
  const message = workspace.message(channel.id, asFilledText(args.timestamp) ?? '');
  if (message === undefined || message.ephemeralFor !== undefined) return refuse('message_not_found');
  const name = asFilledText(args.name);
  if (name === undefined) return refuse('invalid_name');
  const reactions = message.reactions ?? [];
  const existing = reactions.find((reaction) => reaction.name === name);
  if (existing?.users.includes(workspace.bot.id)) return refuse('already_reacted');
  const added = { name, users: [...(existing?.users ?? []), workspace.bot.id] };
  workspace.change({ ...message, reactions: [...reactions.filter((each) => each !== existing), added] });
  return { ok: true };
};

const openConnection: Method = (_args, { sockets, baseUrl }) => ({
  ok: true,
  url: `${baseUrl().replace(/^http/, 'ws')}/link?ticket=${sockets.issueTicket()}`,
});

/** Every Web API method there is, by name; any other is `unknown_method`. */
export const methods: Readonly<Record<string, Method>> = {
  'api.test': testApi,
  'auth.test': testAuthentication,
  'apps.connections.open': openConnection,
  'reactions.add': addReaction,
  ...chatMethods,
  ...conversationMethods,
  ...peopleMethods,
  ...viewMethods,
};
