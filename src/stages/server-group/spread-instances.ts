import { z } from 'zod';
import type { PlanInput, StageDefinition, StagePlan } from '../../engine/contracts/stage';
import type { TaskDefinition, TaskLook } from '../../engine/contracts/task';
import { withoutFailureChoice } from '../../engine/failure-status';
import { CoxswainError } from '../../model/errors';
import { locationName, type Location } from '../../model/server-group';
import { fanOut } from './fan-out';
import type { GuardedServices } from './guarded';
import { isWorker, locationSchema, placesFor } from './place';
import { instancesOf, terminationTasks } from './terminate';

type Look = TaskLook<GuardedServices>;

const assignedSchema = z.array(z.object({ location: locationSchema, instanceIds: z.array(z.string()) }));

/** Whether a stage is about several places, each of which has instances of its own. */
const isSpread = (input: PlanInput): boolean => !isWorker(input.stage.context) && placesFor(input).length > 1;

/**
 * The place that an instance is in: the only one whose groups its id fits, else the one where it is seen; one that is
 * seen nowhere any more counts as killed wherever that is. Throws INVALID_INPUT where it fits none.
 */
async function placeOfInstance(look: Look, places: readonly Location[], id: string): Promise<Location> {
  const { serverGroups } = look.services;
  const fitting = places.flatMap((location) => {
    const group = serverGroups.groupOfInstance(location, id);
    return group === undefined ? [] : [{ location, group }];
  });
  const [first, ...others] = fitting;
  if (first === undefined) {
    const message = `Instance ${id} is not one of ${places.map(locationName).join(', ')}. Take the ids as DC/OS shows them.`;
    throw new CoxswainError('INVALID_INPUT', { message });
  }
  if (others.length === 0) return first.location;
  const groups = await Promise.all(
    fitting.map(({ location, group }) => serverGroups.get(location, group, look.signal)),
  );
  const seen = fitting.find((_one, index) => groups[index]?.instances.some((instance) => instance.id === id) === true);
  return (seen ?? first).location;
}

/** Gives each place its own instances, before any is killed. */
const assignInstances: TaskDefinition<GuardedServices> = {
  name: 'assignInstances',
  timeoutMs: 10 * 60_000,
  timeoutFromStage: false,
  async run(look) {
    const places = placesFor(look);
    const ids = instancesOf(look.stage.context);
    const found = await Promise.all(ids.map((id) => placeOfInstance(look, places, id)));
    const assigned = places.map((location) => ({
      location,
      instanceIds: ids.filter((_id, index) => found[index] === location),
    }));
    return { status: 'SUCCEEDED', outputs: { instancesByPlace: assigned.filter((one) => one.instanceIds.length > 0) } };
  },
};

function planAssigned(type: string, { stage }: PlanInput): readonly StagePlan[] {
  const { instance, instanceId, locations, regions, region, ...context } = withoutFailureChoice(stage.context);
  return assignedSchema.parse(stage.outputs.instancesByPlace).map(({ location, instanceIds }) => ({
    type,
    name: `Terminate in ${locationName(location)}`,
    context: { ...context, location, instanceIds },
  }));
}

/** The parts of a stage that kills instances, in one place or in several; with `decrement` none takes their place. */
export function termination(
  type: string,
  decrement: boolean,
): Pick<StageDefinition<GuardedServices>, 'before' | 'after'> & {
  readonly tasks: (input: PlanInput) => readonly TaskDefinition<GuardedServices>[];
} {
  const perPlace = fanOut(type, 'Terminate');
  const tasks = terminationTasks(type, decrement);
  return {
    before: (input) => (isSpread(input) ? [] : perPlace(input)),
    tasks(input) {
      if (isWorker(input.stage.context)) return tasks;
      return isSpread(input) ? [assignInstances] : [];
    },
    after: (input) => (isSpread(input) ? planAssigned(type, input) : []),
  };
}
