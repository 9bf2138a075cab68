import { z } from 'zod';
import type { PipelineStage } from '../model/application';
import { locationName, type Location } from '../model/server-group';

const locationSchema = z.custom<Location>((value) => typeof value === 'object' && value !== null);
const described = z.object({
  application: z.string(),
  stack: z.string(),
  freeFormDetails: z.string().default(''),
  location: locationSchema,
});
const placed = z.object({ cluster: z.string(), locations: z.array(locationSchema).min(1) });

const nameOf = ({ application, stack, freeFormDetails }: z.infer<typeof described>): string =>
  [application, stack, freeFormDetails].filter((part) => part !== '').join('-');

/** The clusters that a resolved stage changes, each with one of its places; none where it does not say which. */
function changedBy({ context }: PipelineStage): readonly string[] {
  const clusters = z.array(described).safeParse(context.clusters).data;
  if (clusters !== undefined) return clusters.map((each) => `${nameOf(each)} in ${locationName(each.location)}`);
  const { cluster = '', locations = [] } = placed.safeParse(context).data ?? {};
  return cluster.includes('${') ? [] : locations.map((location) => `${cluster} in ${locationName(location)}`);
}

/** The stages that come before a stage, directly or through others. */
export function stagesBefore(stage: PipelineStage, stages: readonly PipelineStage[]): readonly PipelineStage[] {
  const found = new Set(stage.requisiteStageRefIds);
  // What is added while it is walked along is walked along too.
  for (const refId of found) {
    for (const id of stages.find((other) => other.refId === refId)?.requisiteStageRefIds ?? []) found.add(id);
  }
  return stages.filter(({ refId }) => found.has(refId));
}

/**
 * For each cluster and place that a resolved stage changes, the refIds of those of `changing` before it that change it too;
 * undefined where something is not changed before, or where the stage does not say what it changes.
 */
export function changedBefore(
  stage: PipelineStage,
  stages: readonly PipelineStage[],
  changing: (stage: PipelineStage) => boolean,
): readonly (readonly string[])[] | undefined {
  const earlier = stagesBefore(stage, stages)
    .filter(changing)
    .map((other) => ({ refId: other.refId, places: changedBy(other) }));
  const found = changedBy(stage).map((place) =>
    earlier.filter(({ places }) => places.includes(place)).map(({ refId }) => refId),
  );
  return found.length === 0 || found.some((refIds) => refIds.length === 0) ? undefined : found;
}
