const tokens: readonly (readonly [RegExp, string])[] = [
  [/<@([A-Z0-9]+)(?:\|[^>]*)?>/g, '@$1'],
  [/<#[A-Z0-9]+\|([^>]+)>/g, '#$1'],
  [/<#([A-Z0-9]+)\|?>/g, '#$1'],
  [/<!subteam\^[A-Z0-9]+\|@?([^>]+)>/g, '@$1'],
  [/<!subteam\^([A-Z0-9]+)>/g, '@$1'],
  [/<!(\w+)(?:\|[^>]*)?>/g, '@$1'],
  [/<mailto:([^|>]+)(?:\|[^>]*)?>/g, '$1'],
  [/<(https?:[^|>]+)(?:\|[^>]*)?>/g, '$1'],
];

const characters: readonly (readonly [RegExp, string])[] = [
  [/[“”„‟«»]/g, '"'],
  [/[‘’‚‛]/g, "'"],
  // Phones turn the two dashes of an option into a long one.
  [/(^|\s)[—–](?=\p{L})/gu, '$1--'],
  [/[—–‐‑−]/g, '-'],
  [/[\u00a0\u2000-\u200a\u202f\u3000]/g, ' '],
  [/[\u200b-\u200d\u2060\ufeff]/g, ''],
  // The ampersand last, or `&amp;lt;` would become '<'.
  [/&lt;/g, '<'],
  [/&gt;/g, '>'],
  [/&amp;/g, '&'],
];

/**
 * What a person typed, freed from what Slack and phones make of it: smart quotes, long dashes, entities. Mentions become
 * `@U123`, channels `#name`, user groups `@handle`, links their address.
 */
export const normalizeCommandText = (text: string): string =>
  [...tokens, ...characters].reduce((done, [pattern, plain]) => done.replace(pattern, plain), text).trim();
