import { readCondition } from './check-expressions';
import type { YamlValue } from './yaml-value';

/** When a stage runs, as Spinnaker writes it; the expression has no `${ }` around it. */
export type StageEnabled = { readonly type: 'expression'; readonly expression: string };

/** Where the condition stands; undefined where it is missing. */
export const stageEnabledExpression = (value: YamlValue): YamlValue | undefined =>
  value.isObject ? value.object({ known: ['type', 'expression'] })?.get('expression') : value;

/** Reads `stageEnabled`: Spinnaker's map, or only its expression. */
export function readStageEnabled(value: YamlValue): StageEnabled | undefined {
  if (value.isObject) {
    const fields = value.object({ known: ['type', 'expression'] });
    fields?.require('type', 'type: expression')?.oneOf(['expression']);
    fields?.require('expression', "expression: parameters.smoke == 'yes'");
  }
  const at = stageEnabledExpression(value);
  const expression = at === undefined ? undefined : readCondition(at);
  return expression === undefined ? undefined : { type: 'expression', expression };
}
