import { z } from 'zod';
import { locationName } from '../../model/server-group';
import type { Stage, StageContext } from '../../model/execution';
import type { PlanInput, StagePlan } from '../../engine/contracts/stage';
import { decisionOf } from '../../engine/decisions';
import { clusterOf, isWorker, placeOf } from './place';

const changed = z.object({ originalCapacity: z.number(), targetDesiredSize: z.number() });
const deployments = z.object({ ownDeployments: z.array(z.string()) });

/** Whether this attempt of a stage, or an earlier one, may have sent a change of size. */
const mayHaveSent = ({ execution, stage }: PlanInput): boolean =>
  decisionOf(execution, stage) !== undefined || stage.tasks.some(({ memo }) => typeof memo?.size === 'number');

/** Only our own deployment is forced; where its id is not known, the size that still stands is taken for a sign of it. */
function forcing({ context }: Stage): StageContext {
  const own = deployments.safeParse(context).data?.ownDeployments;
  return own === undefined ? { forceDeployment: true } : { forceOnly: own };
}

/**
 * The way back from a change of size: the size before, where a change was sent and as long as it stands (decisions 24);
 * undefined where the stage only plans others.
 */
export function sizeBack(input: PlanInput): readonly StagePlan[] | undefined {
  const { stage } = input;
  if (!isWorker(stage.context)) return undefined;
  const seen = changed.safeParse(stage.context);
  if (!seen.success || !mayHaveSent(input) || seen.data.originalCapacity === seen.data.targetDesiredSize) return [];
  const { originalCapacity, targetDesiredSize } = seen.data;
  const location = placeOf(stage.context);
  const serverGroupName = z.string().parse(stage.outputs.targetServerGroup);
  const size = { action: 'scale_exact', capacity: { desired: originalCapacity }, onlyFromSize: targetDesiredSize };
  const context = { location, cluster: clusterOf(input), serverGroupName, ...size, ...forcing(stage) };
  return [
    {
      type: 'resizeServerGroup',
      name: `${serverGroupName} back to ${originalCapacity} in ${locationName(location)}`,
      context: { ...context, continueIfServerGroupNotFound: true },
    },
  ];
}

/** The ways back of the parts of a stage, the last first. */
export const sizesBack = (execution: PlanInput['execution'], parts: readonly Stage[]): readonly StagePlan[] =>
  [...parts].reverse().flatMap((stage) => sizeBack({ execution, stage, context: stage.context }) ?? []);
