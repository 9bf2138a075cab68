import { z } from 'zod';
import type { LockHolder, ServerGroups } from '../../dcos/server-groups';
import type { TaskLook, TaskResult } from '../../engine/contracts/task';
import { deploymentLockOf, lockForceOf, type DeploymentLock } from '../../engine/deployment-lock';
import { asCoxswainError, CoxswainError } from '../../model/errors';
import type { Memo, Stage } from '../../model/execution';
import { parseMoniker } from '../../model/moniker';
import { placeOf } from './place';

type Look = TaskLook<{ readonly serverGroups: ServerGroups }>;

/** A quarter of the time that a step has waited for a lock already, within these bounds, passes until it tries again. */
const shortestRetryMs = 3000;
const longestRetryMs = 60_000;

/** From so many refusals on it is worth asking people: a deployment that is about to end does not refuse twice. */
const refusalsAsked = 2;
/** How many apps and deployments are named; a deployment of a whole group may change hundreds. */
const namesListed = 3;
/** So much of an app's path is shown in a form. */
const longestShort = 50;

const holdersSchema = z.array(z.string()).min(1);
const memoSchema = z.object({ refusals: z.number() });

/** The deployments that a change was refused for, sorted; undefined for any other error. */
function holdersOf(error: unknown): readonly string[] | undefined {
  if (!(error instanceof CoxswainError) || error.code !== 'MARATHON_LOCKED') return undefined;
  const holders = holdersSchema.safeParse(error.fields.deployments);
  return holders.success ? [...holders.data].sort() : [];
}

const plural = (count: number, word: string): string => (count === 1 ? word : `${word}s`);

function listOf(names: readonly string[]): string {
  const more = names.length - namesListed;
  return `${names.slice(0, namesListed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** The end of a long path, which tells apps apart. */
const shortened = (id: string): string => (id.length > longestShort ? `…${id.slice(1 - longestShort)}` : id);

/** What becomes of the apps; it fits into a form, with the question that follows: several deployments are counted. */
function consequenceFor(apps: readonly string[], ids: readonly string[]): string {
  const deployments = ids.length === 1 ? `deployment ${ids.join('')}` : `${ids.length} deployments`;
  return `${listOf(apps.map(shortened))} may be left half way: Marathon cancels ${deployments}.`;
}

/** `/prod/east/foo-prod-v003` is of the cluster `foo-prod`. */
function clusterOfApp(id: string): string {
  const name = id.slice(id.lastIndexOf('/') + 1);
  return parseMoniker(name)?.cluster ?? name;
}

/** What people are told of those who hold a server group, and judged by. */
function describeLock(
  holders: readonly LockHolder[],
  { id: taskId }: Pick<Stage['tasks'][number], 'id'>,
): DeploymentLock {
  const ids = holders.map(({ deploymentId }) => deploymentId).sort();
  const apps = [...new Set(holders.flatMap(({ changes }) => changes))].sort();
  const deployments = `${plural(ids.length, 'deployment')} ${listOf(ids)}`;
  const since = holders.flatMap(({ since: at }) => at ?? []).sort((one, other) => one - other)[0];
  return {
    holders: ids,
    reason: `Marathon is busy with ${deployments}, which ${ids.length === 1 ? 'changes' : 'change'} ${listOf(apps)}`,
    consequence: consequenceFor(apps, ids),
    ...(since === undefined ? {} : { since }),
    clusters: [...new Set(apps.map(clusterOfApp))],
    taskId,
  };
}

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((id, index) => id === other[index]);

/** The lock as it is shown: as it was where the same hold it; undefined where it cannot be said what they do. */
async function lookAtLock({ stage, context, services, signal }: Look, ids: readonly string[]) {
  const known = deploymentLockOf(stage);
  const task = stage.tasks.find(({ status }) => status === 'RUNNING');
  if (task === undefined || ids.length === 0) return undefined;
  if (known?.taskId === task.id && isSame(known.holders, ids)) return known;
  try {
    const holders = await services.serverGroups.lockHolders(placeOf(context), ids, signal);
    return isSame(holders.map(({ deploymentId }) => deploymentId).sort(), ids)
      ? describeLock(holders, task)
      : undefined;
  } catch (error) {
    // Nobody is asked to break off what cannot be named; the next refusal looks again.
    if (error instanceof CoxswainError) return undefined;
    throw error;
  }
}

/**
 * Waits out a Marathon lock, asking ever more rarely; once it was refused twice it says who holds the lock, and people may
 * have that forced (decisions 10). Throws other errors.
 */
export async function waitForLock(error: unknown, memo: Memo, look: Look): Promise<TaskResult> {
  const ids = holdersOf(error);
  if (ids === undefined) throw error;
  const { now, startedAt } = look;
  const retryAfterMs = Math.min(longestRetryMs, Math.max(shortestRetryMs, Math.round((now - startedAt) / 4)));
  const before = memoSchema.safeParse(look.memo).data?.refusals ?? 0;
  const refusals = Math.min(refusalsAsked, before + 1);
  const lock = refusals < refusalsAsked ? undefined : await lookAtLock(look, ids);
  const progress = lock?.reason ?? asCoxswainError(error).message;
  const context = { progress, deploymentLock: lock ?? null };
  return { status: 'RUNNING', retryAfterMs, memo: { ...memo, refusals }, context };
}

/**
 * Changes what a Marathon deployment may hold: with force where the stage says so, else only where all who hold it are those
 * that may be forced: `forceOnly`, and what people have said. It is tried without force first, so that the answer says who holds
 * it at that moment; an id is of one deployment for ever, so that none is broken off twice.
 */
export async function changeLocked<T>(
  { stage }: Pick<Look, 'stage'>,
  act: (force: boolean) => Promise<T>,
  { force = false, forceOnly = [] }: { readonly force?: boolean; readonly forceOnly?: readonly string[] } = {},
): Promise<T> {
  try {
    return await act(force);
  } catch (error) {
    const allowed = [...forceOnly, ...(lockForceOf(stage)?.holders ?? [])];
    const holders = holdersOf(error) ?? [];
    if (holders.length === 0 || !holders.every((id) => allowed.includes(id))) throw error;
    return act(true);
  }
}
