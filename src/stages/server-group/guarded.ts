import { z } from 'zod';
import type { ReserveRequest, TrafficGuard } from '../../engine/contracts/guard';
import type { TaskDefinition, TaskLook, TaskResult } from '../../engine/contracts/task';
import type { Services } from '../../services';
import { clusterOf, placeOf } from './place';
import { targetNameOf } from './target';

/** How long a denied step waits for the cluster to look better before it fails (semantics §8). */
const patienceMs = 30_000;
/** The same where some instances fewer than promised would serve: one that was lost gets its time to be replaced. */
const shortageMs = 4 * 60_000;
const againMs = 2000;

type Needs = { readonly trafficGuard: TrafficGuard };

/** What the tasks of a destructive stage see. */
export type GuardedServices = Pick<Services, 'serverGroups' | 'trafficGuard'>;

/** What a step takes out: groups, how many instances each of them keeps, none unless told, and its own word for that. */
export type Leaving = Pick<ReserveRequest, 'going' | 'keeping'> & { readonly operation?: string };

const promised = z.object({ minimumServing: z.number().optional() });

/**
 * The task in front of every destructive step: asks the traffic guard and reserves what will go, by default the target.
 * Where nothing goes it is skipped. A stage's `minimumServing` is how many healthy instances the cluster must be left with.
 */
export function checkTrafficGuard(
  operation: string,
  leavingOf: (look: TaskLook<GuardedServices>) => Promise<Leaving> = (look) =>
    Promise.resolve({ going: [targetNameOf(look)] }),
): TaskDefinition<GuardedServices> {
  return {
    name: 'checkTrafficGuard',
    timeoutMs: 5 * 60_000,
    timeoutFromStage: false,
    async run(look): Promise<TaskResult> {
      const leaving = await leavingOf(look);
      if (leaving.going.length === 0) return { status: 'SKIPPED', reason: 'Nothing is taken out of service.' };
      const { trafficGuard } = look.services;
      const { minimumServing } = promised.parse(look.stage.context);
      const least = minimumServing === undefined ? {} : { minimumServing };
      const request = { location: placeOf(look.context), cluster: clusterOf(look), operation, ...leaving, ...least };
      const reserver = { key: look.key, executionId: look.execution.id };
      const answer = await trafficGuard.reserve({ ...request, ...reserver }, look.signal);
      if ('moved' in answer) return { status: 'RUNNING', retryAfterMs: 0 };
      if (answer.allowed) return { status: 'SUCCEEDED' };
      if (look.now - look.startedAt < (minimumServing === undefined ? patienceMs : shortageMs)) {
        return { status: 'RUNNING', retryAfterMs: againMs, context: { progress: answer.reason } };
      }
      return { status: 'TERMINAL', code: 'TRAFFIC_GUARD', reason: answer.reason };
    },
  };
}

/** Gives the reservation back once what went is seen gone. */
export const releaseReservation = (look: TaskLook<Needs>): Promise<void> =>
  look.services.trafficGuard.release(placeOf(look.context), clusterOf(look), look.key);
