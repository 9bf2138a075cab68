/** A text as one word of a command, whatever it holds: in quotes, within which a backslash makes the next character plain. */
export const quoteWord = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
