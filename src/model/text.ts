/**
 * A piece of what a person reads, free of any chat system's markup. A plain string is literal text: whoever renders it
 * escapes it. `person` is a chat user's id, `group` a user group's handle without '@', `time` milliseconds since the epoch.
 */
export type TextPart =
  | string
  | { readonly strong: string }
  | { readonly code: string }
  | { readonly person: string }
  | { readonly group: string }
  | { readonly time: number }
  | { readonly url: string; readonly label: string };

/** A line of text: one part or several in order. */
export type Text = string | readonly TextPart[];

/** The parts of a text, in order. */
export const textParts = (text: Text): readonly TextPart[] => (typeof text === 'string' ? [text] : text);

/** Cut to at most `limit` UTF-16 units, never through a character, ending in '…' when something was left out. */
export const clipText = (text: string, limit: number): string =>
  text.length <= limit ? text : `${text.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, '')}…`;

/** Joins texts into one, with `separator` between them. */
export function joinTexts(texts: readonly Text[], separator = ''): Text {
  return texts.flatMap((text, index) =>
    index > 0 && separator !== '' ? [separator, ...textParts(text)] : textParts(text),
  );
}

const plainPart = (part: TextPart): string => {
  if (typeof part === 'string') return part;
  if ('strong' in part) return part.strong;
  if ('code' in part) return part.code;
  if ('person' in part) return `@${part.person}`;
  if ('group' in part) return `@${part.group}`;
  if ('time' in part) return `${new Date(part.time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return `${part.label} (${part.url})`;
};

/** A text for a terminal or a log: no markup, people by id, times in UTC. */
export const plainText = (text: Text): string => textParts(text).map(plainPart).join('');
