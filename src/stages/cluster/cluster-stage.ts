import { z } from 'zod';
import type { Execution, StageContext } from '../../model/execution';
import { locationName } from '../../model/server-group';
import type { PlanInput, StagePlan } from '../../engine/contracts/stage';
import { defineStage, type CoxswainStage, type Services } from '../../services';
import { fanOut, workerTasks } from '../server-group/fan-out';
import { isWorker, placeOf } from '../server-group/place';
import { changeOf, isCreation } from '../../strategies';
import { chooseVictims, type VictimChoice } from './victims';

type Kind = {
  readonly type: string;
  readonly label: string;
  readonly config: z.ZodType;
  readonly choose: (context: StageContext) => Omit<VictimChoice, 'createdHere' | 'stoodBefore'>;
  /** The stage that each victim goes through, one after the other, each with its own guard. */
  readonly act: {
    readonly type: string;
    readonly label: string;
    /** What the stage is told beside its target, from the context of the choosing one. */
    readonly context?: (context: StageContext) => StageContext;
  };
};

const clusterSchema = z.object({ cluster: z.string() });
const victimsSchema = z.array(z.string());

/** What this execution's own deploys found and created in a place; another region may use the same names. */
function changesIn(execution: Execution, place: string): Pick<VictimChoice, 'createdHere' | 'stoodBefore'> {
  const changes = execution.stages
    .filter(isCreation)
    .flatMap((stage) => changeOf(stage) ?? [])
    .filter((change) => locationName(change.location) === place);
  return {
    createdHere: changes.map((change) => change.created),
    stoodBefore: changes.flatMap((change) => change.stoodBefore),
  };
}

function actOnVictims(kind: Kind) {
  return ({ stage }: PlanInput): readonly StagePlan[] => {
    if (!isWorker(stage.context)) return [];
    const location = placeOf(stage.context);
    const { cluster } = clusterSchema.parse(stage.context);
    return victimsSchema
      .catch([])
      .parse(stage.outputs.victims)
      .map((serverGroupName) => ({
        type: kind.act.type,
        name: `${kind.act.label} ${serverGroupName} in ${locationName(location)}`,
        context: { location, cluster, serverGroupName, ...kind.act.context?.(stage.context) },
      }));
  };
}

/** Declares a stage that picks victims among a cluster's groups and sends each through another stage. */
export function clusterStage(kind: Kind): CoxswainStage {
  return defineStage({
    type: kind.type,
    needs: ['serverGroups'],
    config: kind.config,
    before: fanOut(kind.type, kind.label),
    tasks: workerTasks<Pick<Services, 'serverGroups'>>([
      {
        name: kind.type,
        timeoutMs: 10 * 60_000,
        timeoutFromStage: false,
        async run({ execution, context, services, signal }) {
          const { cluster } = clusterSchema.parse(context);
          const location = placeOf(context);
          const groups = await services.serverGroups.list(location, cluster, signal);
          const changes = changesIn(execution, locationName(location));
          const victims = chooseVictims(groups, { ...kind.choose(context), ...changes });
          return { status: 'SUCCEEDED', outputs: { victims: victims.map((group) => group.name) } };
        },
      },
    ]),
    after: actOnVictims(kind),
    render: (stage) => {
      const victims = victimsSchema.catch([]).parse(stage.outputs.victims);
      return victims.length === 0 ? undefined : victims.join(', ');
    },
  });
}
