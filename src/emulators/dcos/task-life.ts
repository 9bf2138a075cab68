import { afterResult, aliveByAll, type CheckResult } from './check-health';
import { type Context, timestamp } from './context';
import { emitCondition, emitStatus, endTask, isLaunched, kill, recordFailure, taskIdOf } from './instances';
import { raiseDelay } from './launch';
import type { TaskReport } from './tasks/task-runtime';
import { keepUnheard } from './unheard';
import type { Instance } from './world';

/** Lets Marathon know what the runtime says about the task of an instance; while its agent is lost, that waits. */
export function heedReport(context: Context, instance: Instance, report: TaskReport): void {
  if (instance.lost !== undefined) {
    keepUnheard(instance.lost.unheard, report);
    return;
  }
  if (report.kind === 'starting') becomeStarting(context, instance, report.hostPorts);
  if (report.kind === 'running') becomeRunning(context, instance);
  if (report.kind === 'health') noteHealth(context, instance, report);
  if (report.kind === 'readiness') {
    instance.ready = report.isReady;
    instance.readinessResponse = report.response;
  }
  if (report.kind === 'ended') noteEnd(context, instance, report.state, report.message);
}

/** Fails the task of an instance as a process that ended by itself; Marathon relaunches it after the backoff. */
export function failTask(context: Context, instance: Instance, message = 'Command exited with status 1'): void {
  if (!isLaunched(instance)) return;
  context.runtime.abandon({ key: instance.id, taskId: taskIdOf(instance) });
  noteEnd(context, instance, 'TASK_FAILED', message);
}

function becomeStarting(context: Context, instance: Instance, hostPorts: readonly number[] | undefined): void {
  if (hostPorts !== undefined) instance.ports = [...hostPorts];
  instance.condition = 'Starting';
  emitCondition(context, instance, 'Starting');
  emitStatus(context, instance, 'TASK_STARTING');
}

function becomeRunning(context: Context, instance: Instance): void {
  instance.condition = 'Running';
  instance.startedAt = timestamp(context);
  instance.ready = (instance.spec.readinessChecks ?? []).length === 0;
  emitCondition(context, instance, 'Running');
  emitStatus(context, instance, 'TASK_RUNNING');
}

function noteEnd(context: Context, instance: Instance, state: string, message: string): void {
  if (state === 'TASK_FAILED') recordFailure(context, instance, state, message);
  // A task that ends by itself is launched again with the same care, whatever its exit code was.
  if (state !== 'TASK_KILLED') raiseDelay(context, instance.spec);
  endTask(context, instance, state, message);
}

function noteHealth(context: Context, instance: Instance, result: CheckResult): void {
  if (instance.condition !== 'Running') return;
  const { check, isHealthy } = result;
  const before = instance.checks.find(({ index }) => index === check);
  const after = afterResult(before, result, timestamp(context));
  const others = instance.checks.filter(({ index }) => index !== check);
  instance.checks = [...others, after].sort((a, b) => a.index - b.index);
  const healthCheck = instance.spec.healthChecks?.[check];
  const { id: taskId, appId, spec } = instance;
  if (!isHealthy) context.emit('failed_health_check_event', { appId, taskId, healthCheck: healthCheck ?? {} });
  if (before?.alive !== isHealthy) {
    const { version } = spec;
    context.emit('health_status_changed_event', { appId, instanceId: taskId, version, alive: isHealthy });
  }
  noteAlive(context, instance);
  const limit = healthCheck?.maxConsecutiveFailures ?? 3;
  if (limit > 0 && after.consecutiveFailures >= limit) killUnhealthy(context, instance, after.lastFailureCause);
}

function noteAlive(context: Context, instance: Instance): void {
  const alive = aliveByAll(instance.checks, instance.spec);
  if (alive === instance.alive) return;
  instance.alive = alive;
  context.emit('instance_health_changed_event', {
    instanceId: instance.id,
    runSpecId: instance.appId,
    healthy: alive ?? null,
    runSpecVersion: instance.spec.version,
  });
}

function killUnhealthy(context: Context, instance: Instance, reason = 'unknown'): void {
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
