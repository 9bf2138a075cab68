import { quoteWord } from '../../src/model/quote-word';
import { UserMistake } from './suggest';

/** A command line taken apart: the words in order, and its options. */
export type Words = { readonly words: readonly string[]; readonly options: ReadonlyMap<string, string> };

const tokenPattern = /(?:[^\s"]+|"(?:\\.|[^"\\])*"?)+/gs;

/** Quotes hold words together; inside them a backslash makes the next character plain. */
const unquote = (token: string) =>
  token.replace(/"((?:\\.|[^"\\])*)"?/gs, (_quoted, inner: string) => inner.replace(/\\(.)/gs, '$1'));

const typography = /"(?:\\.|[^"\\])*"|[“”„]|(?<=^|\s)[–—](?=[a-z])/gs;

/** Keyboards turn "…" into “…” and -- into —; nobody means those in a command. What stands in straight quotes stays as it is. */
const plainTyping = (text: string) =>
  text.replaceAll(typography, (found) => {
    if (found.startsWith('"')) return found;
    return '–—'.includes(found) ? '--' : '"';
  });

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

/** A word as it is typed, in quotes where it must be. */
export const wordOf = (text: string): string => (/^[^\s"\\“”„=–—-][^\s"\\“”„=]*$/.test(text) ? text : quoteWord(text));

/** The words of a command line again, as `parseWords` reads them. */
export const textOfWords = ({ words, options }: Words): string =>
  [...words.map(wordOf), ...[...options].map(([name, value]) => `${name}=${wordOf(value)}`)].join(' ');

/** Whether an option is yes; without it, no. Throws a UserMistake for any other word. */
export function isYes({ options }: Words, name: string): boolean {
  const word = options.get(name) ?? 'no';
  if (['yes', 'true'].includes(word)) return true;
  if (['no', 'false'].includes(word)) return false;
  throw new UserMistake(`${name} is yes or no, not '${word}'.`);
}
