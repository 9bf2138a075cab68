import { invoke, readIndex, readProperty } from './access';
import { callFunction } from './functions';
import { makeMap, refuseName } from './read';
import { binaryWorks, unaryWorks } from './operators';
import type { Run } from './run';
import { project, select } from './select';
import type { Body, Work } from './step';
import type { Node, NodeOf } from './syntax/node';
import { convertedText } from './to-text';
import { construct, referTo } from './types';
import { isMap, real, type Value } from './value';

/** What bare names mean: names of the current element (or the root), or of the root, as inside an index. */
export type Base = 'self' | 'root';

/** A part that is evaluated before the step. */
export type Operand = { readonly node: Node; readonly base: Base };

/** What to do for a node once its operands have their values. */
export type Operation = { readonly operands: readonly Operand[]; readonly work: Work };

/** A node that is a step; literals, `and`, `or` and `?:` are expr-eval's own. */
export type StepNode = Exclude<Node, NodeOf<'literal' | 'logical' | 'ternary'>>;

type BodyOf = (node: Node, base: Base) => Body;
type Describe<Kind extends Node['kind']> = (node: NodeOf<Kind>, base: Base, bodyOf: BodyOf) => Operation;

const all = (nodes: readonly Node[], base: Base): readonly Operand[] => nodes.map((node) => ({ node, base }));

/** The value that a method, index or the like belongs to: `#this` where none is written. */
const owner = (of: Node | undefined, at: number, base: Base): Operand => ({
  node: of ?? { kind: 'variable', at, name: 'this' },
  base,
});

function readName(run: Run, name: string): Value {
  return run.hasFocus() ? readProperty(run.self(), name, false, run) : run.lookup(name);
}

function readVariable(run: Run, name: string): Value {
  if (name === 'root') return run.root();
  refuseName(name);
  return name === 'this' ? run.self() : run.miss({ name: `#${name}`, known: () => [] });
}

function readKey(run: Run, target: Value, name: string, isSafe: boolean): Value {
  if (isMap(target) || target === null) return readIndex(target, name, isSafe, run);
  return readIndex(target, run.lookup(name), isSafe, run);
}

function makeList(run: Run, items: readonly Value[]): Value {
  run.budget.makeItems(items.length);
  return items;
}

function makePairs(run: Run, parts: readonly Value[]): Value {
  run.budget.makeItems(parts.length);
  const pairs = Array.from({ length: parts.length / 2 }, (_, index) => {
    const [key = null, value = null] = parts.slice(index * 2, index * 2 + 2);
    return [convertedText(key, run.budget), value] as const;
  });
  return makeMap(pairs);
}

/** A bare name as a key is its text. */
const keyNode = (key: Node): Node =>
  key.kind === 'name' ? { kind: 'literal', at: key.at, value: key.name, isReal: false } : key;

/** A bare name as an index is a key where a map is indexed, as in SpEL, and a name of the root elsewhere. */
const describeIndex: Describe<'index'> = ({ at, of, index, isSafe }, base) => {
  const target = owner(of, at, base);
  if (index.kind !== 'name') {
    const work: Work = (run, value = null, position = null) => readIndex(value, position, isSafe, run);
    return { operands: [target, { node: index, base: 'root' }], work };
  }
  return { operands: [target], work: (run, value = null) => readKey(run, value, index.name, isSafe) };
};

const operations: { readonly [Kind in StepNode['kind']]: Describe<Kind> } = {
  name: ({ name }, base) => ({
    operands: [],
    work: base === 'self' ? (run) => readName(run, name) : (run) => run.lookup(name),
  }),
  variable: ({ name }) => ({ operands: [], work: (run) => readVariable(run, name) }),
  unary: ({ operator, operand }, base) => ({ operands: all([operand], base), work: unaryWorks[operator] }),
  binary: ({ operator, left, right }, base) => ({ operands: all([left, right], base), work: binaryWorks[operator] }),
  elvis: ({ value, otherwise }, base, bodyOf) => {
    const body = bodyOf(otherwise, base);
    return {
      operands: all([value], base),
      work: (run, left = null) => (left === null || left === '' ? body(run) : left),
    };
  },
  list: ({ items }, base) => ({ operands: all(items, base), work: (run, ...values) => makeList(run, values) }),
  map: ({ entries }, base) => ({
    operands: all(
      entries.flatMap(([key, value]) => [keyNode(key), value]),
      base,
    ),
    work: (run, ...parts) => makePairs(run, parts),
  }),
  property: ({ of, name, isSafe }, base) => ({
    operands: all([of], base),
    work: (run, value = null) => readProperty(value, name, isSafe, run),
  }),
  index: describeIndex,
  method: ({ at, of, name, args, isSafe }, base) => ({
    operands: [owner(of, at, base), ...all(args, 'self')],
    work: (run, value = null, ...values) => invoke(value, name, isSafe, values, run),
  }),
  function: ({ name, args }) => ({
    operands: all(args, 'self'),
    work: (run, ...values) => callFunction(name, values, run),
  }),
  type: ({ name }) => ({ operands: [], work: () => referTo(name) }),
  new: ({ name, args }) => ({ operands: all(args, 'self'), work: (run, ...values) => construct(name, values, run) }),
  projection: ({ of, body, isSafe }, base, bodyOf) => {
    const each = bodyOf(body, 'self');
    return { operands: all([of], base), work: (run, list = null) => project(list, each, isSafe, run) };
  },
  selection: ({ of, body, which, isSafe }, base, bodyOf) => {
    const condition = bodyOf(body, 'self');
    return { operands: all([of], base), work: (run, list = null) => select(list, condition, which, isSafe, run) };
  },
};

/** Makes a whole number one that Java would hold as a double: 2.0. */
export const makeReal =
  (value: number): Work =>
  () =>
    real(value);

/** What a node does, and with which operands. Bodies, evaluated by the step itself, are made with `bodyOf`. */
export const operationOf = (node: StepNode, base: Base, bodyOf: BodyOf): Operation =>
  operations[node.kind](node as never, base, bodyOf);
