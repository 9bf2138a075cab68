import type { Step } from '../step';

/** How long a kill is kept as history: 90 days. */
const keptMs = 90 * 24 * 3_600_000;

/** It is over, and kept for a while. */
export const over: Step<'ended'> = (_world, { state }, now) =>
  Promise.resolve(now >= state.at + keptMs ? { forget: true } : { again: state.at + keptMs - now });
