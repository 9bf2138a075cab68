import { Parser } from 'expr-eval';
import { emptyMemo, type Json, type Scope } from '../../src/engine/expressions';

/** An expression in both languages, new for every number. */
export type ExpressionCase = {
  readonly name: string;
  /** As a pipeline holds it. */
  readonly ours: (id: number) => string;
  /** The same for expr-eval, as a person would write it. */
  readonly theirs: (id: number) => string;
};

/** What people write into pipelines. */
export const expressionCases: readonly ExpressionCase[] = [
  {
    name: 'comparison',
    ours: (id) => `\${deploy.context.capacity.desired > ${id}}`,
    theirs: (id) => `deploy.context.capacity.desired > ${id}`,
  },
  {
    name: 'condition',
    ours: (id) => `\${parameters['region'] == 'east-${id}' && trigger.buildNumber >= 5}`,
    theirs: (id) => `parameters.region == 'east-${id}' and trigger.buildNumber >= 5`,
  },
  {
    name: 'arithmetic',
    ours: (id) => `\${(trigger.buildNumber + ${id}) * 3 - parameters.canary % 7}`,
    theirs: (id) => `(trigger.buildNumber + ${id}) * 3 - parameters.canary % 7`,
  },
  {
    name: 'ternary',
    ours: (id) => `\${parameters.isProduction ? 'blue-${id}' : 'green'}`,
    theirs: (id) => `parameters.isProduction ? 'blue-${id}' : 'green'`,
  },
  {
    name: 'text',
    ours: (id) => `\${'v' + trigger.version + '-' + trigger.branch + '-${id}'}`,
    theirs: (id) => `'v' || trigger.version || '-' || trigger.branch || '-${id}'`,
  },
  {
    name: 'call',
    ours: (id) => `\${trigger.branch.toUpperCase().replace('/', '-${id}-')}`,
    theirs: (id) => `replace(upper(trigger.branch), '/', '-${id}-')`,
  },
];

/** What the expressions of the cases see. */
export const context: Readonly<Record<string, Json>> = {
  deploy: { context: { capacity: { desired: 4, min: 2, max: 6 }, cluster: 'foo-prod' } },
  parameters: { region: 'east-1', canary: 25, isProduction: true },
  trigger: { buildNumber: 417, version: '1.42.0', branch: 'feature/fast', user: 'ada' },
};

/** The context as the evaluator sees it. */
export const scopeOf = (seen: Readonly<Record<string, Json>>): Scope => ({
  lookup: (name) => (Object.hasOwn(seen, name) ? seen[name] : undefined),
  names: () => Object.keys(seen),
  root: () => seen,
  functions: new Map(),
  memo: emptyMemo,
  now: 0,
  unknown: 'null',
});

/** expr-eval as it comes, with two functions that its language lacks. */
export function createBaseline(): Parser {
  const parser = new Parser();
  const functions = parser.functions as Record<string, unknown>;
  functions.upper = (text: string) => text.toUpperCase();
  functions.replace = (text: string, from: string, to: string) => text.replaceAll(from, to);
  return parser;
}
