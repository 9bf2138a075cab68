import { z } from 'zod';
import type { TrafficGuard } from '../../engine/contracts/guard';
import type { TaskDefinition, TaskLook, TaskResult } from '../../engine/contracts/task';
import type { Services } from '../../services';
import { placeOf } from './place';
import { targetNameOf } from './target';

/** How long a denied step waits for the cluster to look better before it fails (semantics §8). */
const patienceMs = 30_000;
const againMs = 2000;

type Needs = { readonly trafficGuard: TrafficGuard };

/** What the tasks of a destructive stage see. */
export type GuardedServices = Pick<Services, 'serverGroups' | 'trafficGuard'>;

const clusterOf = (look: TaskLook<unknown>) => z.string().parse(look.context.cluster);

/** The task in front of every destructive step: asks the traffic guard and reserves what will go. */
export function checkTrafficGuard(
  operation: string,
  applies: (look: TaskLook<GuardedServices>) => Promise<boolean> = () => Promise.resolve(true),
): TaskDefinition<GuardedServices> {
  return {
    name: 'checkTrafficGuard',
    timeoutMs: 5 * 60_000,
    timeoutFromStage: false,
    async run(look): Promise<TaskResult> {
      if (!(await applies(look))) return { status: 'SKIPPED', reason: 'Nothing is taken out of service.' };
      const { trafficGuard } = look.services;
      const going = [targetNameOf(look)];
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
