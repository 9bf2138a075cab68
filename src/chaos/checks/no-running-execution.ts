import type { ChaosCheck } from '../check';

/** Nothing is under way in the application but the kill itself: no other kill either, of whatever group. */
export const noRunningExecution: ChaosCheck = {
  name: 'noRunningExecution',
  refusal: async ({ reading, executionId }) => {
    const other = (await reading.running()).find(({ id }) => id !== executionId);
    return other && `'${other.name}' is under way.`;
  },
};
