import { isAlias, isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml';
import type { YamlSource } from './yaml-source';
import type { YamlValue } from './yaml-value';

/** A text of a YAML file: a value or a key. */
export type YamlText = {
  readonly text: string;
  /** Reports at a column of the text, from 1. */
  readonly fail: (column: number, message: string) => void;
};

const opening = '${';
const countIn = (text: string): number => text.split(opening).length - 1;

function nthOpening(written: string, nth: number): number {
  let at = -1;
  for (let count = 0; count <= nth; count += 1) at = written.indexOf(opening, at + 1);
  return at;
}

/**
 * Where a column of a text stands in the file. Where the text is not written as it reads (folded, indented, escaped), that
 * is where its expression begins, or else the text.
 */
function offsetOf(scalar: Scalar, text: string, column: number, source: YamlSource): number {
  const [from, to] = scalar.range ?? [0, 0, 0];
  const written = source.text.slice(from, to);
  const opened = text.lastIndexOf(opening, column - 1);
  const start = opened === -1 ? 0 : opened;
  const at = opened === -1 ? written.indexOf(text) : nthOpening(written, countIn(text.slice(0, opened)));
  if (at === -1 || countIn(written) !== countIn(text)) return from;
  const before = text.slice(start, column - 1);
  return from + at + (written.startsWith(before, at) ? before.length : 0);
}

function textOfNode(node: Node | null, source: YamlSource): YamlText | undefined {
  if (!isScalar(node) || typeof node.value !== 'string') return undefined;
  const text = node.value;
  return { text, fail: (column, message) => source.report(offsetOf(node, text, column, source), message) };
}

/** The text that stands at a value; undefined for anything else. */
export const textOf = (value: YamlValue): YamlText | undefined => textOfNode(value.node, value.source);

function childrenOf(node: Node | null, source: YamlSource): readonly (Node | null)[] {
  if (isAlias(node)) return source.document === undefined ? [] : [node.resolve(source.document) ?? null];
  if (isMap(node)) return node.items.flatMap((pair) => [pair.key as Node | null, pair.value as Node | null]);
  return isSeq(node) ? (node.items as readonly (Node | null)[]) : [];
}

function textsBelowNodes(nodes: readonly (Node | null)[], source: YamlSource): readonly YamlText[] {
  const texts: YamlText[] = [];
  const waiting = [...nodes];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    const text = textOfNode(node, source);
    if (text !== undefined) texts.push(text);
    waiting.push(...childrenOf(node, source));
  }
  return texts;
}

/** All texts at and below a value, keys included, in no order. */
export const textsBelow = ({ node, source }: YamlValue): readonly YamlText[] => textsBelowNodes([node], source);

/** The same for each item of a list, or each key of a map with its value, in the order of the file. */
export function textsOfItems({ node, source }: YamlValue): readonly (readonly YamlText[])[] {
  if (isMap(node)) {
    return node.items.map((pair) => textsBelowNodes([pair.key as Node | null, pair.value as Node | null], source));
  }
  return isSeq(node) ? node.items.map((item) => textsBelowNodes([item as Node | null], source)) : [];
}
