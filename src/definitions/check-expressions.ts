import { checkBareSyntax, checkSyntax, wholeExpression, type SyntaxProblem } from '../engine/expressions';
import { textOf, textsBelow, type YamlText } from './yaml-text';
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

/**
 * Reads a condition: an expression without `${ }` around it, which are taken off where they stand. What is wrong in it is
 * reported.
 */
export function readCondition(value: YamlValue): string | undefined {
  const text = value.text('an expression');
  const at = textOf(value);
  if (text === undefined || at === undefined) return undefined;
  if (!text.includes('${')) {
    for (const problem of checkBareSyntax(text)) report(at, problem, 'Correct it.');
    return text;
  }
  const whole = wholeExpression(text.trim());
  // Text that is made of values and then read as an expression would run whatever the values hold.
  if (whole === undefined && checkSyntax(text).length === 0) {
    return value.fail(`${value.label} is one expression as a whole. Write it without \${ }, such as: a == 'b'`);
  }
  return whole?.trim();
}
