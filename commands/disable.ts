import { isDisabled } from '../src/model/server-group';
import type { View } from '../src/model/view';
import type { NamedGroup } from './support/find-group';
import { planRemoval } from './support/remove-groups';
import type { Verb } from './support/verb';

const usage = '/cox disable APPLICATION ENVIRONMENT[/REGION] vNNN [anyway=yes]';

function refuseDisabled(named: readonly NamedGroup[]): View | undefined {
  if (!named.every(({ group }) => isDisabled(group))) return undefined;
  const [name = ''] = named.map(({ group }) => group.name);
  return { headline: `${name} is out of service already.`, tone: 'neutral', lines: ['Nothing was started.'] };
}

/** Takes a server group out of service and keeps it. */
export const disable: Verb = {
  name: 'disable',
  usage,
  summary: 'take a server group out of service and keep it, never the last that serves',
  examples: ['/cox disable foo prod v003', '/cox disable foo prod/east foo-prod-v003'],
  options: ['anyway'],
  run: (words, command, world) =>
    planRemoval(
      {
        name: 'disable',
        usage,
        label: 'Disable',
        type: 'disableServerGroup',
        operation: 'Disabling',
        lines: ['It is scaled to 0 and kept; enable brings it back at the size it has now.'],
        refuse: refuseDisabled,
      },
      words,
      command,
      world,
    ),
};
