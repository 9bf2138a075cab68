import { z } from 'zod';
import { locationName } from '../../model/server-group';
import type { PlanInput, StagePlan } from '../../engine/contracts/stage';
import { isWorker, placeOf } from './place';

const changed = z.object({ originalCapacity: z.number(), targetDesiredSize: z.number(), cluster: z.string() });

/** The way back from a change of size: the size before, where the change was begun; undefined where the stage only plans others. */
export function sizeBack({ stage }: PlanInput): readonly StagePlan[] | undefined {
  if (!isWorker(stage.context)) return undefined;
  const seen = changed.safeParse(stage.context);
  if (!seen.success || seen.data.originalCapacity === seen.data.targetDesiredSize) return [];
  const { originalCapacity, cluster } = seen.data;
  const location = placeOf(stage.context);
  const serverGroupName = z.string().parse(stage.outputs.targetServerGroup);
  const size = { action: 'scale_exact', capacity: { desired: originalCapacity } };
  return [
    {
      type: 'resizeServerGroup',
      name: `${serverGroupName} back to ${originalCapacity} in ${locationName(location)}`,
      context: { location, cluster, serverGroupName, ...size, forceDeployment: true },
    },
  ];
}
