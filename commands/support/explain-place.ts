import type { Diagnosis } from '../../src/model/diagnosis';
import type { Execution } from '../../src/model/execution';
import { isComplete } from '../../src/model/status';
import { asCoxswainError } from '../../src/model/errors';
import { countServing, isDisabled, isScaling, type Location, type ServerGroup } from '../../src/model/server-group';
import type { ClusterView, ServerGroups } from '../../src/dcos/server-groups';
import { changeOf, creationsByPlace } from '../../src/strategies';
import { locationName } from '../../src/model/server-group';
import { servingGroup } from './live-groups';

/** What is to be said about one place. */
export type ExplainedPlace =
  | { readonly location: Location; readonly state: 'blind'; readonly error: ReturnType<typeof asCoxswainError> }
  | { readonly location: Location; readonly state: 'empty' }
  | { readonly location: Location; readonly state: 'well'; readonly group: ServerGroup }
  /** More instances are on their way, and nothing is known to be wrong; the diagnosis says what they wait for. */
  | {
      readonly location: Location;
      readonly state: 'scaling';
      readonly group: ServerGroup;
      readonly diagnosis: Diagnosis;
    }
  | {
      readonly location: Location;
      readonly state: 'ailing';
      readonly group: ServerGroup;
      readonly diagnosis: Diagnosis;
      /** Whether a group that was there before could serve instead. */
      readonly hasEarlier: boolean;
    };

/** The groups that an execution which failed, or still runs, created in a place. */
function createdBy(execution: Execution, location: Location): readonly string[] {
  if (execution.status === 'SUCCEEDED') return [];
  return creationsByPlace(execution.stages)
    .flat()
    .flatMap((stage) => changeOf(stage) ?? [])
    .filter((change) => locationName(change.location) === locationName(location))
    .map(({ created }) => created);
}

/** What one look showed of a place, and what the last execution created there. */
type Seen = {
  readonly view: ClusterView;
  readonly location: Location;
  readonly groups: readonly ServerGroup[];
  readonly created: readonly string[];
};

/**
 * The group to explain: the newest in service that does not serve whole; else one that the last execution failed to bring
 * up and that is kept out of service for diagnosis; else one that is being resized and does well so far.
 */
function groupToExplain(seen: Seen): { readonly state: 'ailing' | 'scaling'; readonly group: ServerGroup } | undefined {
  const { view, location, groups, created } = seen;
  const short = groups.filter((group) => !isDisabled(group) && countServing(group) < group.desired);
  const grows = (group: ServerGroup) => isScaling(group) && !view.isAiling(location, group.name);
  const ailing =
    short.find((group) => !grows(group)) ?? groups.find((group) => isDisabled(group) && created.includes(group.name));
  if (ailing !== undefined) return { state: 'ailing', group: ailing };
  const [scaling] = short;
  return scaling === undefined ? undefined : { state: 'scaling', group: scaling };
}

/** Finds the group of a place that does not come up and says why; `last` is what the cluster's newest execution belongs to. */
export async function explainPlace(
  serverGroups: ServerGroups,
  location: Location,
  { cluster, last }: { readonly cluster: string; readonly last: readonly Execution[] },
): Promise<ExplainedPlace> {
  try {
    const { value: view } = await serverGroups.look(location);
    const groups = view.groups(location, cluster);
    const over = last.filter(({ status }) => isComplete(status));
    const created = over.flatMap((execution) => createdBy(execution, location));
    const found = groupToExplain({ view, location, groups, created });
    if (found === undefined) {
      const shown = servingGroup(groups) ?? groups[0];
      return shown === undefined ? { location, state: 'empty' } : { location, state: 'well', group: shown };
    }
    const { state, group } = found;
    const diagnosis = await serverGroups.diagnose(location, group.name);
    if (state === 'scaling') return { location, state, group, diagnosis };
    const hasEarlier = !isDisabled(group) && groups.some((other) => other.createdTime < group.createdTime);
    return { location, state, group, diagnosis, hasEarlier };
  } catch (error) {
    return { location, state: 'blind', error: asCoxswainError(error) };
  }
}
