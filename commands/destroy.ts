import { planRemoval } from './support/remove-groups';
import type { Verb } from './support/verb';

const usage = '/cox destroy APPLICATION ENVIRONMENT[/REGION] vNNN [anyway=yes]';

/** Removes a server group for good. */
export const destroy: Verb = {
  name: 'destroy',
  usage,
  summary: 'remove a server group for good, never the last that serves',
  examples: ['/cox destroy foo prod v003', '/cox destroy foo prod/east foo-prod-v003'],
  options: ['anyway'],
  run: (words, command, world) =>
    planRemoval(
      {
        name: 'destroy',
        usage,
        label: 'Destroy',
        type: 'destroyServerGroup',
        operation: 'Destroying',
        lines: ['It is taken out of service and deleted: a rollback cannot go back to it any more.'],
        refuse: () => undefined,
      },
      words,
      command,
      world,
    ),
};
