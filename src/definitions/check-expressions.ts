import { checkSyntax, type SyntaxProblem } from '../engine/expressions';
import { textsBelow, type YamlText } from './yaml-text';
import type { YamlValue } from './yaml-value';

/** What to do where `${ }` was not meant to be an expression. */
export const literalAdvice = (expression: string): string => {
  const shown = /^[^'\n]{1,40}$/.test(expression) ? expression : '…';
  return `Where the text itself is meant, write \${'\${${shown}}'}.`;
};

/** A sentence of what is wrong in an expression. */
export const describeProblem = (message: string): string =>
  `This expression does not work: ${message}${message.endsWith('?') ? '' : '.'}`;

function report(at: YamlText, { column, message }: SyntaxProblem, advice: string): void {
  at.fail(column, `${describeProblem(message)} ${advice}`);
}

/** Reports what is wrong in the expressions of all texts at and below a value, keys included. */
export function checkExpressions(value: YamlValue): void {
  for (const at of textsBelow(value)) {
    for (const problem of checkSyntax(at.text)) report(at, problem, `Correct it. ${literalAdvice('…')}`);
  }
}
