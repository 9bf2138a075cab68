import { z } from 'zod';
import { locationName } from '../../model/server-group';
import type { PlanInput, StagePlan } from '../../engine/contracts/stage';
import type { TaskDefinition } from '../../engine/contracts/task';
import { withoutFailureChoice } from '../../engine/failure-status';
import { isWorker, placesFor } from './place';
import { flagOr } from './spinnaker-values';

/** Where a stage looks and acts, in the spelling of files and of Spinnaker. */
export const placeFields = {
  credentials: z
    .string()
    .optional()
    .describe('The account, where `regions` are spelt as Spinnaker does. Default: the places of the run.'),
  regions: z
    .array(z.string())
    .optional()
    .describe('The regions, as `account/region`, or with `credentials` as `cluster/group`. Default: those of the run.'),
};

/** The cluster and the places of a stage. */
export const clusterFields = {
  cluster: z.string().optional().describe('The cluster, such as `foo-prod`. Default: that of the environment.'),
  ...placeFields,
};

/** Whether a stage acts on the newest group, or another. */
const targets = [
  'current_asg_dynamic',
  'ancestor_asg_dynamic',
  'oldest_asg_dynamic',
  'current_asg',
  'ancestor_asg',
  'oldest_asg',
] as const;

/** What every stage on server groups accepts; the rest of Spinnaker's fields pass through. */
export const serverGroupConfig = z.looseObject({
  ...clusterFields,
  target: z
    .enum(targets)
    .optional()
    .describe(
      'Which server group of the cluster: the newest (`current`), the second newest (`ancestor`) or the oldest; found out when the stage starts, enabled or not.',
    ),
  serverGroupName: z.string().optional().describe('The server group by its name, in the place of `target`.'),
  asgName: z.string().optional().describe('An old name of `serverGroupName`.'),
});

/** Whether Marathon's lock on a server group is broken. */
export const forceField = {
  forceDeployment: flagOr(false).describe(
    'Whether a running Marathon deployment of the server group is broken off, rather than waited for. Default: false.',
  ),
};

/** A stage named for several places has no tasks: it plans one child for each place, in sequence (semantics §4.3). */
export function fanOut(type: string, label: string) {
  return (input: PlanInput): readonly StagePlan[] => {
    const { context } = input.stage;
    if (isWorker(context)) return [];
    return placesFor(input).map((location) => ({
      type,
      name: `${label} in ${locationName(location)}`,
      context: { ...withoutFailureChoice(context), location, locations: undefined, regions: undefined },
    }));
  };
}

/** The tasks only where the stage itself works. */
export const workerTasks =
  <S>(tasks: readonly TaskDefinition<S>[]) =>
  ({ stage }: PlanInput): readonly TaskDefinition<S>[] =>
    isWorker(stage.context) ? tasks : [];
