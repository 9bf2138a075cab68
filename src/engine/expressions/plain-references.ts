import { compile } from './compile';
import { ExpressionError } from './expression-error';
import { defaultLimits } from './limits';
import { splitText, type TextPart } from './split-text';
import type { Node } from './syntax/node';
import { readTree } from './syntax/read-tree';

/** An expression that is nothing but a name or a path, so that it has a value only where that name has one. */
export type PlainReference = {
  /** Of the name, in the text, from 1. */
  readonly column: number;
  /** As written, without `${}`. */
  readonly expression: string;
  /** The name, and the keys and positions behind it: `a.b['c'][0]` is a, b, c, 0. */
  readonly path: readonly [string, ...string[]];
};

type Path = { readonly at: number; readonly keys: readonly [string, ...string[]] };

/** The key that an index is, whatever the values are; undefined for one that is computed. */
function keyOf(index: Node): string | undefined {
  if (index.kind === 'name') return index.name;
  return index.kind === 'literal' && index.value !== null ? String(index.value) : undefined;
}

/** Undefined for anything that does more than follow a path, and for `?.`, which allows that nothing is there. */
function pathOf(node: Node): Path | undefined {
  if (node.kind === 'name') return { at: node.at, keys: [node.name] };
  if ((node.kind !== 'property' && node.kind !== 'index') || node.isSafe || node.of === undefined) return undefined;
  const path = pathOf(node.of);
  const key = node.kind === 'property' ? node.name : keyOf(node.index);
  return path === undefined || key === undefined ? undefined : { at: path.at, keys: [...path.keys, key] };
}

/** What `read` gives; undefined where an expression cannot be read. */
function ifReadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ExpressionError) return undefined;
    throw error;
  }
}

function referenceOf(expression: string, offset: number): PlainReference | undefined {
  const path = ifReadable(() => {
    // Compiling refuses what nests too deeply to be walked over.
    compile(expression, defaultLimits);
    return pathOf(readTree(expression, defaultLimits));
  });
  return path === undefined ? undefined : { column: offset + path.at + 1, expression, path: path.keys };
}

/** The plain references among a text's expressions, in their order; those that cannot be read are left out. */
export function plainReferences(text: string): readonly PlainReference[] {
  const parts = ifReadable((): readonly TextPart[] => splitText(text)) ?? [];
  return parts.flatMap((part) => (part.kind === 'literal' ? [] : (referenceOf(part.text, part.offset) ?? [])));
}

/** As `plainReferences`, for a text that is an expression without `${}`. */
export const barePlainReference = (expression: string): PlainReference | undefined => referenceOf(expression, 0);
