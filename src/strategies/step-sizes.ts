/** How many instances of the new and of the old group there are at one step. */
export type StepSizes = { readonly percentage: number; readonly fresh: number; readonly old: number };

const isPercentage = (value: number): boolean => Number.isFinite(value) && value > 0 && value <= 100;

/** The steps of a rolling deployment in their order; the last is 100 % (semantics §5). @default [50, 100] */
export function percentagesOf(written: readonly unknown[] | undefined): readonly number[] {
  const given = [...new Set((written ?? [50]).map(Number).filter(isPercentage))].sort((a, b) => a - b);
  return given.at(-1) === 100 ? given : [...given, 100];
}

/**
 * The sizes at a step of p % from M old instances to N new ones: ⌈p·N/100⌉ new, and M − ⌈p·M/100⌉ old (decisions 3). For 6
 * and 6 in steps of 50 and 100 %: 3 new and 3 old, 6 new and 0 old. New and old together are never fewer than min(N, M):
 * ⌈p·N/100⌉ + M − ⌈p·M/100⌉ is at least M for N ≥ M, and at least N otherwise.
 */
export const stepSizes = (percentage: number, full: number, old: number): StepSizes => ({
  percentage,
  fresh: Math.max(1, Math.ceil((percentage * full) / 100)),
  old: old - Math.ceil((percentage * old) / 100),
});
