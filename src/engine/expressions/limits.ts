/** How much one expression may do; everything is counted, nothing is timed. */
export type Limits = {
  /** Characters of one expression, without `${}`. */
  readonly length: number;
  /** Words, numbers, texts and signs of one expression. */
  readonly tokens: number;
  /** How deeply an expression or a value may nest. */
  readonly depth: number;
  /** Steps: one for every operation and every element looked at, and one for every 64 characters. */
  readonly steps: number;
  /** Characters of any text that is made. */
  readonly text: number;
  /** Elements of any list or map that is made. */
  readonly items: number;
  /** Values inside a result, counted through all levels. */
  readonly nodes: number;
  /** Characters times size of the pattern, over all matching. */
  readonly patternSteps: number;
};

/** What is allowed where the scope says nothing else; measured to stay below 50 ms. */
export const defaultLimits: Limits = {
  length: 10_000,
  tokens: 3_000,
  depth: 100,
  steps: 30_000,
  text: 500_000,
  items: 10_000,
  nodes: 50_000,
  patternSteps: 300_000,
};
