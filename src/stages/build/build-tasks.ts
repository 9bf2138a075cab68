import type { PlanInput } from '../../engine/contracts/stage';
import type { TaskDefinition } from '../../engine/contracts/task';
import type { Stage } from '../../model/execution';
import { buildWishes, type Needs, type Wanted } from './build-context';
import { monitorBuild } from './monitor-build';
import { getBuildProperties } from './property-file';
import { startBuild } from './start-build';
import { waitForBuildStart } from './wait-for-build-start';

/**
 * The tasks of a stage that runs what it wants as a build: start, wait for the start, and for the end if it is to wait.
 * `configNames` are the fields that its type knows.
 */
export function buildTasks(
  wanted: Wanted,
  configNames: readonly string[],
): (input: PlanInput) => readonly TaskDefinition<Needs>[] {
  const begin = [startBuild(wanted), waitForBuildStart];
  const monitored = [...begin, monitorBuild(configNames)];
  const read = [...monitored, getBuildProperties(configNames)];
  return ({ stage }) => {
    const { waitForCompletion, propertyFile } = buildWishes(stage.context);
    if (!waitForCompletion) return begin;
    return propertyFile === undefined ? monitored : read;
  };
}

/** The build's number, once there is one. */
export const renderBuild = ({ context: { buildNumber } }: Stage): string | undefined =>
  typeof buildNumber === 'number' ? `build #${buildNumber}` : undefined;
