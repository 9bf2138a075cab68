import type { YamlObject } from './yaml-object';

/** A duration in our words and in Spinnaker's field of seconds; `min` is the least of those. */
export type DurationKeys = { readonly ours: string; readonly spinnakers: string; readonly min?: number };

/** Seconds, or the expression that gives them; undefined where neither field stands there, or both do. */
export function readSeconds(
  fields: YamlObject,
  { ours, spinnakers, min = 0 }: DurationKeys,
): number | string | undefined {
  if (fields.refuseBoth(ours, spinnakers)) return undefined;
  const seconds = fields.get(spinnakers);
  if (seconds !== undefined) return seconds.orExpression(() => seconds.integer({ min }));
  const instead = `Write ${spinnakers} instead, in seconds: ${spinnakers}: '\${…}'`;
  const durationMs = fields.get(ours)?.durationMs(instead);
  return durationMs === undefined ? undefined : durationMs / 1000;
}
