/** Why something does not come up: sentences for people, and the last lines that it wrote where there are any. */
export type Diagnosis = {
  readonly reasons: readonly string[];
  /** Literal output of a machine (a task's stderr); absent where nothing was written or read. */
  readonly output?: string;
};

const isText = (value: unknown): value is string => typeof value === 'string';

/** Reads a diagnosis that was kept as plain JSON; undefined for anything else. */
export function readDiagnosis(value: unknown): Diagnosis | undefined {
  if (typeof value !== 'object' || value === null || !('reasons' in value) || !Array.isArray(value.reasons))
    return undefined;
  const reasons = value.reasons.filter(isText);
  return 'output' in value && isText(value.output) ? { reasons, output: value.output } : { reasons };
}
