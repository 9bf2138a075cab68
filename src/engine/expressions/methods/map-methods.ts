import { areEqual } from '../compare';
import { methodTable } from '../method';
import { entriesOf, entryOf, keysOf, makeMap } from '../read';
import type { Run } from '../run';
import { convertedText, javaText } from '../to-text';
import type { PlainMap, Value } from '../value';

function valueUnder(map: PlainMap, key: Value, run: Run): Value | undefined {
  return key === null ? undefined : entryOf(map, convertedText(key, run.budget));
}

function values(map: PlainMap, run: Run): readonly Value[] {
  run.budget.makeItems(keysOf(map).length);
  return Array.from(entriesOf(map), ([, value]) => value);
}

function entrySet(map: PlainMap, run: Run): readonly Value[] {
  run.budget.makeItems(keysOf(map).length);
  return Array.from(entriesOf(map), ([key, value]) =>
    makeMap([
      ['key', key],
      ['value', value],
    ]),
  );
}

function keySet(map: PlainMap, run: Run): readonly string[] {
  const keys = keysOf(map);
  run.budget.makeItems(keys.length);
  return keys;
}

const containsValue = (map: PlainMap, wanted: Value, run: Run): boolean =>
  values(map, run).some((value) => areEqual(value, wanted, run.budget));

/** Java's methods of Map that change nothing, and those of the entries that `entrySet` gives. */
export const mapMethods = methodTable<PlainMap>([
  ['size', 0, 0, (map) => keysOf(map).length],
  ['isEmpty', 0, 0, (map) => keysOf(map).length === 0],
  ['get', 1, 1, (map, args, run) => valueUnder(map, args[0] ?? null, run) ?? null],
  [
    'getOrDefault',
    2,
    2,
    (map, args, run) => {
      const found = valueUnder(map, args[0] ?? null, run);
      return found === undefined ? (args[1] ?? null) : found;
    },
  ],
  ['containsKey', 1, 1, (map, args, run) => valueUnder(map, args[0] ?? null, run) !== undefined],
  ['containsValue', 1, 1, (map, args, run) => containsValue(map, args[0] ?? null, run)],
  ['keySet', 0, 0, (map, _, run) => keySet(map, run)],
  ['values', 0, 0, (map, _, run) => values(map, run)],
  ['entrySet', 0, 0, (map, _, run) => entrySet(map, run)],
  ['getKey', 0, 0, (map) => entryOf(map, 'key') ?? null],
  ['getValue', 0, 0, (map) => entryOf(map, 'value') ?? null],
  ['equals', 1, 1, (map, args, run) => areEqual(map, args[0] ?? null, run.budget)],
  ['toString', 0, 0, (map, _, run) => javaText(map, run.budget)],
]);
