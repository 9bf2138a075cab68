import { parseMoniker } from '../model/moniker';
import type { HealthState, Instance, Location, ServerGroup } from '../model/server-group';
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
  const milliseconds = Date.parse(time ?? '');
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
};

function toInstance(task: MarathonTask, app: MarathonAppInfo): Instance {
  const launchTime = readTime(task.startedAt);
  return {
    id: task.id,
    health: healthOf(task, app),
    serving: isServing(task, app),
    ...(launchTime === undefined ? {} : { launchTime }),
    ...(task.host === undefined ? {} : { host: task.host }),
  };
}

/**
 * The server group that an app is in a location, or undefined where it is none: an app elsewhere, one whose name holds no
 * application or no sequence, a load balancer of Spinnaker's (semantics §1.3, §2.3).
 */
export function serverGroupFromApp(app: MarathonAppInfo, location: Location): ServerGroup | undefined {
  const lastSlash = app.id.lastIndexOf('/');
  const name = app.id.slice(lastSlash + 1);
  if (app.id.slice(0, Math.max(0, lastSlash)) !== marathonParent(location)) return undefined;
  if ('SPINNAKER_LOAD_BALANCER' in app.labels) return undefined;
  const moniker = parseMoniker(name);
  if (moniker === undefined || moniker.sequence === null) return undefined;
  return {
    name,
    moniker: { ...moniker, sequence: moniker.sequence },
    location,
    createdTime: readTime(app.versionInfo?.lastConfigChangeAt) ?? 0,
    desired: app.instances,
    instances: app.tasks.map((task) => toInstance(task, app)),
    image: app.container?.docker?.image,
    marathonId: app.id,
    marathonVersion: app.version,
    deployments: app.deployments.map(({ id }) => id),
    labels: app.labels,
  };
}
