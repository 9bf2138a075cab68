import { parseMoniker } from '../model/moniker';
import type { HealthState, Instance, Location, ServerGroup, UnmanagedApp } from '../model/server-group';
import { marathonParent } from './marathon-id';
import type { MarathonAppInfo, MarathonTask } from './marathon-schemas';

const healthOfState: Readonly<Record<string, HealthState>> = {
  TASK_STARTING: 'Starting',
  TASK_FINISHED: 'Succeeded',
  TASK_FAILED: 'Failed',
  TASK_ERROR: 'Failed',
  TASK_DROPPED: 'Failed',
  TASK_STAGING: 'Down',
  TASK_KILLED: 'Down',
  TASK_GONE: 'Down',
};

// Marathon before 1.4 does not say the state: a task that has started runs.
const stateOf = (task: MarathonTask): string =>
  task.state ?? (task.startedAt === undefined ? 'TASK_STAGING' : 'TASK_RUNNING');

function healthOf(task: MarathonTask, app: MarathonAppInfo): HealthState {
  const state = stateOf(task);
  if (state !== 'TASK_RUNNING') return healthOfState[state] ?? 'Unknown';
  const isSick = task.healthCheckResults.some((result) => !result.alive);
  return app.deployments.length > 0 || isSick ? 'Down' : 'Up';
}

function isServing(task: MarathonTask, app: MarathonAppInfo): boolean {
  if (stateOf(task) !== 'TASK_RUNNING') return false;
  const hasProof = app.healthChecks.length === 0 || task.healthCheckResults.length > 0;
  return hasProof && task.healthCheckResults.every((result) => result.alive);
}

const readTime = (time: string | undefined): number | undefined => {
  if (time === undefined) return undefined;
  const milliseconds = Date.parse(time);
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
};

// Written without spreads: a list of a cluster holds tens of thousands of tasks.
function toInstance(task: MarathonTask, app: MarathonAppInfo): Instance {
  const { id, host } = task;
  const health = healthOf(task, app);
  const serving = isServing(task, app);
  const launchTime = readTime(task.startedAt);
  if (launchTime !== undefined && host !== undefined) return { id, health, serving, launchTime, host };
  if (launchTime !== undefined) return { id, health, serving, launchTime };
  return host === undefined ? { id, health, serving } : { id, health, serving, host };
}

/**
 * The server group that an app is in a location, or undefined where it is none: an app elsewhere, one whose name holds no
 * application or no sequence, a load balancer of Spinnaker's (semantics §1.3, §2.3).
 */
export function serverGroupFromApp(app: MarathonAppInfo, location: Location): ServerGroup | undefined {
  const parent = app.id.slice(0, Math.max(0, app.id.lastIndexOf('/')));
  return parent === marathonParent(location) ? serverGroupInPlace(app, location) : undefined;
}

/** The same for an app that is known to be in the location's Marathon group. */
export function serverGroupInPlace(app: MarathonAppInfo, location: Location): ServerGroup | undefined {
  const name = app.id.slice(app.id.lastIndexOf('/') + 1);
  if ('SPINNAKER_LOAD_BALANCER' in app.labels) return undefined;
  const moniker = parseMoniker(name);
  if (moniker === undefined || moniker.sequence === null) return undefined;
  const createdTime = readTime(app.versionInfo?.lastConfigChangeAt) ?? 0;
  // A version is the time of the last change; where that was no change of the configuration it was one of the size.
  const changedTime = readTime(app.version) ?? 0;
  return {
    name,
    moniker: { ...moniker, sequence: moniker.sequence },
    location,
    createdTime,
    ...(createdTime > 0 && changedTime > createdTime ? { scaledTime: changedTime } : {}),
    desired: app.instances,
    instances: app.tasks.map((task) => toInstance(task, app)),
    image: app.container?.docker?.image,
    marathonId: app.id,
    marathonVersion: app.version,
    deployments: app.deployments.map(({ id }) => id),
    labels: app.labels,
  };
}

/** The app that a team runs in a location without a version in its name; undefined for server groups and load balancers. */
export function unmanagedFromApp(app: MarathonAppInfo, location: Location): UnmanagedApp | undefined {
  const name = app.id.slice(app.id.lastIndexOf('/') + 1);
  if ('SPINNAKER_LOAD_BALANCER' in app.labels || parseMoniker(name)?.sequence !== null) return undefined;
  return {
    name,
    location,
    desired: app.instances,
    instances: app.tasks.map((task) => toInstance(task, app)),
    image: app.container?.docker?.image,
    marathonVersion: app.version,
  };
}
