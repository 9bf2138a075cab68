import { z } from 'zod';
import { buildCluster } from '../model/moniker';
import type { PlanInput, StagePlan } from '../engine/contracts/stage';
import { childrenOf } from '../engine/graph';
import { defineStage } from '../services';
import { planUndo } from '../strategies';

const place = z.object({ account: z.string(), region: z.string(), dcosCluster: z.string(), group: z.string() });
const clusterSchema = z.looseObject({
  application: z.string(),
  stack: z.string().default(''),
  freeFormDetails: z.string().default(''),
  location: place,
});

const wantsRollback = z.looseObject({ rollback: z.object({ onFailure: z.literal(true) }) });

/** One place failed and has undone itself: the places that succeeded go back too, so that no deploy ends half and half. */
function undoSucceeded({ execution, stage }: PlanInput): readonly StagePlan[] {
  return childrenOf(execution, stage)
    .filter((child) => child.status === 'SUCCEEDED' && wantsRollback.safeParse(child.context).success)
    .flatMap((child) => planUndo(execution, [child]));
}

/** Creates a server group in each of `clusters[]`, all places at the same time (semantics §4.4). */
export const deploy = defineStage({
  type: 'deploy',
  needs: [],
  config: z.looseObject({ clusters: z.array(z.looseObject({})).optional() }),
  outputs: [],
  parallelBefore: true,
  before: ({ stage }) =>
    z
      .array(clusterSchema)
      .parse(stage.context.clusters ?? [])
      .map((description) => {
        const { application, stack, freeFormDetails, location } = description;
        const cluster = buildCluster({ app: application, stack, detail: freeFormDetails });
        return {
          type: 'createServerGroup',
          name: `Deploy in ${location.account}/${location.region}`,
          context: { ...description, cluster },
        };
      }),
  onFailure: undoSucceeded,
  tasks: [
    {
      name: 'completeParallelDeploy',
      timeoutMs: 60_000,
      timeoutFromStage: false,
      run: () => Promise.resolve({ status: 'SUCCEEDED' }),
    },
  ],
});
