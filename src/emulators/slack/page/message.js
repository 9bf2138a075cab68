import { actOn } from './act.js';
import { avatar } from './avatar.js';
import { patchBlocks } from './blocks.js';
import { authorOf } from './directory.js';
import { el, icon } from './dom.js';
import { clockTime, fullTime } from './times.js';

/** An empty message whose parts `updateMessage` fills; the parts stay the same nodes for the message's life. */
export function createMessage(message, { openThread }) {
  const { channel, ts } = message;
  const article = el('article', { class: 'message', tabindex: '-1', 'data-testid': 'message', 'data-ts': ts });
  const open = () => openThread(message.threadTs ?? ts);
  article.append(
    el('div', { class: 'gutter' }),
    el(
      'div',
      { class: 'content' },
      el('header', { class: 'message-head' }),
      el('p', { class: 'message-note', hidden: true }),
      el('div', { class: 'message-body' }),
      el('button', { class: 'thread-link', type: 'button', 'data-testid': 'open-thread', onclick: open }),
    ),
  );
  article.act = actOn(() => ({ channel, ts }));
  return article;
}

/** Fills a message. `isFirst` heads a group by one author; `replies` is undefined where no thread can be opened. */
export function updateMessage(article, message, { isFirst, replies }) {
  const author = authorOf(message);
  article.dataset.ephemeral = String(message.ephemeral === true);
  article.classList.toggle('is-first', isFirst);
  article.setAttribute('aria-label', `${author.name}, ${clockTime(message.ts)}`);
  const part = (name) => article.querySelector(`:scope .${name}`);
  part('gutter').replaceChildren(isFirst ? avatar(author.id, author.name) : timeOf(message.ts));
  part('message-head').replaceChildren(...head(author, message, isFirst));
  updateNote(part('message-note'), message);
  updateThreadLink(part('thread-link'), replies);
  patchBlocks(part('message-body'), blocksOf(message), article.act);
  article.classList.toggle('is-edited', message.edited === true);
}

const timeOf = (ts) =>
  el(
    'time',
    { class: 'time', datetime: new Date(Number(ts) * 1000).toISOString(), title: fullTime(ts) },
    clockTime(ts),
  );

function head(author, message, isFirst) {
  const name = el('strong', { class: isFirst ? 'author' : 'visually-hidden' }, author.name);
  if (!isFirst) return [name];
  return [name, author.isBot ? el('span', { class: 'badge badge-app' }, 'App') : '', timeOf(message.ts)];
}

function updateNote(note, message) {
  note.hidden = !message.ephemeral && !message.broadcast;
  if (message.ephemeral) note.replaceChildren(icon('eye'), 'Only visible to you');
  else if (message.broadcast) note.replaceChildren(icon('reply'), 'Replied to a thread');
}

/** A message without blocks shows its text as one section, as Slack does. */
function blocksOf(message) {
  const blocks = message.blocks?.length
    ? message.blocks
    : [{ type: 'section', text: { type: 'mrkdwn', text: message.text } }];
  return message.edited
    ? [...blocks, { type: 'context', elements: [{ type: 'plain_text', text: '(edited)' }] }]
    : blocks;
}

function updateThreadLink(button, replies) {
  button.hidden = replies === undefined;
  if (replies === undefined) return;
  const count = replies.length;
  button.classList.toggle('has-replies', count > 0);
  button.title = count === 0 ? 'Reply in thread' : 'Open the thread';
  button.replaceChildren(
    ...(count === 0 ? [icon('reply'), el('span', { class: 'visually-hidden' }, 'Reply in thread')] : summary(replies)),
  );
}

export const countText = (count) => `${count} ${count === 1 ? 'reply' : 'replies'}`;

function summary(replies) {
  const authors = [...new Map(replies.map(authorOf).map((author) => [author.id, author])).values()].slice(0, 3);
  return [
    ...authors.map((author) => avatar(author.id, author.name, 'avatar-small')),
    el('span', { class: 'thread-count' }, countText(replies.length)),
    el('span', { class: 'thread-last' }, `Last reply ${clockTime(replies.at(-1).ts)}`),
  ];
}
