import { plainText, textParts, type Text, type TextPart } from '../model/text';
import { cleanText } from './clip';

/** What rendering needs to know from Slack: a user group's id by its handle, when it is known. */
export type RenderContext = { readonly groupId: (handle: string) => string | undefined };

/** Slack's three entities; everything a person or a machine wrote passes through here, or `<!channel>` pings everyone. */
export const escapeMrkdwn = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/**
 * A text as mrkdwn of at most `limit` characters. Literal text is cut within, markup only between its parts, so that
 * neither an entity nor a mention is ever cut in two. Something left out ends in '…'.
 */
export function renderText(text: Text, context: RenderContext, limit: number): string {
  let out = '';
  for (const part of textParts(text)) {
    const rendered = renderPart(part, context);
    if (out.length + rendered.length <= limit) {
      out += rendered;
      continue;
    }
    const literal = typeof part === 'string' ? part : '';
    // Leaves room for the mark that something is missing, giving back already rendered text only as a last resort.
    return `${out.length >= limit ? withoutLastPart(text, context, limit) : out + escapeWithin(literal, limit - out.length - 1)}…`;
  }
  return out;
}

/** Escapes as much of a literal text as fits into `limit` characters. */
export function escapeWithin(text: string, limit: number): string {
  let out = '';
  for (const character of cleanText(text)) {
    const escaped = escapeMrkdwn(character);
    if (out.length + escaped.length > limit) return out;
    out += escaped;
  }
  return out;
}

const withoutLastPart = (text: Text, context: RenderContext, limit: number): string => {
  const plain = textParts(text).map((part) => (typeof part === 'string' ? part : plainText([part])));
  return escapeWithin(plain.join(''), limit - 1);
};

const oneLine = (text: string): string => cleanText(text).replace(/\s+/g, ' ').trim();

function renderPart(part: TextPart, context: RenderContext): string {
  if (typeof part === 'string') return escapeMrkdwn(cleanText(part));
  if ('strong' in part) return wrapped('*', oneLine(part.strong).replace(/\*/g, '∗'));
  // Slack has no way to escape a backtick inside code.
  if ('code' in part) return wrapped('`', oneLine(part.code).replace(/`/g, "'"));
  if ('person' in part) return renderPerson(part.person);
  if ('group' in part) return renderGroup(part.group, context);
  if ('time' in part) return renderTime(part.time);
  return renderLink(part.url, part.label);
}

const wrapped = (mark: string, text: string): string => (text === '' ? '' : `${mark}${escapeMrkdwn(text)}${mark}`);

const renderPerson = (person: string): string =>
  /^[UW][A-Z0-9]+$/.test(person) ? `<@${person}>` : escapeMrkdwn(`@${oneLine(person)}`);

function renderGroup(handle: string, context: RenderContext): string {
  const id = context.groupId(handle);
  const label = oneLine(handle).replace(/[|<>&]/g, '');
  if (id === undefined || !/^[A-Z0-9]+$/.test(id)) return escapeMrkdwn(`@${oneLine(handle)}`);
  return `<!subteam^${id}|@${label}>`;
}

function renderTime(time: number): string {
  if (!Number.isFinite(time) || Math.abs(time) > 8.64e15) return '(unknown time)';
  return `<!date^${Math.floor(time / 1000)}^{date_short_pretty} {time}|${plainText([{ time }])}>`;
}

/** A link with its label; an address that is not http or https is shown as plain words, never made clickable. */
export function renderLink(url: string, label: string): string {
  const address = httpAddress(url);
  const words = oneLine(label) === '' ? oneLine(url) : oneLine(label);
  if (address === undefined) return escapeMrkdwn(words);
  return `<${escapeMrkdwn(address)}|${escapeMrkdwn(words).replace(/\|/g, '¦')}>`;
}

/** The address in a form that cannot break out of Slack's link markup, or undefined when it is not http(s) or too long. */
export function httpAddress(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') return undefined;
  const address = parsed.href.replace(/\|/g, '%7C').replace(/</g, '%3C').replace(/>/g, '%3E');
  return address.length > 2900 ? undefined : address;
}
