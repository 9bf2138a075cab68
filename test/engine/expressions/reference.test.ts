import {
  builtInFunctions,
  defaultLimits,
  emptyMemo,
  evaluate,
  executionFunctions,
} from '../../../src/engine/expressions';
import type { Memo, Scope } from '../../../src/engine/expressions';
import { methodTables } from '../../../src/engine/expressions/methods';
import type { Node, NodeOf } from '../../../src/engine/expressions/syntax/node';
import * as operators from '../../../src/engine/expressions/syntax/operators';
import { javaTypes } from '../../../src/engine/expressions/types';
import { readSpinnakerExecution, scopeOfSpinnaker } from '../../../src/engine/spinnaker-execution';
import { entriesOf } from './entries-of';
import { readReferencePage } from './reference-page';

const page = readReferencePage();
const execution = readSpinnakerExecution(page.execution);
const memo: Memo = {
  ...emptyMemo,
  urls: Object.fromEntries(Object.entries(page.elsewhere.urls).map(([url, text]) => [url, { text }])),
};

/** What the page says that its examples are evaluated with. */
const createScope = (): Scope =>
  scopeOfSpinnaker(execution, '5', {
    now: Date.UTC(2026, 10, 25, 22, 9, 36, 123),
    random: () => 0.5,
    context: page.context,
    pipelines: page.elsewhere.pipelines,
    memo,
  });

const syntax = {
  literal: true,
  name: true,
  variable: true,
  property: true,
  index: true,
  method: true,
  function: true,
  type: true,
  new: true,
  unary: true,
  binary: true,
  logical: true,
  ternary: true,
  elvis: true,
  list: true,
  map: true,
  projection: true,
  selection: true,
} as const satisfies Readonly<Record<Node['kind'], true>>;

const selections = { all: true, first: true, last: true } as const satisfies Readonly<
  Record<NodeOf<'selection'>['which'], true>
>;

const { prefixes, ...infixes } = operators;

const methodEntries = Object.entries(methodTables).flatMap(([owner, table]) =>
  [...table.keys()].map((name) => `${owner}.${name}()`),
);

const typeEntries = javaTypes.flatMap(({ name, statics, constants, methods = new Map<string, never>(), construct }) => [
  ...[...statics.keys()].map((method) => `T(${name}).${method}()`),
  ...[...constants.keys()].map((constant) => `T(${name}).${constant}`),
  ...[...methods.keys()].map((method) => `${name}.${method}()`),
  ...(construct === undefined ? [] : [`new ${name}()`]),
]);

const functionEntries = [...builtInFunctions.keys(), ...executionFunctions({}, null).keys()].map(
  (name) => `#${name}()`,
);

/** Everything that the language knows, and every name that the page's examples define. */
const known: readonly string[] = [
  ...Object.keys(syntax).map((kind) => `syntax ${kind}`),
  ...['property', 'index', 'method', 'projection', 'selection'].map((kind) => `safe ${kind}`),
  ...Object.keys(selections).map((which) => `selection ${which}`),
  ...[...prefixes.keys()].map((word) => `prefix ${word}`),
  ...Object.values(infixes).flatMap((table) => [...table.keys()].map((word) => `operator ${word}`)),
  '#root',
  '#this',
  ...methodEntries,
  ...typeEntries,
  ...functionEntries,
  ...createScope().names(),
];

const textsOf = ({ input }: (typeof page.rows)[number]): readonly string[] =>
  typeof input === 'string' ? [input] : Object.entries(input ?? {}).flatMap((entry) => entry.map(String));

/** What a text uses; nothing where it is written wrongly on purpose. */
function usedBy(text: string, scope: Scope): readonly string[] {
  try {
    return entriesOf(text, scope);
  } catch {
    return [];
  }
}

describe('the reference of expressions', () => {
  it.each(page.rows.map((row) => [JSON.stringify(row.input), row] as const))('%s', (_, row) => {
    const { value, problems, needs } = evaluate(row.input, createScope());
    expect({ value, problems: problems.map(({ level, message }) => `${level}: ${message}`), needs }).toEqual({
      value: row.expected,
      problems: row.problems,
      needs: [],
    });
  });

  it('has a row for everything that the language knows', () => {
    const scope = createScope();
    const shown = new Set(page.rows.flatMap(textsOf).flatMap((text) => usedBy(text, scope)));
    expect(known.filter((entry) => !shown.has(entry))).toEqual([]);
  });

  it('states the limits as they are', () => {
    expect(page.limits).toEqual(Object.values(defaultLimits));
  });
});
