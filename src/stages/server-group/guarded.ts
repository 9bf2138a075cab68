import type { TrafficGuard } from '../../engine/contracts/guard';
import type { TaskDefinition, TaskLook, TaskResult } from '../../engine/contracts/task';
import type { Services } from '../../services';
import { clusterOf, placeOf } from './place';
import { leftAlone } from './sized';
import { targetNameOf } from './target';

/** How long a denied step waits for the cluster to look better before it fails (semantics §8). */
const patienceMs = 30_000;
const againMs = 2000;

type Needs = { readonly trafficGuard: TrafficGuard };

/** What the tasks of a destructive stage see. */
export type GuardedServices = Pick<Services, 'serverGroups' | 'trafficGuard'>;

/**
 * The task in front of every destructive step: asks the traffic guard and reserves what will go, by default the target.
 * Where nothing goes it is skipped.
 */
export function checkTrafficGuard(
  operation: string,
  goingOf: (look: TaskLook<GuardedServices>) => Promise<readonly string[]> = (look) =>
    Promise.resolve([targetNameOf(look)]),
): TaskDefinition<GuardedServices> {
  return {
    name: 'checkTrafficGuard',
    timeoutMs: 5 * 60_000,
    timeoutFromStage: false,
    async run(look): Promise<TaskResult> {
      const left = leftAlone(look.stage);
      if (left !== undefined) return { status: 'SKIPPED', reason: left };
      const going = await goingOf(look);
      if (going.length === 0) return { status: 'SKIPPED', reason: 'Nothing is taken out of service.' };
      const { trafficGuard } = look.services;
      const request = { location: placeOf(look.context), cluster: clusterOf(look), operation, going, key: look.key };
      const answer = await trafficGuard.reserve({ ...request, executionId: look.execution.id }, look.signal);
      if ('moved' in answer) return { status: 'RUNNING', retryAfterMs: 0 };
      if (answer.allowed) return { status: 'SUCCEEDED' };
      if (look.now - look.startedAt < patienceMs) {
        return { status: 'RUNNING', retryAfterMs: againMs, context: { progress: answer.reason } };
      }
      return { status: 'TERMINAL', code: 'TRAFFIC_GUARD', reason: answer.reason };
    },
  };
}

/** Gives the reservation back once what went is seen gone. */
export const releaseReservation = (look: TaskLook<Needs>): Promise<void> =>
  look.services.trafficGuard.release(placeOf(look.context), clusterOf(look), look.key);
