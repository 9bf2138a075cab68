import { z } from 'zod';
import type { EvaluateValue, Evaluated } from '../engine/contracts/stage';
import type { Problem } from '../engine/expressions';
import type { StageContext } from '../model/execution';
import { defineStage } from '../services';

const variable = z.looseObject({
  key: z.string().min(1).describe('Its name in expressions.'),
  value: z.unknown().optional().describe('Its value, mostly with an expression in it.'),
});
const config = z.looseObject({
  variables: z.array(variable).default([]).describe('The variables in order; each sees those above it.'),
});

const keyProblem = (index: number, message: string): Problem => ({
  level: 'ERROR',
  path: `variables[${index}].key`,
  column: 1,
  expression: '',
  message,
});

/** Why an evaluated key cannot name a variable; undefined where it can. */
function refuseKey(key: unknown, index: number): Problem | undefined {
  if (typeof key !== 'string' || key === '') return keyProblem(index, 'a key must be a text that is not empty');
  return key === '__proto__' ? keyProblem(index, "'__proto__' cannot be a key") : undefined;
}

/** Whether a variable may read one of those that are not known yet; certain is only that others do not. */
function mayRead(written: z.infer<typeof variable>, unknown: readonly string[]): boolean {
  const text = JSON.stringify([written.key, written.value]);
  return unknown.length > 0 && [...unknown, '#root'].some((name) => text.includes(name));
}

/**
 * One after the other, so that a later variable sees the earlier ones (semantics §4.4); none is evaluated that may read one
 * which waits for something fetched.
 */
function evaluateInOrder(context: StageContext, evaluate: EvaluateValue): Evaluated<StageContext> {
  const { variables, ...others } = context;
  const rest = evaluate(others, '') as Evaluated<StageContext>;
  // What is no list of variables stays as it is, and is refused as such.
  const list = config.safeParse(context).data?.variables;
  if (list === undefined) return { ...rest, value: { ...rest.value, variables } };
  const problems: Problem[] = [...rest.problems];
  const names: Record<string, unknown> = {};
  const unknown: string[] = [];
  const evaluated = list.map((written, index) => {
    const one = mayRead(written, unknown)
      ? undefined
      : (evaluate(written, `variables[${index}]`, names) as Evaluated<z.infer<typeof variable>>);
    if (one === undefined || one.isOpen) {
      // A key with an expression in it may become any name.
      unknown.push(written.key.includes('${') ? '' : written.key);
      return written;
    }
    const refused = refuseKey(one.value.key, index);
    problems.push(...one.problems, ...(refused === undefined ? [] : [refused]));
    if (refused !== undefined) return { ...one.value, key: written.key };
    names[one.value.key] = one.value.value;
    return one.value;
  });
  return { value: { ...rest.value, variables: evaluated }, problems, isOpen: rest.isOpen || unknown.length > 0 };
}

/** Puts out each variable under its key, for the stages after it. */
export const evaluateVariables = defineStage({
  type: 'evaluateVariables',
  about: {
    summary: 'Gives names to values for the stages after it.',
    puts: { '<key>': 'Each variable under its own key.' },
    cancel: 'Ends at once; there is nothing to undo.',
    restart: 'Evaluates the expressions as they were written, anew.',
  },
  needs: [],
  config,
  evaluate: evaluateInOrder,
  tasks: [
    {
      name: 'evaluateVariables',
      timeoutMs: 60_000,
      timeoutFromStage: false,
      run({ stage }) {
        const { variables } = config.parse(stage.context);
        const outputs = Object.fromEntries(variables.map(({ key, value }) => [key, value]));
        return Promise.resolve({ status: 'SUCCEEDED', outputs });
      },
    },
  ],
  render: (stage) =>
    config
      .parse(stage.context)
      .variables.map(({ key }) => key)
      .join(', '),
});
