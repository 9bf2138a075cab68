import { convertedText } from './to-text';
import { Budget } from './budget';
import { evaluateText, type Need, type Problem, type World } from './evaluate-text';
import { ExpressionError } from './expression-error';
import type { Json } from './json';
import { defaultLimits } from './limits';
import { MemoBook, type Memo } from './memo';
import { admit, keysOf, ownValue } from './read';
import type { Scope } from './scope';
import { isList, isMap, type PlainList, type PlainMap, type Value } from './value';

/** What an evaluation gave. */
export type Evaluation = {
  /** The input with its expressions replaced by their values; parts without any are the same objects. */
  readonly value: Json;
  /** In the order of the input. */
  readonly problems: readonly Problem[];
  /** What must be fetched, each once; the texts that need it are as they were. */
  readonly needs: readonly Need[];
  /** The scope's memo with what was taken from it for the first time; pass it on when evaluating the same again. */
  readonly memo: Memo;
};

const pathOfKey = (path: string, key: string): string => {
  if (!/^[\w$-]+$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
};

function evaluateList(list: PlainList, path: string, depth: number, world: World): Json {
  let isChanged = false;
  const values: Json[] = [];
  for (let index = 0; index < list.length; index += 1) {
    const element = ownValue(list, String(index)) ?? null;
    const value = evaluateValue(element, `${path}[${index}]`, depth, world);
    isChanged ||= value !== element;
    values.push(value);
  }
  return isChanged ? values : (list as readonly Json[]);
}

/** A key as a text; the key as it is where it cannot be evaluated. */
function evaluateKey(key: string, path: string, world: World): string {
  const value = evaluateText(key, path, world);
  const text = typeof value === 'string' ? value : convertedText(value, new Budget(world.limits));
  if (text !== '__proto__') return text;
  const message = "'__proto__' cannot be a key";
  world.report({ level: 'ERROR', path, column: 1, expression: key, message });
  return key;
}

function evaluateMap(map: PlainMap, path: string, depth: number, world: World): Json {
  const entries = keysOf(map).map((key) => {
    const inner = pathOfKey(path, key);
    const element = ownValue(map, key) ?? null;
    const [newKey, value] = [evaluateKey(key, inner, world), evaluateValue(element, inner, depth, world)];
    return { newKey, value, isChanged: newKey !== key || value !== element };
  });
  if (!entries.some(({ isChanged }) => isChanged)) return map as Readonly<Record<string, Json>>;
  return Object.fromEntries(entries.map(({ newKey, value }) => [newKey, value]));
}

function evaluateValue(value: Value, path: string, depth: number, world: World): Json {
  if (depth > world.limits.depth) throw new ExpressionError(`nested more than ${world.limits.depth} deep`);
  if (typeof value === 'string') return evaluateText(value, path, world);
  if (isList(value)) return evaluateList(value, path, depth + 1, world);
  return isMap(value) ? evaluateMap(value, path, depth + 1, world) : (value as Json);
}

/** Evaluates everything; the whole input as it is where it is no plain data. */
function evaluateInput(input: Json, path: string, world: World): Json {
  try {
    return evaluateValue(admit(input), path, 0, world);
  } catch (error) {
    const message = error instanceof ExpressionError ? error.message : 'this cannot be evaluated';
    world.report({ level: 'ERROR', path, column: 1, expression: '', message });
    return input;
  }
}

/**
 * Evaluates every `${ … }` in a text, list or map, keys included, once: results are data, whatever they hold. A text
 * that is one expression becomes its value, with its type; a text with more in it is a text. A text that could not be
 * evaluated stays as it was, an expression that is null stays in its text; both are told of in `problems`. Values are
 * read and given out in place, never copied and never changed. Whole numbers count as Java's, except that beyond 2^53
 * they become doubles instead of wrapping around. Paths of problems begin with `path`. Never throws.
 */
export function evaluate(input: Json, scope: Scope, path = ''): Evaluation {
  const problems: Problem[] = [];
  const needs = new Map<string, Need>();
  const memo = new MemoBook(scope.memo);
  const value = evaluateInput(input, path, {
    scope,
    limits: { ...defaultLimits, ...scope.limits },
    memo,
    report: (problem) => problems.push(problem),
    need: (need) => needs.set(need.url, need),
  });
  return { value, problems, needs: [...needs.values()], memo: memo.grown() };
}
