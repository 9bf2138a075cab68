import { z } from 'zod';
import type { EvaluateValue, Evaluated } from '../engine/contracts/stage';
import type { Problem } from '../engine/expressions';
import type { StageContext } from '../model/execution';
import { defineStage } from '../services';

const variable = z.looseObject({ key: z.string().min(1), value: z.unknown().optional() });
const config = z.looseObject({ variables: z.array(variable).default([]) });

/** One after the other, so that a later variable sees the earlier ones (semantics §4.4). */
function evaluateInOrder(context: StageContext, evaluate: EvaluateValue): Evaluated<StageContext> {
  const { variables, ...others } = context;
  const rest = evaluate(others, '') as Evaluated<StageContext>;
  const problems: Problem[] = [...rest.problems];
  const names: Record<string, unknown> = {};
  // What is no list of variables stays as it is, and is refused as such.
  const list = config.safeParse(context).data?.variables;
  if (list === undefined) return { value: { ...rest.value, variables }, problems };
  const evaluated = list.map((written, index) => {
    const { value, problems: found } = evaluate(written, `variables[${index}]`, names);
    problems.push(...found);
    const { key, value: result } = variable.parse(value);
    // Not an assignment: a variable may be called __proto__.
    Object.defineProperty(names, key, { value: result, enumerable: true, configurable: true, writable: true });
    return value;
  });
  return { value: { ...rest.value, variables: evaluated }, problems };
}

/** Puts out each variable under its key, for the stages after it. */
export const evaluateVariables = defineStage({
  type: 'evaluateVariables',
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
