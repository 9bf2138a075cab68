import { type Context, nextVersion } from './context';
import { planOf } from './deployment-plan';
import { cancelDeployment, createDeployment } from './deployments';
import { createGroups } from './groups';
import type { JsonObject } from './json';
import { appLocked, MarathonError, notValid } from './marathon-error';
import { parentOf } from './normalize-app';
import { planChange, type PlannedChange, type PlanOptions } from './plan-change';
import type { AppSpec, Deployment } from './world';

/** What a change is to do; a null wish removes the app. */
export type AppChange = PlanOptions & {
  /** Normalised definitions by app id, still without version. */
  readonly wishes: Readonly<Record<string, JsonObject | null>>;
  readonly force: boolean;
  /** The group that the events name; that of the first app by default. */
  readonly groupId?: string;
};

const maxVersions = 50;
const maxRemoved = 200;

/** Throws 409 when a running deployment holds one of the apps and the change is not forced. */
export function requireUnlocked(context: Context, appIds: readonly string[], force: boolean): void {
  const holding = deploymentsOf(context, appIds);
  if (holding.length > 0 && !force) throw appLocked(holding.map((deployment) => deployment.id));
}

/** The running deployments that affect one of the apps. */
export function deploymentsOf(context: Context, appIds: readonly string[]): readonly Deployment[] {
  return context.world.deployments.filter(({ affectedApps }) => affectedApps.some((id) => appIds.includes(id)));
}

/**
 * Changes apps as one deployment. A wish that changes nothing keeps the app's version and meets no lock; a deployment
 * without steps ends at once. Throws 409 when locked and 422 for a cycle of dependencies. The caller settles afterwards.
 */
export function changeApps(context: Context, change: AppChange): Deployment {
  const { wishes, force } = change;
  const version = nextVersion(context);
  const groupId = change.groupId ?? parentOf(Object.keys(wishes)[0] ?? '/');
  const failed = (reason: string) => context.emit('group_change_failed', { groupId, version, reason });
  let plan: PlannedChange;
  try {
    plan = planChange(context, wishes, version, change);
    requireNoAppAround({ ...context.world.apps, ...plan.target });
  } catch (error) {
    failed(error instanceof Error ? error.message : String(error));
    throw error;
  }
  const deployment = createDeployment(context, plan);
  const conflicting = deploymentsOf(context, deployment.affectedApps);
  if (conflicting.length > 0 && !force) {
    const locked = appLocked(conflicting.map(({ id }) => id));
    context.emit('deployment_failed', { id: deployment.id, plan: planOf(deployment), reason: locked.message });
    failed(locked.message);
    throw locked;
  }
  for (const other of conflicting) cancelDeployment(context, other);
  for (const [id, spec] of Object.entries(deployment.target)) store(context, id, spec, version);
  context.emit('group_change_success', { groupId, version });
  context.world.deployments.push(deployment);
  return deployment;
}

/** Stops a deployment by a new one that restores what was before. */
export function revertDeployment(context: Context, deployment: Deployment): Deployment {
  return changeApps(context, { wishes: deployment.original, force: true });
}

/** Stores an app as if a change to it had just been accepted; `at` remembers a removal for the versions of its group. */
export function store(context: Context, id: string, spec: AppSpec | null, at?: string): void {
  const { apps, versions, failures, delays, removed } = context.world;
  if (spec === null) {
    const specs = versions[id] ?? [];
    if (at !== undefined && specs.length > 0) removed.push({ id, at, specs });
    if (removed.length > maxRemoved) removed.shift();
    for (const record of [apps, versions, failures, delays]) Reflect.deleteProperty(record, id);
    return;
  }
  if (apps[id]?.version === spec.version) return;
  apps[id] = spec;
  versions[id] = [...(versions[id] ?? []), spec].slice(-maxVersions);
  createGroups(context.world, parentOf(id));
}

/** Throws 422 where an app would be the group of another. */
function requireNoAppAround(specs: Readonly<Record<string, AppSpec | null>>): void {
  for (const [id, spec] of Object.entries(specs)) {
    for (let group = parentOf(id); spec !== null && group !== '/'; group = parentOf(group)) {
      if ((specs[group] ?? null) === null) continue;
      throw notValid([{ path: '/', errors: [`Groups and Applications may not have the same identifier: ${group}`] }]);
    }
  }
}

/** Throws Marathon's 409 when an app has the id already, and 422 when a group has. */
export function requireNewId(context: Context, id: string): void {
  const { apps, groups } = context.world;
  if (apps[id] !== undefined) throw new MarathonError(409, { message: `An app with id [${id}] already exists.` });
  if (groups.includes(id)) throw notValid([{ path: '/', errors: [`Group with id [${id}] already exists.`] }]);
}
