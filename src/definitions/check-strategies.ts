import { commonFields, failureChoices } from './common-fields';
import type { YamlValue } from './yaml-value';

/** What a deploy of a strategy may say: all else the deploy says that runs the strategy. */
const ofDeploy = [...Object.keys(commonFields.shape), ...Object.keys(failureChoices.shape), 'keepFailed'];

/** Refuses what a deploy of a strategy pipeline cannot decide: `value` is the list of its stages. */
export function checkStrategyStages(value: YamlValue): void {
  const stages = value.isList ? (value.list() ?? []) : [];
  for (const stage of stages) {
    const fields = stage.isObject ? stage.object({ known: undefined }) : undefined;
    if (fields?.get('type')?.data() !== 'deploy') continue;
    for (const [name, field] of fields.entries()) {
      if (ofDeploy.includes(name)) continue;
      field.failAtKey(
        `'${name}' cannot stand in a strategy: its deploy creates what the deploy describes that uses the strategy. Remove it.`,
      );
    }
  }
}
