import { z } from 'zod';
import type { Execution } from '../model/execution';
import { buildCluster } from '../model/moniker';
import { locationName } from '../model/server-group';
import type { PlanInput, StagePlan } from '../engine/contracts/stage';
import { childrenOf } from '../engine/graph';
import { defineStage } from '../services';
import { creationsOf, isCustom, planUndo, type CreationType } from '../strategies';
import { inTurn, secondsBetweenRegions, waitTimeBetweenRegions } from './server-group/between-regions';
import { descriptionFields, monikerFields, strategyFields } from './server-group/description-fields';
import { placeFields } from './server-group/fan-out';
import { healthFields } from './server-group/health-wish';
import { placesOf } from './server-group/place';
import { goesBackOnFailure } from './server-group/creation';
import { flag } from './server-group/spinnaker-values';

const clusterSchema = z.looseObject({
  application: z.string(),
  stack: z.string().default(''),
  freeFormDetails: z.string().default(''),
});

const config = z.looseObject({
  clusters: z
    .array(
      z.looseObject({
        ...monikerFields,
        ...placeFields,
        desiredCapacity: z.unknown().optional().meta({ type: 'whole number', description: 'How many instances.' }),
        ...descriptionFields,
        ...strategyFields,
        ...healthFields,
      }),
    )
    .optional()
    .describe(
      "Spinnaker's spelling: a description for each server group to create. Default: one for each place of the run, made of the `service` of the file.",
    ),
  waitTimeBetweenRegions: waitTimeBetweenRegions.describe(
    'Deploys to one region after another, as strategy `custom` always does, waiting so many seconds between them. Default: to all at the same time.',
  ),
});

const clones = z.object({ clone: flag });

/** Whether the one who started it wants what runs, with the changes that the stage gives, rather than only those. */
function creationType({ trigger }: Execution): CreationType {
  return clones.safeParse(trigger.parameters).data?.clone === true ? 'cloneServerGroup' : 'createServerGroup';
}

/** Whether all places may be deployed to at the same time: a strategy pipeline has the cluster for itself. */
const isParallel = ({ stage: { context } }: PlanInput): boolean =>
  secondsBetweenRegions(context) === undefined &&
  !z
    .array(clusterSchema)
    .parse(context.clusters ?? [])
    .some(isCustom);

/** One place failed and has undone itself: the places that succeeded go back too, so that no deploy ends half and half. */
function undoSucceeded({ execution, stage }: PlanInput): readonly StagePlan[] {
  return childrenOf(execution, stage)
    .filter((child) => child.status === 'SUCCEEDED' && goesBackOnFailure(child))
    .flatMap((child) => planUndo(execution, creationsOf(execution, child)));
}

function planPlaces({ execution, stage }: PlanInput): readonly StagePlan[] {
  const clusters = z.array(clusterSchema).parse(stage.context.clusters ?? []);
  const plans = clusters.flatMap((description) => {
    const { application, stack, freeFormDetails } = description;
    const cluster = buildCluster({ app: application, stack, detail: freeFormDetails });
    return placesOf(description).map((location) => ({
      type: creationType(execution),
      name: `Deploy in ${locationName(location)}`,
      context: { ...description, location, cluster },
    }));
  });
  return inTurn(plans, stage.context);
}

/**
 * Creates a server group in each of `clusters[]`, all places at the same time, or one after another where
 * `waitTimeBetweenRegions` says how long to wait between them, or a strategy pipeline is run; with the parameter `clone` each is a clone of what runs there
 * (semantics §4.4).
 */
export const deploy = defineStage({
  type: 'deploy',
  about: {
    summary:
      'Creates a server group in every place, all at the same time or one place after another, each with `createServerGroup`; with the parameter `clone` each is a clone of what runs there.',
    shorthand: {
      regions: 'The places, as `account/region`. Default: all of the run.',
      strategy: 'As in `clusters`, as are the fields of the strategy.',
      onFailure: '`rollback`: the short form of `rollback: { onFailure: true }`.',
      oneByOne: 'Whether one region follows another, without a wait.',
      waitBetweenRegions: '`waitTimeBetweenRegions` as a duration, such as `10m`.',
      keepFailed: '`keepFailedMinutes` as a duration, such as `2h`.',
    },
    puts: { 'deploy.server.groups': 'By region, the names of new server groups; an output of its parts.' },
    cancel: 'Every place goes back to what served before.',
    restart: 'Deploys to every place again; what succeeded before is a server group like any other.',
  },
  needs: [],
  config,
  outputs: [],
  parallelBefore: isParallel,
  before: planPlaces,
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
