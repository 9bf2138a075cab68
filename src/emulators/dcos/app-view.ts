import { type Context } from './context';
import { deploymentsOf } from './change-apps';
import { instancesOf, ipAddressOf, isHealthy, isLaunched, taskIdOf, taskStateOf } from './instances';
import { servicePortsOf } from './plan-change';
import type { AppSpec, Instance } from './world';

/** A task as Marathon shows it. */
export function taskView(instance: Instance) {
  return {
    id: taskIdOf(instance),
    appId: instance.appId,
    host: instance.host,
    slaveId: instance.agentId,
    state: taskStateOf(instance),
    ports: instance.ports,
    servicePorts: servicePortsOf(instance.spec),
    ipAddresses: instance.startedAt === undefined ? [] : [ipAddressOf(instance)],
    stagedAt: instance.stagedAt,
    startedAt: instance.startedAt,
    version: instance.spec.version,
    localVolumes: [],
    healthCheckResults: healthResultsOf(instance),
    role: instance.spec.role,
    region: 'emulated-region',
    zone: 'emulated-zone',
  };
}

/** The tasks of an app that have been launched. */
export function tasksOf(context: Context, appId: string) {
  return instancesOf(context, appId).filter(isLaunched).map(taskView);
}

/** An app with counts and deployments, and what `embeds` names: tasks, lastTaskFailure, taskStats, readiness. */
export function appView(context: Context, spec: AppSpec, embeds: ReadonlySet<string>) {
  const failure = context.world.failures[spec.id];
  const hasFailure = failure !== undefined && (embeds.has('lastTaskFailure') || embeds.has('failures'));
  const isDeploying = deploymentsOf(context, [spec.id]).length > 0;
  return {
    ...spec,
    ...countsOf(instancesOf(context, spec.id)),
    deployments: deploymentsOf(context, [spec.id]).map(({ id }) => ({ id })),
    ...(embeds.has('tasks') ? { tasks: tasksOf(context, spec.id) } : {}),
    ...(hasFailure ? { lastTaskFailure: failure } : {}),
    ...(embeds.has('taskStats') ? { tasksStats: taskStatsOf(context, spec) } : {}),
    ...(embeds.has('readiness') ? { readinessCheckResults: isDeploying ? readinessResultsOf(context, spec) : [] } : {}),
  };
}

/** Marathon's counters: a starting or dying task counts as neither staged nor running. */
export function countsOf(instances: readonly Instance[]) {
  const count = (matches: (instance: Instance) => boolean) => instances.filter(matches).length;
  return {
    tasksStaged: count((each) => each.condition === 'Staging'),
    tasksRunning: count((each) => each.condition === 'Running'),
    tasksHealthy: count((each) => isLaunched(each) && each.alive === true),
    tasksUnhealthy: count((each) => isLaunched(each) && each.alive === false),
  };
}

/** What a readiness check has shown so far, for the running tasks that have a definition's latest configuration. */
export function readinessResultsOf(context: Context, target: AppSpec) {
  return instancesOf(context, target.id).flatMap((instance) => {
    if (instance.spec.version < target.versionInfo.lastConfigChangeAt) return [];
    const check = instance.spec.readinessChecks?.[0];
    if (check === undefined || instance.condition !== 'Running') return [];
    const { ready, readinessResponse: lastResponse } = instance;
    const isShown = check.preserveLastResponse === true && lastResponse !== undefined;
    const shown = isShown ? { lastResponse } : {};
    return [{ name: String(check.name), taskId: taskIdOf(instance), ready, ...shown }];
  });
}

/** One for every check that has a result. */
function healthResultsOf(instance: Instance) {
  return instance.checks.map(({ index: _index, ...shown }) => ({ ...shown, instanceId: instance.id }));
}

function taskStatsOf(context: Context, spec: AppSpec) {
  const launched = instancesOf(context, spec.id).filter(isLaunched);
  const { lastConfigChangeAt, lastScalingAt } = spec.versionInfo;
  const isLatest = (each: Instance) => each.spec.version >= lastConfigChangeAt;
  return {
    ...statsOf(
      context,
      'startedAfterLastScaling',
      launched.filter((each) => (each.stagedAt ?? '') >= lastScalingAt),
    ),
    ...statsOf(context, 'withLatestConfig', launched.filter(isLatest)),
    ...statsOf(
      context,
      'withOutdatedConfig',
      launched.filter((each) => !isLatest(each)),
    ),
    ...statsOf(context, 'totalSummary', launched),
  };
}

function statsOf(context: Context, name: string, instances: readonly Instance[]) {
  if (instances.length === 0) return {};
  const counts = {
    staged: instances.filter((each) => each.condition === 'Staging').length,
    running: instances.filter((each) => each.condition === 'Running').length,
    healthy: instances.filter((each) => each.alive === true && isHealthy(each)).length,
    unhealthy: instances.filter((each) => each.alive === false).length,
  };
  const lifeSeconds = instances
    .flatMap(({ startedAt }) => (startedAt === undefined ? [] : [(context.clock.now() - Date.parse(startedAt)) / 1000]))
    .sort((a, b) => a - b);
  const averageSeconds = lifeSeconds.reduce((sum, each) => sum + each, 0) / lifeSeconds.length;
  const medianSeconds = lifeSeconds[Math.floor(lifeSeconds.length / 2)];
  const lifeTime = lifeSeconds.length === 0 ? {} : { lifeTime: { averageSeconds, medianSeconds } };
  return { [name]: { stats: { counts, ...lifeTime } } };
}
