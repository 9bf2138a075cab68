/** Names of users, channels and the bot, for whatever renders a mention. */
let users = new Map();
let channels = new Map();
let bot = { id: '', name: 'bot', online: false };
let me = '';

export function setDirectory(store) {
  users = new Map(store.state.users.map((user) => [user.id, user]));
  channels = new Map(store.allChannels().map((channel) => [channel.id, channel]));
  bot = store.state.bot;
  me = store.userId;
}

export const isMe = (id) => id === me;
export const channelName = (id) => channels.get(id)?.name;
export const myId = () => me;

export function userName(id) {
  if (id === bot.id) return bot.name;
  return users.get(id)?.name;
}

/** Who wrote a message: a missing user is the bot. */
export function authorOf(message) {
  const user = message.user === undefined ? undefined : users.get(message.user);
  if (user !== undefined) return { id: user.id, name: user.realName || user.name, isBot: false };
  if (message.user === undefined || message.user === bot.id) return { id: bot.id, name: bot.name, isBot: true };
  return { id: message.user, name: message.user, isBot: false };
}
