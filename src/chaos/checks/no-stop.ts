import type { ChaosCheck } from '../check';

/** Nobody has stopped everything, nor since the kill was let go: a stop may be lifted before anybody has looked. */
export const noStop: ChaosCheck = {
  name: 'noStop',
  refusal: async ({ world, reading, lastStop }) => {
    const stopped = await reading.stopped();
    if (stopped !== undefined || lastStop === undefined) return stopped;
    return (await world.lastStop()) === lastStop ? undefined : 'Everything was stopped since it was let go.';
  },
};
