import { el, reconcile } from './dom.js';
import { countText, createMessage, updateMessage } from './message.js';
import { isDirect } from './store.js';
import { dayKey, dayName } from './times.js';

const groupSeconds = 300;
const nearBottomPixels = 80;

/** Shows a channel's messages with a line per day; consecutive ones by one author share one heading. */
export function showChannel(log, store, actions) {
  const channel = store.allChannels().find(({ id }) => id === store.channel);
  const messages = store.channelMessages();
  const rows = messages.flatMap((message, index) => {
    const before = messages[index - 1];
    const replies = message.ephemeral ? undefined : store.replies({ ...message, ts: message.threadTs ?? message.ts });
    const startsDay = before === undefined || dayKey(before.ts) !== dayKey(message.ts);
    const row = messageRow(message, { isFirst: startsDay || startsGroup(before, message, store), replies }, actions);
    return startsDay ? [dayRow(message.ts), row] : [row];
  });
  return showRows(log, `${store.userId}:${store.channel}`, [introRow(channel), ...rows]);
}

/** Shows a parent and its replies. */
export function showThread(log, store, actions) {
  const parent = store.message(store.channel, store.thread);
  const replies = store.replies({ channel: store.channel, ts: store.thread });
  const rows = replies.map((reply, index) => {
    const isFirst = index === 0 || startsGroup(replies[index - 1], reply, store);
    return messageRow(reply, { isFirst, replies: undefined }, actions);
  });
  const top = parent ? [messageRow(parent, { isFirst: true, replies: undefined }, actions)] : [];
  return showRows(log, `${store.userId}:${store.channel}:${store.thread}`, [...top, countRow(replies.length), ...rows]);
}

function startsGroup(before, message, store) {
  return (
    before.user !== message.user ||
    Number(message.ts) - Number(before.ts) > groupSeconds ||
    message.ephemeral !== before.ephemeral ||
    message.broadcast === true ||
    store.replies(before).length > 0
  );
}

function messageRow(message, options, actions) {
  return {
    key: `message:${message.channel}:${message.ts}`,
    create: () => createMessage(message, actions),
    update: (node) => updateMessage(node, message, options),
  };
}

const line = (text) => el('div', { class: 'log-line' }, el('span', {}, text));
const dayRow = (ts) => ({ key: `day:${dayKey(ts)}`, create: () => line(dayName(ts)) });
const countRow = (count) => ({
  key: `count:${count}`,
  create: () => line(count === 0 ? 'No replies yet' : countText(count)),
});

function introRow(channel) {
  const text = isDirect(channel.id)
    ? `This is the beginning of your conversation with ${channel.name}.`
    : `This is the beginning of #${channel.name}. Type / to see what the bot can do.`;
  return { key: `intro:${channel.id}`, create: () => el('p', { class: 'intro' }, text) };
}

/** Draws the rows and stays at the end if the reader was there; returns true if something arrived out of sight. */
function showRows(log, scene, rows) {
  const isNewScene = log.dataset.scene !== scene;
  const wasAtEnd = isNewScene || isAtEnd(log);
  const lastKey = log.lastElementChild?.dataset.key;
  // A change of scene is not news: a screen reader must not read the whole channel.
  log.setAttribute('aria-live', isNewScene ? 'off' : 'polite');
  log.dataset.scene = scene;
  reconcile(log, rows);
  if (wasAtEnd) scrollToEnd(log);
  log.dataset.end = String(wasAtEnd);
  return !wasAtEnd && rows.at(-1).key !== lastKey;
}

const isAtEnd = (log) => log.scrollHeight - log.scrollTop - log.clientHeight < nearBottomPixels;

export function scrollToEnd(log) {
  log.scrollTop = log.scrollHeight;
}

/** Keeps a reader at the end there while the log itself is resized; `onEnd` runs whenever the end is reached. */
export function followEnd(log, onEnd) {
  log.addEventListener('scroll', () => {
    log.dataset.end = String(isAtEnd(log));
    if (isAtEnd(log)) onEnd();
  });
  new ResizeObserver(() => log.dataset.end === 'true' && scrollToEnd(log)).observe(log);
}
