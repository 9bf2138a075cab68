import { compareTexts, compareValues } from '../compare';
import { ExpressionError } from '../expression-error';
import { methodTable, textArg, wholeArg } from '../method';
import { elementsOf } from '../read';
import type { Run } from '../run';
import { convertedText, javaText } from '../to-text';
import { isList, type Value } from '../value';
import { formatText } from './format-text';
import { replacePattern, splitText } from './pattern-methods';

function checkRange(from: number, to: number, length: number): void {
  if (from >= 0 && from <= to && to <= length) return;
  throw new ExpressionError(`there is no part from ${from} to ${to} in a text of ${length} characters`);
}

function substring(text: string, args: readonly Value[]): string {
  const from = wholeArg(args, 0);
  const to = args.length > 1 ? wholeArg(args, 1) : text.length;
  checkRange(from, to, text.length);
  return text.slice(from, to);
}

function charAt(text: string, args: readonly Value[]): string {
  const index = wholeArg(args, 0);
  checkRange(index, index + 1, text.length);
  return text.charAt(index);
}

function repeat(text: string, args: readonly Value[], run: Run): string {
  const count = wholeArg(args, 0);
  if (count < 0) throw new ExpressionError(`a text cannot be repeated ${count} times`);
  run.budget.makeText(text.length * count);
  return text.repeat(count);
}

function replace(text: string, args: readonly Value[], run: Run): string {
  const [target, replacement] = [textArg(args, 0), textArg(args, 1)];
  run.budget.search(text.length, target.length);
  const pieces = target === '' ? text.length + 2 : text.split(target).length;
  run.budget.spend(pieces);
  run.budget.makeText(text.length + (pieces - 1) * Math.max(0, replacement.length - target.length));
  return text.replaceAll(target, () => replacement);
}

function concat(text: string, args: readonly Value[], run: Run): string {
  const added = textArg(args, 0);
  run.budget.makeText(text.length + added.length);
  return text + added;
}

function search(text: string, args: readonly Value[], run: Run, find: (part: string, from: number) => number): number {
  const part = textArg(args, 0);
  run.budget.search(text.length, part.length);
  return find(part, args.length > 1 ? wholeArg(args, 1) : NaN);
}

function chars(text: string, run: Run): Value {
  run.budget.makeItems(text.length);
  return text.split('');
}

const scanned = (text: string, run: Run, work: (text: string) => string): string => {
  run.budget.scan(text.length);
  return work(text);
};

function joinStatic(separator: string, parts: readonly Value[], run: Run): string {
  const [first] = parts;
  const list = parts.length === 1 && first !== undefined && isList(first) ? [...elementsOf(first)] : parts;
  const texts = list.map((part) => convertedText(part, run.budget));
  run.budget.makeText(texts.reduce((sum, part) => sum + part.length + separator.length, 0));
  return texts.join(separator);
}

function compareIgnoringCase(text: string, args: readonly Value[], run: Run): number {
  const other = textArg(args, 0);
  run.budget.spend(1 + (text.length >> 4));
  return compareTexts(text.toLowerCase(), other.toLowerCase());
}

function equalsIgnoringCase(text: string, args: readonly Value[], run: Run): boolean {
  const other = args[0];
  run.budget.scan(text.length);
  return typeof other === 'string' && other.length === text.length && text.toLowerCase() === other.toLowerCase();
}

const letters = methodTable<string>([
  ['toLowerCase', 0, 0, (text, _, run) => scanned(text, run, (whole) => whole.toLowerCase())],
  ['toUpperCase', 0, 0, (text, _, run) => scanned(text, run, (whole) => whole.toUpperCase())],
  ['trim', 0, 0, (text, _, run) => scanned(text, run, (whole) => whole.trim())],
  ['strip', 0, 0, (text, _, run) => scanned(text, run, (whole) => whole.trim())],
  ['stripLeading', 0, 0, (text, _, run) => scanned(text, run, (whole) => whole.trimStart())],
  ['stripTrailing', 0, 0, (text, _, run) => scanned(text, run, (whole) => whole.trimEnd())],
  ['substring', 1, 2, substring],
  ['charAt', 1, 1, charAt],
  ['concat', 1, 1, concat],
  ['repeat', 1, 1, repeat],
  ['replace', 2, 2, replace],
  ['replaceAll', 2, 2, (text, args, run) => replacePattern(text, textArg(args, 0), textArg(args, 1), Infinity, run)],
  ['replaceFirst', 2, 2, (text, args, run) => replacePattern(text, textArg(args, 0), textArg(args, 1), 1, run)],
  ['split', 1, 2, (text, args, run) => splitText(text, textArg(args, 0), args.length > 1 ? wholeArg(args, 1) : 0, run)],
  ['lines', 0, 0, (text, _, run) => splitText(text, '\\r?\\n', 0, run)],
  ['toCharArray', 0, 0, (text, _, run) => chars(text, run)],
  ['formatted', 0, 20, (text, args, run) => formatText(text, args, run)],
]);

const questions = methodTable<string>([
  ['length', 0, 0, (text) => text.length],
  ['isEmpty', 0, 0, (text) => text === ''],
  ['isBlank', 0, 0, (text, _, run) => scanned(text, run, (whole) => whole.trim()) === ''],
  ['contains', 1, 1, (text, args, run) => search(text, args, run, (part) => text.indexOf(part)) >= 0],
  ['startsWith', 1, 2, (text, args) => text.startsWith(textArg(args, 0), args.length > 1 ? wholeArg(args, 1) : 0)],
  ['endsWith', 1, 1, (text, args) => text.endsWith(textArg(args, 0))],
  ['indexOf', 1, 2, (text, args, run) => search(text, args, run, (part, from) => text.indexOf(part, from))],
  ['lastIndexOf', 1, 2, (text, args, run) => search(text, args, run, (part, from) => text.lastIndexOf(part, from))],
  ['equals', 1, 1, (text, args, run) => scanned(text, run, (whole) => whole) === args[0]],
  ['equalsIgnoreCase', 1, 1, equalsIgnoringCase],
  ['compareTo', 1, 1, (text, args, run) => compareValues(text, textArg(args, 0), run.budget)],
  ['compareToIgnoreCase', 1, 1, compareIgnoringCase],
  ['matches', 1, 1, (text, args, run) => run.budget.matches(textArg(args, 0), text)],
  ['toString', 0, 0, (text) => text],
  ['hashCode', 0, 0, (text, _, run) => hashOf(scanned(text, run, (whole) => whole))],
]);

/** Java's `String.hashCode`, an int of 32 bits. */
function hashOf(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
  return hash;
}

/** Java's methods of String. Patterns are RE2's; `toLowerCase` and its like know no locale. */
export const stringMethods = new Map([...letters, ...questions]);

/** `String.join` and `String.format`, `String.valueOf`. */
export const stringStatics = methodTable<null>([
  ['join', 1, 20, (_, args, run) => joinStatic(textArg(args, 0), args.slice(1), run)],
  ['format', 1, 20, (_, args, run) => formatText(textArg(args, 0), args.slice(1), run)],
  ['valueOf', 1, 1, (_, args, run) => javaText(args[0] ?? null, run.budget)],
]);
