import type { Strategy } from './strategy';

/** Adds the new server group beside what is there. */
export const none: Strategy = {
  name: 'none',
  summary: 'added beside what serves',
  after: () => [],
  keepsWayBack: false,
};
