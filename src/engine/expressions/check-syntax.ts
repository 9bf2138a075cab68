import { compile } from './compile';
import { ExpressionError } from './expression-error';
import { executionFunctions } from './functions/execution-functions';
import { findFunction } from './functions';
import { makeMap } from './read';
import { defaultLimits } from './limits';
import { checkMethodName, checkStaticMethod } from './methods';
import { splitText, type TextPart } from './split-text';
import { childrenOf } from './syntax/children-of';
import type { Node } from './syntax/node';
import { readTree } from './syntax/read-tree';
import { constructorOf, referTo } from './types';

/** A mistake in an expression that can be seen without evaluating it. */
export type SyntaxProblem = {
  /** In the text, from 1. */
  readonly column: number;
  /** As written, without `${}`; from where it begins to the text's end where it is not closed. */
  readonly expression: string;
  readonly message: string;
};

const functionsOfExecutions = executionFunctions(makeMap([]), null);

/** Throws for what does not exist, whatever the values are. */
function checkNode(node: Node): void {
  if (node.kind === 'function') findFunction(node.name, node.args.length, functionsOfExecutions);
  else if (node.kind === 'type') referTo(node.name);
  else if (node.kind === 'new') constructorOf(node.name, node.args.length);
  else if (node.kind === 'method' && node.of?.kind === 'type') checkStaticMethod(node.of.name, node.name);
  else if (node.kind === 'method') checkMethodName(node.name);
}

function errorOf(check: () => void, at: number): { readonly at: number; readonly message: string } | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    // JavaScript's own words say nothing to whoever wrote the expression.
    if (!(error instanceof ExpressionError)) return { at, message: 'this cannot be evaluated' };
    return { at: error.at ?? at, message: error.message };
  }
}

function checkTree(node: Node): readonly { readonly at: number; readonly message: string }[] {
  const below = childrenOf(node).flatMap(checkTree);
  // What hangs on a type that does not exist is no second mistake.
  const own = below.length > 0 && node.kind === 'method' ? undefined : errorOf(() => checkNode(node), node.at);
  return own === undefined ? below : [own, ...below];
}

function checkExpression(text: string, offset: number): readonly SyntaxProblem[] {
  // Compiling refuses what nests too deeply to be walked over.
  const unread = errorOf(() => compile(text, defaultLimits), 0);
  const errors = unread === undefined ? checkTree(readTree(text, defaultLimits)) : [unread];
  return errors.map(({ at, message }) => ({ column: offset + at + 1, expression: text, message }));
}

/**
 * What is wrong in a text's expressions, in their order, seen without evaluating them: what cannot be read; functions,
 * types and methods that do not exist; arguments too many or too few. A text without expressions has no problems.
 */
export function checkSyntax(text: string): readonly SyntaxProblem[] {
  let parts: readonly TextPart[] = [];
  const unsplit = errorOf(() => (parts = splitText(text)), 0);
  if (unsplit !== undefined) {
    const { at, message } = unsplit;
    return [{ column: at + 1, expression: text.slice(at), message }];
  }
  return parts.flatMap((part) => (part.kind === 'literal' ? [] : checkExpression(part.text, part.offset)));
}

/** As `checkSyntax`, for a text that is an expression without `${}`. */
export function checkBareSyntax(expression: string): readonly SyntaxProblem[] {
  if (expression.trim() !== '') return checkExpression(expression, 0);
  return [{ column: 1, expression, message: 'there is no expression' }];
}
