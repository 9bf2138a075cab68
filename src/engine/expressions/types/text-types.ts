import { ExpressionError } from '../expression-error';
import { methodTable, textArg } from '../method';
import { stringStatics } from '../methods/string-methods';
import type { Value } from '../value';
import type { JavaType } from './type-reference';

/** `java.lang.String`. */
export const stringType: JavaType = {
  name: 'java.lang.String',
  statics: stringStatics,
  constants: new Map(),
  construct: { minArgs: 0, maxArgs: 1, call: (_, args) => (args.length === 0 ? '' : textArg(args, 0)) },
  isInstance: (value) => typeof value === 'string',
};

// Half of a surrogate pair has no UTF-8; Java writes a question mark.
function encode(args: readonly Value[]): string {
  if (args.length > 1 && !/^utf-?8$/i.test(textArg(args, 1))) throw new ExpressionError('only UTF-8 is known');
  return encodeURIComponent(
    textArg(args, 0).replaceAll(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '?'),
  )
    .replaceAll(/[!'()~]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

/** `java.net.URLEncoder`: the encoding of forms, where a space is a plus. */
export const urlEncoderType: JavaType = {
  name: 'java.net.URLEncoder',
  statics: methodTable<null>([
    [
      'encode',
      1,
      2,
      (_, args, run) => {
        run.budget.makeText(textArg(args, 0).length * 9);
        return encode(args);
      },
    ],
  ]),
  constants: new Map(),
  isInstance: () => false,
};
