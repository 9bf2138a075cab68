import { ExpressionError } from './expression-error';
import { splitText } from './split-text';

/** The expression that a text is as a whole, without `${}`; undefined where more stands around it, or none. */
export function wholeExpression(text: string): string | undefined {
  try {
    const [first, ...rest] = splitText(text);
    return first?.kind === 'expression' && rest.length === 0 ? first.text : undefined;
  } catch (error) {
    if (error instanceof ExpressionError) return undefined;
    throw error;
  }
}
