import { z } from 'zod';
import type { Execution, StageContext } from '../../model/execution';
import { locationName, placeName, type Location } from '../../model/server-group';
import type { PlanInput, StageAbout, StagePlan } from '../../engine/contracts/stage';
import type { TaskDefinition } from '../../engine/contracts/task';
import { defineStage, type CoxswainStage } from '../../services';
import { changeOf, isCreation } from '../../strategies';
import { clusterFields, fanOut, workerTasks } from '../server-group/fan-out';
import { guardStep, type GuardedServices } from '../server-group/guarded';
import { clusterOf, isWorker, placeOf } from '../server-group/place';
import { releaseTrafficGuard } from '../server-group/release-guard';
import { flagOr } from '../server-group/spinnaker-values';
import { chooseVictims, type VictimChoice } from './victims';

/** What a stage is told beside its place and its cluster, by the one that plans it. */
type PlannedStage = { readonly type: string; readonly label: string; readonly context?: StageContext };

type Kind = {
  readonly type: string;
  readonly label: string;
  readonly config: z.ZodObject;
  readonly about: StageAbout;
  readonly choose: (context: StageContext) => Omit<VictimChoice, 'createdHere' | 'stoodBefore'>;
  /** The stage that each victim goes through, one after the other, each with its own guard. */
  readonly act: (context: StageContext) => PlannedStage;
  /** The stage that the cluster goes through first. */
  readonly prepare?: (context: StageContext) => PlannedStage | undefined;
  /** Whether a cluster without server groups is as it is to be. @default never */
  readonly toleratesAbsence?: (context: StageContext) => boolean;
};

const absenceSchema = z.looseObject({
  continueIfClusterNotFound: flagOr(false).describe(
    'Whether a cluster without server groups is as it should be. Default: false.',
  ),
});
const victimsSchema = z.array(z.string());
const victimsOf = ({ outputs }: { readonly outputs: StageContext }): readonly string[] =>
  victimsSchema.catch([]).parse(outputs.victims);

/** What this execution's own deploys found and created in a place; another region may use the same names. */
function changesIn(execution: Execution, location: Location): Pick<VictimChoice, 'createdHere' | 'stoodBefore'> {
  const changes = execution.stages
    .filter(isCreation)
    .flatMap((stage) => changeOf(stage) ?? [])
    .filter((change) => placeName(change.location) === placeName(location));
  return {
    createdHere: changes.map((change) => change.created),
    stoodBefore: changes.flatMap((change) => change.stoodBefore),
  };
}

function actOnVictims(kind: Kind) {
  return (input: PlanInput): readonly StagePlan[] => {
    const { stage } = input;
    if (!isWorker(stage.context)) return [];
    const location = placeOf(stage.context);
    const { type, label, context } = kind.act(stage.context);
    return victimsOf(stage).map((serverGroupName) => ({
      type,
      name: `${label} ${serverGroupName} in ${locationName(location)}`,
      context: {
        location,
        cluster: clusterOf(input),
        serverGroupName,
        continueIfServerGroupNotFound: true,
        ...context,
      },
    }));
  };
}

function prepareCluster(kind: Kind) {
  const spread = fanOut(kind.type, kind.label);
  return (input: PlanInput): readonly StagePlan[] => {
    const { context } = input.stage;
    const first = isWorker(context) ? kind.prepare?.(context) : undefined;
    if (first === undefined) return spread(input);
    const location = placeOf(context);
    const name = `${first.label} in ${locationName(location)}`;
    return [{ type: first.type, name, context: { location, cluster: clusterOf(input), ...first.context } }];
  };
}

const chooseTask = (kind: Kind): TaskDefinition<GuardedServices> => ({
  name: kind.type,
  timeoutMs: 10 * 60_000,
  timeoutFromStage: false,
  async run(look) {
    const { execution, stage, context, services, signal } = look;
    const cluster = clusterOf(look);
    const location = placeOf(context);
    const groups = await services.serverGroups.list(location, cluster, signal);
    const isFine = absenceSchema.parse(stage.context).continueIfClusterNotFound;
    if (groups.length === 0 && !isFine && kind.toleratesAbsence?.(stage.context) !== true) {
      const reason = `There is no cluster ${cluster} in ${locationName(location)}. Name another, or set continueIfClusterNotFound: true.`;
      return { status: 'TERMINAL', code: 'NOT_FOUND', reason };
    }
    const changes = changesIn(execution, location);
    const victims = chooseVictims(groups, { ...kind.choose(stage.context), ...changes });
    return { status: 'SUCCEEDED', outputs: { victims: victims.map((group) => group.name) } };
  },
});

/** Whether all may go together, before any does; of a single one only its own stage asks. */
const checkVictims = ({ type }: Kind): TaskDefinition<GuardedServices> =>
  guardStep(`Running ${type} on`, ({ stage }) => {
    const victims = victimsOf(stage);
    return Promise.resolve({ going: victims.length > 1 ? victims : [] });
  }).check;

/** Declares a stage that picks victims among a cluster's groups and sends each through another stage. */
export function clusterStage(kind: Kind): CoxswainStage {
  return defineStage({
    type: kind.type,
    about: kind.about,
    needs: ['serverGroups', 'trafficGuard'],
    needsPlaces: true,
    config: z.looseObject({ ...clusterFields, ...kind.config.shape, ...absenceSchema.shape }),
    before: prepareCluster(kind),
    tasks: workerTasks<GuardedServices>([chooseTask(kind), checkVictims(kind), releaseTrafficGuard]),
    after: actOnVictims(kind),
    render: (stage) => victimsOf(stage).join(', ') || undefined,
  });
}
