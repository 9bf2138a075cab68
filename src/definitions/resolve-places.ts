import type { PipelineStage } from '../model/application';
import type { StageContext } from '../model/execution';
import { locationName, type Location } from '../model/server-group';
import { isClusterGiven, isSpelledOut } from './open-parts';

/** What a run gives to a stage: the cluster's name and its places. */
type Given = { readonly cluster: string; readonly places: readonly Location[] };

type Precondition = { readonly type: string; readonly context: StageContext };

/** `regions` as `locations`, those of the run only, and a cluster where none is named; undefined where no place is left. */
function placed(written: StageContext, { cluster, places }: Given, namesCluster: boolean): StageContext | undefined {
  const { regions, ...own } = written as { regions?: readonly string[] } & StageContext;
  const locations = places.filter((place) => regions?.includes(locationName(place)) ?? true);
  if (locations.length === 0) return undefined;
  return { ...own, ...(namesCluster ? {} : { cluster }), locations };
}

const isOpenSize = ({ type, context }: Precondition): boolean => type === 'clusterSize' && !isSpelledOut(context);

const preconditionsOf = ({ type, context }: PipelineStage): readonly Precondition[] =>
  type === 'checkPreconditions' && Array.isArray(context.preconditions)
    ? (context.preconditions as readonly Precondition[])
    : [];

/** Whether the run says where a stage, or a precondition of it, is to look or to act. */
export const needsPlaces = (stage: PipelineStage): boolean =>
  stage.leavesOpen !== undefined || preconditionsOf(stage).some(isOpenSize);

/** The keys of a stage's context once the run has given it places. */
export function placedKeys({ context, leavesOpen }: PipelineStage): readonly string[] {
  const keys = Object.keys(context);
  if (leavesOpen === undefined) return keys;
  return [
    ...keys.filter((key) => key !== 'regions'),
    'locations',
    ...(leavesOpen.includes('cluster') ? ['cluster'] : []),
  ];
}

function resolvePreconditions(stage: PipelineStage, given: Given): PipelineStage | undefined {
  const preconditions = preconditionsOf(stage).flatMap((precondition) => {
    if (!isOpenSize(precondition)) return precondition;
    const context = placed(precondition.context, given, isClusterGiven(precondition.context));
    return context === undefined ? [] : { ...precondition, context };
  });
  return preconditions.length === 0 ? undefined : { ...stage, context: { ...stage.context, preconditions } };
}

/**
 * A stage with the places, and the cluster, that it leaves to the run: all of them, or those in its `regions`. Undefined
 * where none is left; of preconditions only those go that have none.
 */
export function resolvePlaces(
  cluster: string,
  places: readonly Location[],
  stage: PipelineStage,
): PipelineStage | undefined {
  const given = { cluster, places };
  const { leavesOpen, ...rest } = stage;
  if (leavesOpen === undefined) return resolvePreconditions(rest, given);
  const context = placed(stage.context, given, !leavesOpen.includes('cluster'));
  return context === undefined ? undefined : { ...rest, context };
}
