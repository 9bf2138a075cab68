import { failOnNull } from './access';
import { ExpressionError } from './expression-error';
import { elementsOf, entriesOf, makeMap } from './read';
import type { Run } from './run';
import type { Body } from './step';
import { isList, isMap, kindOf, type PlainList, type PlainMap, type Value } from './value';

/** Which of the elements that meet the condition a selection takes. */
export type Which = 'all' | 'first' | 'last';

const entryMap = (key: string, value: Value): PlainMap =>
  makeMap([
    ['key', key],
    ['value', value],
  ]);

function isChosen(element: Value, body: Body, run: Run): boolean {
  run.budget.spend();
  const chosen = run.bodyOn(element, body);
  if (typeof chosen === 'boolean') return chosen;
  throw new ExpressionError(`the condition of a selection must be true or false, not ${kindOf(chosen)}`);
}

function choose<T>(candidates: Iterable<T>, isWanted: (candidate: T) => boolean, which: Which): readonly T[] {
  const chosen: T[] = [];
  for (const candidate of candidates) {
    if (!isWanted(candidate)) continue;
    if (which === 'first') return [candidate];
    chosen.push(candidate);
  }
  return which === 'last' ? chosen.slice(-1) : chosen;
}

function selectFromList(list: PlainList, body: Body, which: Which, run: Run): Value {
  const chosen = choose(elementsOf(list), (element) => isChosen(element, body, run), which);
  run.budget.makeItems(chosen.length);
  return which === 'all' ? chosen : (chosen[0] ?? null);
}

function selectFromMap(map: PlainMap, body: Body, which: Which, run: Run): Value {
  const chosen = choose(entriesOf(map), ([key, value]) => isChosen(entryMap(key, value), body, run), which);
  run.budget.makeItems(chosen.length);
  return which !== 'all' && chosen.length === 0 ? null : makeMap(chosen);
}

/** The elements or entries for which the body is true: a list or map of all of them, the first or the last one, or null. */
export function select(target: Value, body: Body, which: Which, isSafe: boolean, run: Run): Value {
  if (target === null) return isSafe ? null : failOnNull('cannot select from the elements', run);
  if (isList(target)) return selectFromList(target, body, which, run);
  if (isMap(target)) return selectFromMap(target, body, which, run);
  throw new ExpressionError(`cannot select from ${kindOf(target)}`);
}

/** The body evaluated on every element of a list, or on every entry (key, value) of a map. */
export function project(target: Value, body: Body, isSafe: boolean, run: Run): Value {
  if (target === null) return isSafe ? null : failOnNull('cannot take something from the elements', run);
  if (!isList(target) && !isMap(target)) throw new ExpressionError(`${kindOf(target)} has no elements`);
  const results: Value[] = [];
  const take = (element: Value): void => {
    run.budget.makeItems(0);
    results.push(run.bodyOn(element, body));
  };
  if (isList(target)) for (const element of elementsOf(target)) take(element);
  else for (const [key, value] of entriesOf(target)) take(entryMap(key, value));
  run.budget.makeItems(results.length);
  return results;
}
