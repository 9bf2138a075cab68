import { z } from 'zod';
import { isDisabled, locationName, type Location, type ServerGroup } from '../model/server-group';
import type { PlanInput, StagePlan } from '../engine/contracts/stage';
import { defineStage } from '../services';
import { inTurn, waitTimeBetweenRegions } from './server-group/between-regions';
import { placesFor } from './server-group/place';

const config = z.looseObject({
  cluster: z.string(),
  /** `account/region` → the server group to restore; without one, the newest other group. */
  restore: z.record(z.string(), z.string()).optional(),
  waitTimeBetweenRegions: waitTimeBetweenRegions.describe(
    'How long to wait after each region before the next is rolled back, in seconds; 0 by default.',
  ),
});

type Candidate = {
  readonly location: Location;
  readonly rollback: string;
  readonly restore: string;
  readonly desired: number;
};

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

const candidateSchema = z.array(
  z.object({
    location: z.object({ account: z.string(), region: z.string(), dcosCluster: z.string(), group: z.string() }),
    rollback: z.string(),
    restore: z.string(),
    desired: z.number(),
  }),
);

function rollbackPlans({ stage }: PlanInput): readonly StagePlan[] {
  const { cluster } = config.parse(stage.context);
  const plans = candidateSchema
    .catch([])
    .parse(stage.outputs.candidates)
    .map(({ location, rollback, restore, desired }) => ({
      type: 'rollbackServerGroup',
      name: `${rollback} → ${restore} in ${locationName(location)}`,
      context: { location, cluster, rollbackServerGroupName: rollback, restoreServerGroupName: restore, desired },
    }));
  return inTurn(plans, stage.context);
}

/** Brings an earlier server group back in each place, then takes the present one out (semantics §4.8). */
export const rollbackCluster = defineStage({
  type: 'rollbackCluster',
  needs: ['serverGroups'],
  needsPlaces: true,
  config,
  tasks: [
    {
      name: 'determineRollbackCandidates',
      timeoutMs: 10 * 60_000,
      timeoutFromStage: false,
      async run({ stage, context, services, signal }) {
        const { cluster, restore } = config.parse(context);
        const candidates: Candidate[] = [];
        for (const location of placesFor({ stage, context })) {
          const groups = await services.serverGroups.list(location, cluster, signal);
          const named = restore?.[locationName(location)];
          if (named !== undefined && !groups.some((group) => group.name === named)) {
            const reason = `Cannot roll back ${locationName(location)} to ${named}: it no longer exists. Ask again to see what does.`;
            return { status: 'TERMINAL', code: 'NOT_FOUND', reason };
          }
          const found = rollbackCandidate(groups, named);
          if (found === undefined) continue;
          const { rollback, restore: back } = found;
          candidates.push({ location, rollback: rollback.name, restore: back.name, desired: rollback.desired });
        }
        return { status: 'SUCCEEDED', outputs: { candidates } };
      },
    },
  ],
  after: rollbackPlans,
});
