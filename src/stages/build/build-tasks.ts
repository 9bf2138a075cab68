import type { PlanInput } from '../../engine/contracts/stage';
import type { TaskDefinition } from '../../engine/contracts/task';
import type { Stage } from '../../model/execution';
import { buildWishes, type Needs, type Wanted } from './build-context';
import { monitorBuild } from './monitor-build';
import { getBuildProperties } from './property-file';
import { startBuild } from './start-build';
import { waitForBuildStart } from './wait-for-build-start';

/** The tasks of a stage that runs what it wants as a build: start, wait for the start, and for the end if it is to wait. */
export function buildTasks(wanted: Wanted): (input: PlanInput) => readonly TaskDefinition<Needs>[] {
  const start = startBuild(wanted);
  return ({ stage }) => {
    const { waitForCompletion, propertyFile } = buildWishes(stage.context);
    const begin = [start, waitForBuildStart];
    if (!waitForCompletion) return begin;
    return propertyFile === undefined ? [...begin, monitorBuild] : [...begin, monitorBuild, getBuildProperties];
  };
}

/** The build's number, once there is one. */
export const renderBuild = ({ context: { buildNumber } }: Stage): string | undefined =>
  typeof buildNumber === 'number' ? `build #${buildNumber}` : undefined;
