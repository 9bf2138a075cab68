import { type Context, timestamp } from './context';
import { matchesPattern } from './faults';
import { emitCondition, emitStatus, endTask, isLaunched, kill, recordFailure, taskIdOf } from './instances';
import { objectOf } from './json';
import { labelMs, matchesApp, raiseDelay } from './launch';
import type { Instance, Timer } from './world';

/** Lets the thing happen that a timer stands for. */
export function runTimer(context: Context, timer: Timer): void {
  const instance = context.world.instances.find((each) => each.id === timer.instanceId);
  if (instance === undefined) return;
  if (timer.kind === 'starting') becomeStarting(context, instance);
  if (timer.kind === 'running') becomeRunning(context, instance);
  if (timer.kind === 'health') checkHealth(context, instance);
  if (timer.kind === 'ready') instance.ready = true;
  if (timer.kind === 'crash') failTask(context, instance, findCrash(context, instance)?.message);
  if (timer.kind === 'killed') endTask(context, instance, 'TASK_KILLED', 'Container exited on SIGTERM');
}

/** Fails the task of an instance as a process that ended by itself; Marathon relaunches it after the backoff. */
export function failTask(context: Context, instance: Instance, message = 'Command exited with status 1'): void {
  if (!isLaunched(instance)) return;
  recordFailure(context, instance, 'TASK_FAILED', message);
  raiseDelay(context, instance.spec);
  endTask(context, instance, 'TASK_FAILED', message);
}

/** Applies a change of faults to the tasks that run already. */
export function reviewRunningTasks(context: Context): void {
  for (const instance of context.world.instances.filter((each) => each.condition === 'Running')) {
    const crash = findCrash(context, instance);
    if (crash?.running === true) context.schedule('crash', instance.id, crash.afterMs ?? 0);
    const changes = instance.alive !== undefined && instance.alive === isUnhealthy(context, instance);
    if (changes && !hasTimer(context, instance, 'health')) context.schedule('health', instance.id, 0);
  }
}

function becomeStarting(context: Context, instance: Instance): void {
  instance.condition = 'Starting';
  emitCondition(context, instance, 'Starting');
  emitStatus(context, instance, 'TASK_STARTING');
}

function becomeRunning(context: Context, instance: Instance): void {
  const { spec } = instance;
  instance.condition = 'Running';
  instance.startedAt = timestamp(context);
  emitCondition(context, instance, 'Running');
  emitStatus(context, instance, 'TASK_RUNNING');
  const healthyMs = labelMs(spec, 'EMULATOR_HEALTHY_MS') ?? context.timings.healthyMs;
  if ((spec.healthChecks ?? []).length > 0) context.schedule('health', instance.id, healthyMs);
  if ((spec.readinessChecks ?? []).length === 0) instance.ready = true;
  else context.schedule('ready', instance.id, labelMs(spec, 'EMULATOR_READY_MS') ?? healthyMs);
  const crashMs = labelMs(spec, 'EMULATOR_CRASH');
  const fault = findCrash(context, instance);
  if (crashMs !== undefined || fault !== undefined) {
    context.schedule('crash', instance.id, crashMs ?? fault?.afterMs ?? 100);
  }
}

function checkHealth(context: Context, instance: Instance): void {
  const bad = isUnhealthy(context, instance);
  const changed = instance.alive !== !bad;
  instance.alive = !bad;
  if (bad) noteFailedCheck(context, instance);
  else {
    instance.consecutiveFailures = 0;
    instance.firstSuccess ??= timestamp(context);
    instance.lastSuccess = timestamp(context);
  }
  if (changed) emitHealth(context, instance);
  if (!bad) return;
  const limit = instance.spec.healthChecks?.[0]?.maxConsecutiveFailures ?? 3;
  if (limit > 0 && instance.consecutiveFailures >= limit) killUnhealthy(context, instance);
  else context.schedule('health', instance.id, context.timings.healthIntervalMs);
}

function noteFailedCheck(context: Context, instance: Instance): void {
  instance.consecutiveFailures += 1;
  instance.lastFailure = timestamp(context);
  instance.lastFailureCause = 'ConnectionAttemptFailedException: Connection attempt failed: connection refused';
  context.emit('failed_health_check_event', {
    appId: instance.appId,
    taskId: instance.id,
    healthCheck: instance.spec.healthChecks?.[0] ?? {},
  });
}

function emitHealth(context: Context, instance: Instance): void {
  const { appId, id, alive, spec } = instance;
  context.emit('health_status_changed_event', { appId, instanceId: id, version: spec.version, alive: alive === true });
  context.emit('instance_health_changed_event', {
    instanceId: id,
    runSpecId: appId,
    healthy: alive ?? null,
    runSpecVersion: spec.version,
  });
}

function killUnhealthy(context: Context, instance: Instance): void {
  const reason = instance.lastFailureCause ?? 'unknown';
  context.emit('unhealthy_instance_kill_event', {
    appId: instance.appId,
    taskId: taskIdOf(instance),
    instanceId: instance.id,
    version: instance.spec.version,
    reason,
    host: instance.host,
    slaveId: instance.agentId,
  });
  const message = `Task was killed since health check failed. Reason: ${reason}`;
  recordFailure(context, instance, 'TASK_KILLED', message);
  kill(context, instance);
}

function isUnhealthy(context: Context, instance: Instance): boolean {
  if (instance.spec.labels.EMULATOR_UNHEALTHY === 'true') return true;
  return context.faults.find('unhealthy', (fault) => matchesApp(fault.apps, instance.appId)) !== undefined;
}

function findCrash(context: Context, instance: Instance) {
  const image = objectOf(instance.spec.container?.docker).image;
  return context.faults.find('crash', ({ apps, image: pattern }) => {
    if (apps !== undefined && !matchesApp(apps, instance.appId)) return false;
    if (pattern !== undefined) return typeof image === 'string' && matchesPattern(pattern, image, false);
    return apps !== undefined;
  });
}

function hasTimer(context: Context, instance: Instance, kind: Timer['kind']): boolean {
  return context.world.timers.some((timer) => timer.kind === kind && timer.instanceId === instance.id);
}
