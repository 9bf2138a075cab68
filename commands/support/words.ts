import { UserMistake } from './suggest';

/** A command line taken apart: the words in order, and its options. */
export type Words = { readonly words: readonly string[]; readonly options: ReadonlyMap<string, string> };

const tokenPattern = /(?:[^\s"]+|"(?:\\.|[^"\\])*"?)+/g;

/** Quotes hold words together; inside them a backslash makes the next character plain. */
const unquote = (token: string) =>
  token.replace(/"((?:\\.|[^"\\])*)"?/g, (_quoted, inner: string) => inner.replace(/\\(.)/g, '$1'));

/** Keyboards turn "…" into “…” and -- into —; nobody means those in a command. */
const plainTyping = (text: string) => text.replaceAll(/[“”„]/g, '"').replaceAll(/(?<=^|\s)[–—](?=[a-z])/g, '--');

/** A text as one word, whatever it holds, as `parseWords` reads it. */
export const quoteWord = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;

/** Reads `deploy foo prod 1.9.1 reason="fix login" --yes`: options are `key=value`, `--key value` or `--key` alone. */
export function parseWords(text: string, flags: readonly string[] = ['yes', 'json']): Words {
  const tokens = plainTyping(text).match(tokenPattern) ?? [];
  const words: string[] = [];
  const options = new Map<string, string>();
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index] ?? '';
    const long = /^--?([A-Za-z][\w-]*)$/.exec(token)?.[1];
    const pair = /^(?:--)?([A-Za-z_][\w-]*)=(.*)$/s.exec(token);
    if (pair?.[1] !== undefined) options.set(pair[1], unquote(pair[2] ?? ''));
    else if (long !== undefined && flags.includes(long)) options.set(long, 'true');
    else if (long !== undefined) {
      index += 1;
      const value = tokens[index];
      if (value === undefined) throw new UserMistake(`Say what --${long} is: --${long} VALUE, or ${long}=VALUE.`);
      options.set(long, unquote(value));
    } else words.push(unquote(token));
  }
  return { words, options };
}

/** Whether an option is yes; without it, no. Throws a UserMistake for any other word. */
export function isYes({ options }: Words, name: string): boolean {
  const word = options.get(name) ?? 'no';
  if (['yes', 'true'].includes(word)) return true;
  if (['no', 'false'].includes(word)) return false;
  throw new UserMistake(`${name} is yes or no, not '${word}'.`);
}
