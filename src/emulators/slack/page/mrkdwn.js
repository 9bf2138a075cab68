import { channelName, isMe, myId, userName } from './directory.js';
import { el } from './dom.js';
import { emoji } from './emoji.js';
import { placeHash } from './place.js';
import { formatDate } from './times.js';

/** The nodes of a text in Slack's mrkdwn. All of it ends in text nodes: what is hostile in it stays text. */
export function mrkdwn(text) {
  return String(text ?? '')
    .split(/(```[\s\S]*?```)/)
    .flatMap((part) => (isFence(part) ? [codeBlock(part.slice(3, -3))] : paragraphs(part)));
}

/** A Slack text object: `mrkdwn` is parsed, `plain_text` knows emoji only. */
export function textObject(object) {
  if (object === undefined || object === null) return [];
  return object.type === 'mrkdwn' ? mrkdwn(object.text) : plainText(object.text);
}

export function plainText(text) {
  return unescape(String(text ?? ''))
    .split(/(:[a-z0-9_+-]+:)/)
    .filter(Boolean)
    .map((part) => (/^:[a-z0-9_+-]+:$/.test(part) ? emoji(part.slice(1, -1)) : part));
}

const isFence = (part) => part.length > 6 && part.startsWith('```') && part.endsWith('```');
const codeBlock = (code) => el('pre', { tabindex: '0' }, el('code', {}, unescape(code.replace(/^\n|\n$/g, ''))));

/** Slack escapes these three and nothing else. `&amp;` comes last so that `&amp;lt;` is not unescaped twice. */
function unescape(text) {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

const quoteMark = /^(?:>|&gt;) ?/;

function paragraphs(text) {
  const nodes = [];
  let quote;
  text.split('\n').forEach((line, index) => {
    if (quoteMark.test(line)) {
      if (quote === undefined) nodes.push((quote = el('blockquote')));
      else quote.append(el('br'));
      quote.append(...inline(line.replace(quoteMark, '')));
      return;
    }
    // A quote or code block already ends its line: a break after it would show as a blank line.
    if (index > 0 && quote === undefined && nodes.length > 0) nodes.push(el('br'));
    quote = undefined;
    nodes.push(...inline(line));
  });
  return nodes;
}

/** The inline forms, tried in this order at each place. `guard` forms must not follow a letter or digit. */
const forms = [
  { pattern: /`([^`\n]+)`/y, make: ([, code]) => el('code', {}, unescape(code)) },
  { pattern: /<([^<>\n]+)>/y, make: ([, body]) => reference(body) },
  { pattern: /\*(\S|\S.*?\S)\*(?!\w)/y, guard: true, make: ([, body]) => el('strong', {}, inline(body)) },
  { pattern: /_(\S|\S.*?\S)_(?!\w)/y, guard: true, make: ([, body]) => el('em', {}, inline(body)) },
  { pattern: /~(\S|\S.*?\S)~(?!\w)/y, guard: true, make: ([, body]) => el('s', {}, inline(body)) },
  { pattern: /:([a-z0-9_+-]+):/y, make: ([, name]) => emoji(name) },
  {
    pattern: /https?:\/\/[^\s<>|*`]+[^\s<>|*`.,;:!?)'"]/y,
    guard: true,
    make: ([url]) => link(unescape(url), [unescape(url)]),
  },
];

function inline(text) {
  const nodes = [];
  let plain = '';
  let position = 0;
  while (position < text.length) {
    const found = matchAt(text, position);
    if (found === undefined) {
      plain += text[position];
      position += 1;
      continue;
    }
    nodes.push(unescape(plain), found.node);
    plain = '';
    position += found.length;
  }
  return [...nodes, unescape(plain)].filter((node) => node !== '');
}

function matchAt(text, position) {
  for (const { pattern, guard, make } of forms) {
    if (guard && position > 0 && /\w/.test(text[position - 1])) continue;
    pattern.lastIndex = position;
    const match = pattern.exec(text);
    if (match) return { node: make(match), length: match[0].length };
  }
  return undefined;
}

/** What stands between angle brackets: a mention, a command to the client, or a link. */
function reference(body) {
  const [target, ...rest] = body.split('|');
  const label = rest.length > 0 ? unescape(rest.join('|')) : undefined;
  if (target.startsWith('@')) return userMention(target.slice(1), label);
  if (target.startsWith('#')) return channelMention(target.slice(1), label);
  if (target.startsWith('!')) return special(target.slice(1), label);
  const url = unescape(target);
  // What Slack would not have made a link was typed: it is shown as it stands.
  if (safeUrl(url) === undefined) return document.createTextNode(unescape(`<${body}>`));
  return link(url, label === undefined ? [url.replace(/^mailto:/, '')] : plainText(label));
}

export function userMention(id, label) {
  const name = userName(id) ?? label ?? id;
  return el('span', { class: isMe(id) ? 'mention mention-me' : 'mention' }, `@${name.replace(/^@/, '')}`);
}

export function channelMention(id, label) {
  const name = channelName(id) ?? label ?? id;
  return el('a', { class: 'mention', href: placeHash({ user: myId(), channel: id }) }, `#${name}`);
}

export const groupMention = (text) => el('span', { class: 'mention' }, text.startsWith('@') ? text : `@${text}`);

function special(target, label) {
  if (target.startsWith('subteam^')) return groupMention(label ?? target.slice('subteam^'.length));
  if (target.startsWith('date^')) return dateMention(target.split('^'), label);
  return groupMention(label ?? target);
}

function dateMention([, seconds, pattern, url], fallback) {
  const isDate = /^\d+$/.test(seconds ?? '') && pattern;
  const text = isDate ? formatDate(seconds, pattern) : (fallback ?? '');
  const time = isDate
    ? el('time', { datetime: new Date(Number(seconds) * 1000).toISOString(), title: fallback }, text)
    : text;
  return url ? link(url, [time]) : time;
}

/** A link that can only lead to the web or to mail; any other scheme is shown as its text. */
export function link(url, children, props = {}) {
  const href = safeUrl(url);
  if (href === undefined) return el('span', props, children);
  return el('a', { ...props, href, target: '_blank', rel: 'noopener noreferrer' }, children);
}

export function safeUrl(url) {
  if (!URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  return ['http:', 'https:', 'mailto:'].includes(parsed.protocol) ? parsed.href : undefined;
}
