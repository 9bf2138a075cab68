import { z } from 'zod';
import { locationName } from '../../model/server-group';
import type { PlanInput, StagePlan } from '../../engine/contracts/stage';
import type { TaskDefinition } from '../../engine/contracts/task';
import { withoutFailureChoice } from '../../engine/failure-status';
import { isWorker, placesFor } from './place';

/** What every stage on server groups accepts; the rest of Spinnaker's fields pass through. */
export const serverGroupConfig = z.looseObject({
  cluster: z.string().optional(),
  credentials: z.string().optional(),
  regions: z.array(z.string()).optional(),
  target: z
    .enum([
      'current_asg_dynamic',
      'ancestor_asg_dynamic',
      'oldest_asg_dynamic',
      'current_asg',
      'ancestor_asg',
      'oldest_asg',
    ])
    .optional(),
  serverGroupName: z.string().optional(),
  /** What `serverGroupName` was called before, and may still be. */
  asgName: z.string().optional(),
});

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
