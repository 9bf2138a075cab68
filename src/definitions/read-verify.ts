import type { StageContext } from '../model/execution';
import { readRollback } from './read-rollback';
import { readSeconds } from './read-seconds';
import type { YamlObject } from './yaml-object';

const checks = ['healthy', 'noRestarts'] as const;

/** The keys of how something is watched. */
export const watchKeys: readonly string[] = ['for', 'durationSec', 'checks', 'tolerance', 'toleranceSec'];
/** The keys of a verify stage. */
export const verifyKeys: readonly string[] = [...watchKeys, 'regions', 'onFailure', 'rollback'];

function readChecks(fields: YamlObject): readonly string[] | undefined {
  const value = fields.get('checks');
  const found = value?.texts((item) => item.oneOf(checks));
  if (value?.isList === true && value.list()?.length === 0) {
    value.fail(`${value.label} names nothing to check. Leave it out for both, or name one: [healthy]`);
  }
  return found;
}

/** How long something is watched, for what, and how much is tolerated. */
export const readWatch = (fields: YamlObject): StageContext => ({
  durationSec: readSeconds(fields, { ours: 'for', spinnakers: 'durationSec', min: 1 }),
  checks: readChecks(fields),
  toleranceSec: readSeconds(fields, { ours: 'tolerance', spinnakers: 'toleranceSec' }),
});

/** Reads a stage that watches what was deployed. */
export function readVerify(fields: YamlObject): StageContext {
  if (fields.get('durationSec') === undefined) fields.require('for', 'for: 10m');
  return { ...readWatch(fields), regions: fields.get('regions')?.texts(), ...readRollback(fields) };
}
