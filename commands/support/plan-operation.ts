import type { PipelineStage } from '../../src/model/application';
import type { Command } from '../../src/model/command';
import { countServing, imageVersion, locationName, type ServerGroup } from '../../src/model/server-group';
import type { Text } from '../../src/model/text';
import type { View } from '../../src/model/view';
import { draftExecution, inSequence } from './draft';
import type { NamedGroup } from './find-group';
import { placesText } from './find-target';
import { factsOf, groupLine, type LivePlace } from './live-groups';
import type { OpenTarget } from './open-target';
import type { PlanCard } from './verb';

/** One operation on server groups of one name, a stage for each place in which it is. */
export type Operation = {
  /** `Destroy`: begins the name of the execution and of its stages, and names the button. */
  readonly label: string;
  readonly type: string;
  readonly named: readonly NamedGroup[];
  /** What the stage is told beside the place, the cluster and the group. */
  readonly context?: PipelineStage['context'];
  /** How many instances more, or fewer, serve in a place afterwards. */
  readonly change: (named: NamedGroup) => number;
  readonly lines: readonly Text[];
};

const servingIn = ({ groups }: LivePlace): number => groups.reduce((sum, group) => sum + countServing(group), 0);

/** `4 serve now, 2 after`. */
export function servingText(place: LivePlace, change: number): string {
  const now = servingIn(place);
  return change === 0 ? `${now} serve now and after` : `${now} serve now, ${Math.max(0, now + change)} after`;
}

/** The plan of an operation: what it does to what serves, in numbers. */
export function planOperation(target: OpenTarget, operation: Operation, command: Command): PlanCard {
  const { label, type, named, context = {}, change, lines } = operation;
  const { application, environment, cluster, places } = target;
  const locations = named.map(({ place }) => place.location);
  const [name = ''] = named.map(({ group }) => group.name);
  const where = placesText(locations);
  const draft = draftExecution({
    kind: 'operation',
    name: `${label} ${name} in ${where}`,
    application,
    environment,
    locations,
    stages: inSequence(
      named.map(({ place: { location }, group }) => ({
        type,
        name: `${label} ${group.name} in ${locationName(location)}`,
        context: { location, cluster, serverGroupName: group.name, ...context },
      })),
    ),
    command,
    toVersion: versionsText(named.map(({ group }) => group)),
  });
  const view: View = {
    headline: [`${label} `, { strong: name }, ` in ${where}`],
    tone: 'neutral',
    lines,
    facts: named.map((each) => ({
      label: locationName(each.place.location),
      value: `${groupLine(each.group)} · ${servingText(each.place, change(each))}`,
    })),
  };
  return { draft, facts: factsOf(places), view, confirmLabel: label };
}

/** `1.1`, or `1.1, 1.0` where one name stands for several versions. */
export const versionsText = (groups: readonly ServerGroup[]): string =>
  [...new Set(groups.map(({ image }) => imageVersion(image)))].join(', ');
