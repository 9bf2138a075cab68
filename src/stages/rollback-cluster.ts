import { z } from 'zod';
import { parseMoniker } from '../model/moniker';
import { isDisabled, locationName, safeRegion, type Location, type ServerGroup } from '../model/server-group';
import type { PlanInput, StagePlan } from '../engine/contracts/stage';
import type { TaskLook, TaskResult } from '../engine/contracts/task';
import { defineStage, type Services } from '../services';
import { rollbackWays } from './rollback/rollback-wishes';
import { inTurn, waitTimeBetweenRegions } from './server-group/between-regions';
import { clusterFields } from './server-group/fan-out';
import { clusterOf, locationSchema, placesFor } from './server-group/place';
import { flagOr } from './server-group/spinnaker-values';

const additional = z.looseObject({
  ...rollbackWays,
  onlyEnabledServerGroups: flagOr(false).describe(
    'Whether only a server group in service may be gone back to. Default: false.',
  ),
});

const config = z
  .looseObject({
    ...clusterFields,
    moniker: z
      .looseObject({ cluster: z.string().optional().describe('The cluster.') })
      .optional()
      .describe('The cluster in the spelling of Spinnaker.'),
    serverGroup: z.string().optional().describe('A server group of the cluster, in the place of `cluster`.'),
    originalServerGroup: z
      .string()
      .optional()
      .describe('The server group to go back to. Default: the newest other than the newest in service.'),
    restore: z
      .record(z.string(), z.string())
      .optional()
      .describe('The same for each place, as `account/region: name`.'),
    waitTimeBetweenRegions: waitTimeBetweenRegions.describe('Seconds between two places. Default: 0.'),
    targetHealthyRollbackPercentage: rollbackWays.targetHealthyRollbackPercentage,
    additionalRollbackContext: additional.optional().describe('How each place goes back.'),
  })
  .refine(({ cluster, moniker, serverGroup }) => (cluster ?? moniker?.cluster ?? serverGroup) !== undefined, {
    message: 'cluster, moniker or serverGroup says which cluster goes back',
    path: ['cluster'],
  });

/** What a rollback of a place is about. */
type Candidate = {
  readonly location: Location;
  readonly rollback: string;
  readonly restore: string;
  readonly desired: number;
};

const candidateSchema = z.array(
  z.object({ location: locationSchema, rollback: z.string(), restore: z.string(), desired: z.number() }),
);

/** Roll back from the newest enabled group to the named one, or to the newest other (semantics §4.8). */
export function rollbackCandidate(
  groups: readonly ServerGroup[],
  named?: string,
): { rollback: ServerGroup; restore: ServerGroup } | undefined {
  const rollback = groups.find((group) => !isDisabled(group) && group.name !== named);
  if (rollback === undefined) return undefined;
  const restore = groups.find((group) => (named === undefined ? group.name !== rollback.name : group.name === named));
  return restore === undefined ? undefined : { rollback, restore };
}

/** The stage's cluster: named, of its moniker, or that of its server group. Throws INVALID_INPUT where nothing says which. */
function clusterFor(input: Pick<PlanInput, 'stage' | 'context'>): string {
  const { serverGroup } = input.context;
  const parsed = typeof serverGroup === 'string' ? parseMoniker(serverGroup)?.cluster : undefined;
  const { cluster = parsed } = input.stage.context;
  return clusterOf({ ...input, stage: { ...input.stage, context: { ...input.stage.context, cluster } } });
}

function rollbackPlans(input: PlanInput): readonly StagePlan[] {
  const { additionalRollbackContext } = config.parse(input.context);
  const cluster = clusterFor(input);
  const candidates = candidateSchema.catch([]).parse(input.stage.outputs.candidates);
  const plans = candidates.map(({ location, rollback, restore, desired }) => ({
    type: 'rollbackServerGroup',
    name: `${rollback} → ${restore} in ${locationName(location)}`,
    context: {
      ...additionalRollbackContext,
      location,
      cluster,
      rollbackServerGroupName: rollback,
      restoreServerGroupName: restore,
      desired,
    },
  }));
  return inTurn(plans, input.context);
}

type Found = Candidate & { readonly image: string | undefined };
type Look = TaskLook<Pick<Services, 'serverGroups'>>;

/** The groups of one place that change places; undefined where there are none, which is no failure. */
async function findIn(look: Look, location: Location): Promise<Found | undefined | TaskResult> {
  const { restore, originalServerGroup, additionalRollbackContext } = config.parse(look.context);
  const groups = await look.services.serverGroups.list(location, clusterFor(look), look.signal);
  const named = restore?.[locationName(location)] ?? originalServerGroup;
  if (named !== undefined && !groups.some((group) => group.name === named)) {
    const reason = `Cannot roll back ${locationName(location)} to ${named}: it no longer exists. Ask again to see what does.`;
    return { status: 'TERMINAL', code: 'NOT_FOUND', reason };
  }
  const isConsidered = (group: ServerGroup) =>
    additionalRollbackContext?.onlyEnabledServerGroups !== true || !isDisabled(group) || group.name === named;
  const found = rollbackCandidate(groups.filter(isConsidered), named);
  if (found === undefined) return undefined;
  const { rollback, restore: back } = found;
  return { location, rollback: rollback.name, restore: back.name, desired: rollback.desired, image: back.image };
}

/** What was chosen, in the words of Spinnaker: by region. */
function outputsOf(found: readonly Found[]) {
  const byRegion = <T>(value: (one: Found) => T) =>
    Object.fromEntries(found.map((one) => [safeRegion(one.location), value(one)]));
  return {
    candidates: found.map(({ location, rollback, restore, desired }) => ({ location, rollback, restore, desired })),
    rollbackTypes: byRegion(() => 'EXPLICIT'),
    rollbackContexts: byRegion(({ rollback, restore }) => ({
      rollbackServerGroupName: rollback,
      restoreServerGroupName: restore,
    })),
  };
}

async function determineCandidates(look: Look): Promise<TaskResult> {
  const found: Found[] = [];
  for (const location of placesFor(look)) {
    const one = await findIn(look, location);
    if (one !== undefined && 'status' in one) return one;
    if (one !== undefined) found.push(one);
  }
  const imagesToRestore = found.map(({ location, image }) => ({
    region: safeRegion(location),
    image,
    rollbackMethod: 'EXPLICIT',
  }));
  return { status: 'SUCCEEDED', outputs: outputsOf(found), context: { imagesToRestore } };
}

/** Brings an earlier server group back in each place, then takes the present one out (semantics §4.8). */
export const rollbackCluster = defineStage({
  type: 'rollbackCluster',
  about: {
    summary:
      'Goes back to an earlier server group in each place, one place after the other, each through `rollbackServerGroup`. A place with nothing to go back to is left alone.',
    puts: {
      rollbackTypes: 'By region: EXPLICIT.',
      rollbackContexts: 'By region: `{ rollbackServerGroupName, restoreServerGroupName }`.',
      imagesToRestore: '`{ region, image, rollbackMethod }` of each place.',
      candidates: 'What was chosen for each place, and its size.',
    },
    cancel: 'Each place turns round, as `rollbackServerGroup` does.',
    restart: 'Chooses anew: after a rollback that went through, that goes forward again.',
  },
  needs: ['serverGroups'],
  needsPlaces: true,
  namesCluster: ({ serverGroup }) => serverGroup !== undefined,
  config,
  tasks: [
    {
      name: 'determineRollbackCandidates',
      timeoutMs: 10 * 60_000,
      timeoutFromStage: false,
      run: determineCandidates,
    },
  ],
  after: rollbackPlans,
});
