import type { StageContext } from '../model/execution';
import type { YamlObject } from './yaml-object';

function readOnFailure(fields: YamlObject): boolean | string | undefined {
  const ours = fields.get('onFailure');
  if (ours?.refusesExpression("Write rollback: { onFailure: '${…}' } instead.") === true) return undefined;
  if (ours !== undefined) return ours.oneOf(['rollback']) !== undefined;
  const spinnakers = fields
    .get('rollback')
    ?.object({ known: ['onFailure'] })
    ?.get('onFailure');
  return spinnakers?.orExpression(() => spinnakers.boolean());
}

/** `onFailure: rollback`, or Spinnaker's `rollback: { onFailure: true }`; nothing where neither asks for the way back. */
export function readRollback(fields: YamlObject): StageContext {
  if (fields.refuseBoth('onFailure', 'rollback')) return {};
  const onFailure = readOnFailure(fields);
  return onFailure === undefined || onFailure === false ? {} : { rollback: { onFailure } };
}
