import type { Diagnosis } from '../../src/model/diagnosis';
import type { Execution } from '../../src/model/execution';
import { isComplete } from '../../src/model/status';
import { asCoxswainError } from '../../src/model/errors';
import { countUp, isDisabled, type Location, type ServerGroup } from '../../src/model/server-group';
import type { ServerGroups } from '../../src/dcos/server-groups';
import { changeOf, creationsByPlace } from '../../src/strategies';
import { locationName } from '../../src/model/server-group';
import { lookAtPlace } from './live-groups';

/** What is to be said about one place. */
export type ExplainedPlace =
  | { readonly location: Location; readonly state: 'blind'; readonly error: ReturnType<typeof asCoxswainError> }
  | { readonly location: Location; readonly state: 'empty' }
  | { readonly location: Location; readonly state: 'well'; readonly group: ServerGroup }
  | {
      readonly location: Location;
      readonly state: 'ailing';
      readonly group: ServerGroup;
      readonly diagnosis: Diagnosis;
      /** Whether a group that was there before could serve instead. */
      readonly hasEarlier: boolean;
    };

/** The groups that an execution which failed, or still runs, created in a place. */
function createdBy(execution: Execution | undefined, location: Location): readonly string[] {
  if (execution === undefined || execution.status === 'SUCCEEDED') return [];
  return creationsByPlace(execution.stages)
    .flat()
    .flatMap((stage) => changeOf(stage) ?? [])
    .filter((change) => locationName(change.location) === locationName(location))
    .map(({ created }) => created);
}

/**
 * The group to explain: the newest in service that is not whole, else one that the last execution failed to bring up and
 * that is kept out of service for diagnosis.
 */
function ailingGroup(groups: readonly ServerGroup[], created: readonly string[]): ServerGroup | undefined {
  const inService = groups.find((group) => !isDisabled(group) && countUp(group) < group.desired);
  return inService ?? groups.find((group) => isDisabled(group) && created.includes(group.name));
}

/** Finds the group of a place that does not come up and says why; `last` is the cluster's newest execution. */
export async function explainPlace(
  serverGroups: ServerGroups,
  location: Location,
  { cluster, last }: { readonly cluster: string; readonly last: Execution | undefined },
): Promise<ExplainedPlace> {
  try {
    const { groups, current } = await lookAtPlace(serverGroups, location, cluster);
    const isOver = last !== undefined && isComplete(last.status);
    const group = ailingGroup(groups, isOver ? createdBy(last, location) : []);
    if (group === undefined) {
      const [newest] = groups;
      const shown = current ?? newest;
      return shown === undefined ? { location, state: 'empty' } : { location, state: 'well', group: shown };
    }
    const diagnosis = await serverGroups.diagnose(location, group.name);
    const hasEarlier = !isDisabled(group) && groups.some((other) => other.createdTime < group.createdTime);
    return { location, state: 'ailing', group, diagnosis, hasEarlier };
  } catch (error) {
    return { location, state: 'blind', error: asCoxswainError(error) };
  }
}
