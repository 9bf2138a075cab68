import { z } from 'zod';
import type { Diagnosis } from '../../model/diagnosis';
import { readDiagnosis } from '../../model/diagnosis';
import { asCoxswainError } from '../../model/errors';
import { parseMoniker } from '../../model/moniker';
import type { Location, ServerGroup } from '../../model/server-group';
import { countServing, countUp, locationName } from '../../model/server-group';
import type { Text } from '../../model/text';
import type { Stage } from '../../model/execution';
import type { ClusterView, ServerGroups } from '../../dcos/server-groups';
import type { TaskDefinition, TaskLook, TaskResult } from '../../engine/contracts/task';
import { watching } from './watching';
import { healthWishOf, healthyWanted, ignoresHealth } from './health-wish';
import { placeOf } from './place';
import { isDoneWithout, leftAlone, unlessLeftAlone } from './sized';
import { targetNameOf } from './target';

type Needs = { readonly serverGroups: ServerGroups };

const pollMs = 2000;
/** How long instances may take before the last failure is told. */
const diagnoseAfterMs = 3000;

/** How long fewer instances than wanted may exist, or all serve while Marathon still works, before that is odd. */
const oddAfterMs = 15_000;
/** A diagnosis costs some requests: it is made again after a minute, and for the last time shortly before the end. */
const diagnoseAgainMs = 60_000;
const endingMs = 10_000;

type Awaited = {
  readonly view: ClusterView;
  readonly location: Location;
  readonly group: ServerGroup;
  readonly wanted: number;
};

/** Whether the shared view, which costs nothing, shows more than a slow start; a healthy deployment is never diagnosed. */
function isOdd(look: TaskLook<Needs>, { view, location, group, wanted }: Awaited): boolean {
  if (view.isAiling(location, group.name)) return true;
  const isStuck = group.instances.length < wanted || countServing(group) >= wanted;
  return isStuck && look.now - look.startedAt >= oddAfterMs;
}

const diagnosedAt = z.object({ diagnosedAt: z.number() });

/** Finds out why instances do not come up, where it is time to; undefined leaves what is known as it is. */
async function diagnoseInTime(look: TaskLook<Needs>, awaited: Awaited): Promise<Diagnosis | undefined> {
  const isEnding = look.deadline - look.now <= endingMs;
  if (!isEnding && !isOdd(look, awaited)) return undefined;
  const last = diagnosedAt.safeParse(look.stage.context);
  const age = last.success ? look.now - last.data.diagnosedAt : Number.POSITIVE_INFINITY;
  if (age < (isEnding ? endingMs / 2 : diagnoseAgainMs)) return undefined;
  return look.services.serverGroups.diagnose(awaited.location, awaited.group.name, look.signal);
}

const targetSize = (look: TaskLook<unknown>, group: ServerGroup): number =>
  z.number().catch(group.desired).parse(look.stage.context.targetDesiredSize);

/** What is known of a group's size while it is awaited, and after. */
const capacityNow = z.object({
  /** Instances that serve, and all there are. */
  serving: z.number(),
  present: z.number(),
  wanted: z.number(),
  isReached: z.boolean(),
  /** How many of those wanted are enough; absent where all are needed. */
  enough: z.number().optional(),
  failure: z.string().default(''),
});

/** `3/4 healthy`; only once the wait is over does it say that all are, or that none is left. */
function capacityText({ serving, present, wanted, isReached, enough }: z.input<typeof capacityNow>): string {
  if (isReached && wanted === 0) return 'out of service';
  const isPartial = enough !== undefined && !isReached;
  if (isReached || serving < wanted) return `${serving}/${wanted} healthy${isPartial ? `, ${enough} are enough` : ''}`;
  if (present > wanted) return `${present} still there, ${wanted} wanted`;
  return `all ${wanted} healthy, DC/OS is not done yet`;
}

/**
 * What it means that no list shows the group. In strict mode DC/OS leaves what an account may not read out of lists, so only
 * the group itself says that it is gone.
 */
async function explainAbsence(look: TaskLook<Needs>, location: Location, name: string): Promise<TaskResult> {
  const again = (progress: string): TaskResult => ({ status: 'RUNNING', retryAfterMs: pollMs, context: { progress } });
  try {
    const group = await look.services.serverGroups.get(location, name, look.signal);
    if (group !== undefined) return again(`${name} is there, but no list shows it`);
    if (isDoneWithout(look.stage)) return { status: 'SKIPPED', reason: `${name} is gone already` };
    return { status: 'TERMINAL', code: 'NOT_FOUND', reason: `Server group ${name} vanished while it was awaited.` };
  } catch (error) {
    if (asCoxswainError(error).code !== 'FORBIDDEN') throw error;
    const where = locationName(location);
    return again(`${name} cannot be seen: our account lacks the permission to read what runs in ${where}; grant it`);
  }
}

/** A group as it is awaited: how many instances are wanted, how many of them healthy, and how many are. */
type Reach = { readonly present: number; readonly wanted: number; readonly enough: number; readonly healthy: number };

/**
 * How far a group has come. Where not all must be healthy, those that serve count: fewer than all are healthy only while
 * Marathon's deployment goes on, and during that none is up by Spinnaker's rule (semantics §2.3).
 */
function reachOf(look: TaskLook<Needs>, group: ServerGroup): Reach {
  const wanted = targetSize(look, group);
  const enough = healthyWanted(healthWishOf(look.stage.context), wanted);
  const healthy = enough < wanted ? countServing(group) : countUp(group);
  return { present: group.instances.length, wanted, enough, healthy };
}

/** Whether enough are there and healthy, and no more are left than wanted. */
const isThere = ({ present, wanted, enough, healthy }: Reach): boolean =>
  healthy >= enough && present >= enough && present <= wanted;

/**
 * Waits until as many instances are healthy as the stage asked for, and no more are left than that; for nothing where it
 * says that health is of no interest (semantics §4.2).
 */
export const waitForCapacityMatch: TaskDefinition<Needs> = unlessLeftAlone({
  name: 'waitForCapacityMatch',
  timeoutMs: 30 * 60_000,
  timeoutFromStage: true,
  ...watching,
  async run(look) {
    const name = targetNameOf(look);
    const location = placeOf(look.context);
    const { value: view } = await look.services.serverGroups.look(location, look.signal, parseMoniker(name)?.cluster);
    const group = view.group(location, name);
    if (group === undefined) return explainAbsence(look, location, name);
    const reach = reachOf(look, group);
    const { present, wanted, enough, healthy } = reach;
    if (isThere(reach) || (wanted > 0 && ignoresHealth(healthWishOf(look.stage.context)))) {
      const reached = { serving: healthy, present, wanted, isReached: true };
      return { status: 'SUCCEEDED', context: { capacityNow: reached, diagnosis: undefined } };
    }
    const partial = enough < wanted ? { enough } : {};
    const seen = { serving: countServing(group), present, wanted, isReached: false, ...partial };
    const isLate = healthy < enough && look.now - look.startedAt >= diagnoseAfterMs;
    const cause = isLate ? view.lastFailure(location, name) : undefined;
    const failure = cause === undefined ? '' : `, last failure: ${cause}`;
    const fresh = isLate ? await diagnoseInTime(look, { view, location, group, wanted }) : undefined;
    const found = fresh === undefined ? {} : { diagnosis: fresh, diagnosedAt: look.now };
    const { reasons } = fresh ?? readDiagnosis(look.stage.context.diagnosis) ?? { reasons: [] };
    // The diagnosis has the last failure in words, and stands beside this in the message of the end.
    const progress = `${name} ${capacityText(seen)}${reasons.length > 0 ? '' : failure}`;
    const context = { capacityNow: { ...seen, failure }, progress, ...found };
    return { status: 'RUNNING', retryAfterMs: pollMs, context };
  },
});

/** `foo-v003 3/4 healthy`, while the stage waits and after. */
export function renderCapacity(stage: Stage): Text | undefined {
  const left = leftAlone(stage);
  if (left !== undefined) return left;
  const seen = capacityNow.safeParse(stage.context.capacityNow);
  const name = z.string().safeParse(stage.outputs.targetServerGroup ?? stage.outputs.serverGroupName);
  const prefix = name.success ? `${name.data} ` : '';
  if (!seen.success) return name.success ? name.data : undefined;
  return `${prefix}${capacityText(seen.data)}${seen.data.failure}`;
}
