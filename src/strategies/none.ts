import type { Strategy } from './strategy';

/** Adds the new server group beside what is there, which is left alone: whatever fails, it serves as before. */
export const none: Strategy = {
  name: 'none',
  summary: ({ desiredCapacity }) => `${desiredCapacity} new, added beside what serves`,
  promise:
    'The new server group stands beside what is there, which is not touched. One that does not come up goes out of service, is kept for diagnosis and then destroyed.',
  after: () => [],
  keepsWayBack: false,
};
