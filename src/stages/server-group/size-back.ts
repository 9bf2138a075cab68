import { z } from 'zod';
import { locationName } from '../../model/server-group';
import type { PlanInput, StagePlan } from '../../engine/contracts/stage';
import { clusterOf, isWorker, placeOf } from './place';

const changed = z.object({ originalCapacity: z.number(), targetDesiredSize: z.number() });

/** The way back from a change of size: the size before, where the change was begun; undefined where the stage only plans others. */
export function sizeBack(input: PlanInput): readonly StagePlan[] | undefined {
  const { stage } = input;
  if (!isWorker(stage.context)) return undefined;
  const seen = changed.safeParse(stage.context);
  if (!seen.success || seen.data.originalCapacity === seen.data.targetDesiredSize) return [];
  const { originalCapacity } = seen.data;
  const location = placeOf(stage.context);
  const serverGroupName = z.string().parse(stage.outputs.targetServerGroup);
  const size = { action: 'scale_exact', capacity: { desired: originalCapacity } };
  return [
    {
      type: 'resizeServerGroup',
      name: `${serverGroupName} back to ${originalCapacity} in ${locationName(location)}`,
      context: { location, cluster: clusterOf(input), serverGroupName, ...size, forceDeployment: true },
    },
  ];
}
