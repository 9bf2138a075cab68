import { z } from 'zod';
import type { GuardDenial, ReserveRequest, TrafficGuard } from '../../engine/contracts/guard';
import type { TaskDefinition, TaskLook, TaskResult } from '../../engine/contracts/task';
import { isCleanUp, topLevelOf } from '../../engine/graph';
import { denialContext, overriddenDigest } from '../../engine/guard-override';
import { isStrategyExecution } from '../../model/is-strategy-execution';
import type { Services } from '../../services';
import { clusterOf, placeOf } from './place';
import { unlessLeftAlone } from './sized';
import { targetNameOf } from './target';

/** How long a denied step waits for the cluster to look better before it fails (semantics §8). */
const patienceMs = 30_000;
/** The same where some instances fewer than promised would serve: one that was lost gets its time to be replaced. */
const shortageMs = 4 * 60_000;
/** How long a denied step waits for people then, where they may set the denial aside. */
const askMs = 30 * 60_000;
const againMs = 2000;
const patientlyMs = 10_000;
/** What is left of a task's time when it gives up by itself, so that its end says why. */
const marginMs = 15_000;
/** How old an answer may be when it is acted upon: as old as it gets where nothing has to be waited for. */
const freshMs = 5000;

type Needs = { readonly trafficGuard: TrafficGuard };

/** What the tasks of a destructive stage see. */
export type GuardedServices = Pick<Services, 'serverGroups' | 'trafficGuard'>;

type Look = TaskLook<GuardedServices>;

/** What goes: whole groups, or all but the instances that each keeps, or instances by the name of their group; in its own word. */
export type Going = Pick<ReserveRequest, 'going' | 'instances' | 'keeping'> & { readonly operation?: string };

/** How many healthy instances the cluster must be left with; absent: one. */
const promised = z.object({ minimumServing: z.number().optional() });
const minimumOf = ({ stage }: Look): number | undefined => promised.parse(stage.context).minimumServing;
const patienceOf = (look: Look): number => (minimumOf(look) === undefined ? patienceMs : shortageMs);

/** What a destructive stage asks before it acts, and asks again where the answer has grown old. */
export type GuardStep = {
  readonly check: TaskDefinition<GuardedServices>;
  /** Called by the look that acts: undefined where it may, else what it answers. What it keeps stands in its memo. */
  readonly recheck: (look: Look) => Promise<TaskResult | undefined>;
};

const checkName = 'checkTrafficGuard';
const deniedSchema = z.object({ deniedSince: z.number() });

/** Stages that people ask for by name; a deployment and a rollback go back instead. */
const asked: readonly string[] = [
  'disableServerGroup',
  'destroyServerGroup',
  'resizeServerGroup',
  'disableCluster',
  'scaleDownCluster',
  'shrinkCluster',
  'terminateInstances',
  'terminateInstanceAndDecrementServerGroup',
];

/** Whether people may set a denial aside: of what they asked for, and not of a way back. */
function isAskedFor({ execution, stage }: Pick<Look, 'execution' | 'stage'>): boolean {
  if (isStrategyExecution(execution) || isCleanUp(execution, stage)) return false;
  // Chaos kills nothing that is guarded, whoever would allow it.
  const { type, context } = topLevelOf(execution, stage);
  return context.notAfter === undefined && asked.includes(type);
}

/** What a denied step does: waits for the cluster to look better, then for people, and fails then. */
function denied(look: Look, denial: GuardDenial, since: number): TaskResult {
  const { reason } = denial;
  const patient = since + patienceOf(look);
  const progress: TaskResult = { status: 'RUNNING', retryAfterMs: againMs, context: { progress: reason } };
  if (look.now < patient) return progress;
  const until = Math.min(patient + askMs, look.deadline - marginMs);
  if (!isAskedFor(look) || look.now >= until) return { status: 'TERMINAL', code: 'TRAFFIC_GUARD', reason };
  const context = denialContext(look.stage, denial, { cluster: clusterOf(look), until });
  return { ...progress, retryAfterMs: patientlyMs, context };
}

const isNothing = ({ going, instances }: Going): boolean => going.length === 0 && (instances?.size ?? 0) === 0;

/** The answer to a request for what goes; the reservation is this stage's. */
function ask(look: Look, operation: string, going: Going) {
  const { services, context, key, execution, signal } = look;
  const minimumServing = minimumOf(look);
  const least = minimumServing === undefined ? {} : { minimumServing };
  const request = { location: placeOf(context), cluster: clusterOf(look), operation, key, executionId: execution.id };
  const overrides = overriddenDigest(look.stage, look.now);
  const aside = overrides === undefined ? {} : { overrides };
  return services.trafficGuard.reserve({ ...request, ...least, ...going, ...aside }, signal);
}

const isFresh = ({ stage, now }: Look): boolean => {
  const asked = stage.tasks.find(({ name }) => name === checkName)?.endTime;
  return asked !== undefined && now - asked <= freshMs;
};

const wholeTarget = (look: Look): Promise<Going> => Promise.resolve({ going: [targetNameOf(look)] });

/**
 * The guard of a destructive step: a task in front of it reserves what will go, by default the target, and the step asks
 * again before it acts where it had to wait. Where nothing goes the task is skipped.
 */
export function guardStep(operation: string, goingOf: (look: Look) => Promise<Going> = wholeTarget): GuardStep {
  return {
    check: unlessLeftAlone({
      name: checkName,
      timeoutMs: shortageMs + askMs + 60_000,
      timeoutFromStage: false,
      async run(look): Promise<TaskResult> {
        const going = await goingOf(look);
        if (isNothing(going)) return { status: 'SKIPPED', reason: 'Nothing is taken out of service.' };
        const answer = await ask(look, operation, going);
        if ('moved' in answer) return { status: 'RUNNING', retryAfterMs: 0 };
        if (answer.allowed) return { status: 'SUCCEEDED' };
        return denied(look, answer, look.startedAt);
      },
    }),
    async recheck(look) {
      if (isFresh(look)) return undefined;
      const going = await goingOf(look);
      if (isNothing(going)) return undefined;
      const answer = await ask(look, operation, going);
      if ('moved' in answer) return { status: 'RUNNING', retryAfterMs: 0 };
      if (answer.allowed) return undefined;
      const deniedSince = deniedSchema.safeParse(look.memo).data?.deniedSince ?? look.now;
      const result = denied(look, answer, deniedSince);
      return result.status === 'RUNNING' ? { ...result, memo: { ...look.memo, deniedSince } } : result;
    },
  };
}

/** Gives the reservation back once what went is seen gone. */
export const releaseReservation = (look: TaskLook<Needs>): Promise<void> =>
  look.services.trafficGuard.release(placeOf(look.context), clusterOf(look), look.key);
