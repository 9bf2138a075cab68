/** Makes text safe to send: lone surrogates and control characters (other than tab and line feed) become visible blanks. */
export const cleanText = (text: string): string =>
  text.replace(/\r\n?/g, '\n').replace(/\p{Surrogate}|[\u0000-\u0008\u000b-\u001f\u007f]/gu, '\ufffd');

/** Cuts text to at most `limit` UTF-16 units, never through a character, ending in '…' when something was left out. */
export function clip(text: string, limit: number): string {
  const clean = cleanText(text);
  if (clean.length <= limit) return clean;
  return `${dropHalfCharacter(clean.slice(0, Math.max(0, limit - 1)))}…`;
}

/** As `clip`, but keeps the end: the last lines of an output say what went wrong. */
export function clipStart(text: string, limit: number): string {
  const clean = cleanText(text);
  if (clean.length <= limit) return clean;
  return `…${clean.slice(clean.length - Math.max(0, limit - 1)).replace(/^[\udc00-\udfff]/, '')}`;
}

const dropHalfCharacter = (text: string): string => text.replace(/[\ud800-\udbff]$/, '');
