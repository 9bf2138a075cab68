import type { ChaosCheck } from '../check';

/** Nobody has stopped everything. */
export const noStop: ChaosCheck = { name: 'noStop', refusal: ({ reading }) => reading.stopped() };
