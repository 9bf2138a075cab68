import type { Strategy } from './strategy';

/** Adds the new server group beside what is there, which is left alone: whatever fails, it serves as before. */
export const none: Strategy = {
  name: 'none',
  summary: ({ desiredCapacity }) => `${desiredCapacity} new, added beside what serves`,
  after: () => [],
  keepsWayBack: false,
};
