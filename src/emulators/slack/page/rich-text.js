import { el } from './dom.js';
import { emoji } from './emoji.js';
import { channelMention, groupMention, link, userMention } from './mrkdwn.js';
import { formatDate } from './times.js';

/** A rich_text block: sections, lists, preformatted text and quotes. */
export function richText(block) {
  return el('div', { class: 'block rich-text' }, (block.elements ?? []).map(part));
}

function part(element) {
  const children = (element.elements ?? []).map(inline);
  if (element.type === 'rich_text_list') return list(element);
  if (element.type === 'rich_text_preformatted') return el('pre', { tabindex: '0' }, el('code', {}, children));
  if (element.type === 'rich_text_quote') return el('blockquote', {}, children);
  return el('div', {}, children);
}

function list(element) {
  const tag = element.style === 'ordered' ? 'ol' : 'ul';
  const items = (element.elements ?? []).map((item) => el('li', {}, (item.elements ?? []).map(inline)));
  return el(tag, { class: `indent-${Math.min(Number(element.indent) || 0, 4)}` }, items);
}

const makers = {
  text: (element) => element.text,
  link: (element) => link(element.url, [element.text || element.url]),
  user: (element) => userMention(element.user_id),
  usergroup: (element) => groupMention(element.usergroup_id),
  channel: (element) => channelMention(element.channel_id),
  broadcast: (element) => groupMention(element.range),
  emoji: (element) => emoji(element.name),
  date: (element) => formatDate(element.timestamp, element.format),
};

const styles = [
  ['code', 'code'],
  ['strike', 's'],
  ['italic', 'em'],
  ['bold', 'strong'],
];

function inline(element) {
  const node = makers[element.type]?.(element) ?? `[${element.type}]`;
  return styles.reduce((inner, [style, tag]) => (element.style?.[style] ? el(tag, {}, inner) : inner), node);
}
