import { invoke, readIndex, readProperty } from './access';
import { arithmetic, negate } from './arithmetic';
import type { Budget } from './budget';
import { areEqual, compareValues } from './compare';
import { toCondition } from './convert';
import { ExpressionError } from './expression-error';
import { callFunction } from './functions';
import { hold, release } from './held';
import { elementOf, makeMap, refuseName } from './read';
import type { Run } from './run';
import { project, select, type Which } from './select';
import { convertedText } from './to-text';
import { construct, isInstance, referTo } from './types';
import { isList, isMap, isNumber, kindOf, real, type Value } from './value';

type Work = (run: Run, ...args: Value[]) => Value;

function helper<Args extends readonly Value[]>(name: string, work: (run: Run, ...args: Args) => Value) {
  return [name, work as unknown as Work] as const;
}

const binary = (name: string, work: (left: Value, right: Value, budget: Budget) => Value) =>
  helper(name, (run: Run, left: Value, right: Value) => work(left, right, run.budget));

function matches(left: Value, right: Value, budget: Budget): boolean {
  if (left === null) throw new ExpressionError('null cannot be matched');
  if (typeof right !== 'string') throw new ExpressionError(`a pattern must be a text, not ${kindOf(right)}`);
  return budget.matches(right, convertedText(left, budget));
}

function isBetween(value: Value, bounds: Value, budget: Budget): boolean {
  if (!isList(bounds) || bounds.length !== 2) throw new ExpressionError('between needs a list of two: {1, 5}');
  const [low, high] = [elementOf(bounds, 0), elementOf(bounds, 1)];
  return compareValues(value, low, budget) >= 0 && compareValues(value, high, budget) <= 0;
}

function otherwise(run: Run, value: Value, body: number): Value {
  return value === null || value === '' ? release(run.body(body)) : value;
}

function readKey(run: Run, target: Value, name: string, isSafe: boolean): Value {
  if (isMap(target) || target === null) return readIndex(target, name, isSafe, run);
  return readIndex(target, run.lookup(name), isSafe, run);
}

function readVariable(run: Run, name: string): Value {
  if (name === 'root') return run.root();
  refuseName(name);
  return name === 'this' ? run.self() : run.miss({ name: `#${name}`, known: () => [] });
}

function makePairs(run: Run, parts: readonly Value[]): Value {
  run.budget.makeItems(parts.length);
  const pairs = Array.from({ length: parts.length / 2 }, (_, index) => {
    const [key = null, value = null] = parts.slice(index * 2, index * 2 + 2);
    return [convertedText(key, run.budget), value] as const;
  });
  return makeMap(pairs);
}

function requireNumber(value: Value): Value {
  if (isNumber(value)) return value;
  throw new ExpressionError(`${kindOf(value)} has no sign`);
}

const operators = [
  ...Object.entries(arithmetic).map(([name, work]) => binary(name, work)),
  binary('eq', areEqual),
  binary('ne', (left, right, budget) => !areEqual(left, right, budget)),
  binary('lt', (left, right, budget) => compareValues(left, right, budget) < 0),
  binary('le', (left, right, budget) => compareValues(left, right, budget) <= 0),
  binary('gt', (left, right, budget) => compareValues(left, right, budget) > 0),
  binary('ge', (left, right, budget) => compareValues(left, right, budget) >= 0),
  binary('matches', matches),
  binary('between', isBetween),
  binary('instanceof', isInstance),
  helper('neg', (_, value: Value) => negate(value)),
  helper('pos', (_, value: Value) => requireNumber(value)),
  helper('not', (_, value: Value) => !toCondition(value)),
  helper('tru', (_, value: Value) => toCondition(value)),
  helper('elv', (run, value: Value, body: number) => otherwise(run, value, body)),
];

const accesses = [
  helper('nam', (run, name: string) =>
    run.hasFocus() ? readProperty(run.self(), name, false, run) : run.lookup(name),
  ),
  helper('rnm', (run, name: string) => run.lookup(name)),
  helper('var', readVariable),
  helper('slf', (run) => run.self()),
  helper('get', (run, of: Value, name: string, isSafe: boolean) => readProperty(of, name, isSafe, run)),
  helper('key', readKey),
  helper('idx', (run, of: Value, index: Value, isSafe: boolean) => readIndex(of, index, isSafe, run)),
  helper('mth', (run, of: Value, name: string, isSafe: boolean, ...args: Value[]) =>
    invoke(of, name, isSafe, args, run),
  ),
  helper('fun', (run, name: string, ...args: Value[]) => callFunction(name, args, run)),
  helper('sel', (run, of: Value, body: number, which: Which, isSafe: boolean) => select(of, body, which, isSafe, run)),
  helper('prj', (run, of: Value, body: number, isSafe: boolean) => project(of, body, isSafe, run)),
];

const makers = [
  helper('rea', (_, value: number) => real(value)),
  helper('lst', (run, ...items: Value[]) => {
    run.budget.makeItems(items.length);
    return items;
  }),
  helper('map', (run, ...parts: Value[]) => makePairs(run, parts)),
  helper('typ', (_, name: string) => referTo(name)),
  helper('mak', (run, name: string, ...args: Value[]) => construct(name, args, run)),
];

const helpers: ReadonlyMap<string, Work> = new Map([...operators, ...accesses, ...makers]);

/**
 * All that the emitted source calls: the run, a helper's name, the offset in the expression, then values as expr-eval
 * passes them on. One function, because expr-eval looks through all that it knows at every call.
 */
export function help(run: Run, name: string, at: number, ...args: unknown[]): unknown {
  const work = helpers.get(name);
  if (work === undefined) throw new ExpressionError(`there is no helper ${name}`);
  run.at = at;
  run.budget.spend();
  for (let index = 0; index < args.length; index += 1) args[index] = release(args[index]);
  return hold(work(run, ...(args as Value[])));
}
