import { type Context, nextUuid, timestamp } from './context';
import { instancesIn } from './instance-index';
import { addMesosTask, addStatus, findMesosTask } from './mesos/mesos-task';
import type { AppSpec, Condition, Instance } from './world';

/** The Mesos id of an instance's present task. */
export function taskIdOf(instance: Instance): string {
  return `${instance.id}._app.${Math.max(1, instance.attempt)}`;
}

/** The Mesos state of an instance's present task. */
export function taskStateOf(instance: Instance): string {
  if (instance.condition === 'Scheduled') return 'TASK_STAGING';
  return instance.condition === 'UnreachableInactive' ? 'TASK_UNREACHABLE' : `TASK_${instance.condition.toUpperCase()}`;
}

/** Whether an instance has a task on an agent. */
export function isLaunched(instance: Instance): boolean {
  return instance.condition !== 'Scheduled';
}

/** Whether nobody knows how the task of an instance fares. */
export function isUnreachable({ condition }: Instance): boolean {
  return condition === 'Unreachable' || condition === 'UnreachableInactive';
}

/** Whether an instance runs and, where there are health checks, has passed. */
export function isHealthy(instance: Instance): boolean {
  if (instance.condition !== 'Running' || instance.goal !== 'Running') return false;
  return (instance.spec.healthChecks ?? []).length === 0 || instance.alive === true;
}

/** Whether an instance counts for its app: it is to run and has not been given up as unreachable. */
export function isWanted(instance: Instance): boolean {
  return instance.goal === 'Running' && instance.condition !== 'UnreachableInactive';
}

/** The instances of an app, oldest first. */
export function instancesOf(context: Context, appId: string): readonly Instance[] {
  return instancesIn(context.world, appId);
}

/** Adds an instance that waits for its launch. */
export function createInstance(context: Context, spec: AppSpec): Instance {
  const instance: Instance = {
    id: `${spec.id.slice(1).replaceAll('/', '_')}.instance-${nextUuid(context)}`,
    appId: spec.id,
    serial: ++context.world.serial,
    spec,
    attempt: 0,
    condition: 'Scheduled',
    goal: 'Running',
    scheduledAt: context.clock.now(),
    agentId: '',
    host: '',
    ...freshTask(),
  };
  context.world.instances.push(instance);
  emitCondition(context, instance, 'Scheduled');
  return instance;
}

/** The fields of a task that has not been launched. */
export function freshTask() {
  return {
    ports: [] as number[],
    lost: undefined,
    stagedAt: undefined,
    startedAt: undefined,
    alive: undefined,
    ready: false,
    readinessResponse: undefined,
    checks: [],
  };
}

/** Sends the Mesos status of an instance's task, and lets Mesos know it. */
export function emitStatus(context: Context, instance: Instance, taskStatus: string, message = ''): void {
  noteStatus(context, instance, taskStatus, message);
  context.emit('status_update_event', {
    slaveId: instance.agentId,
    taskId: taskIdOf(instance),
    taskStatus,
    message,
    appId: instance.appId,
    host: instance.host,
    ipAddresses: taskStatus === 'TASK_STAGING' ? [] : [ipAddressOf(instance)],
    ports: instance.ports,
    version: instance.spec.version,
  });
}

/** Lets Mesos know a status of an instance's task, without telling it anyone. */
export function noteStatus(context: Context, instance: Instance, taskStatus: string, message = ''): void {
  const { mesosTasks } = context.world;
  const id = taskIdOf(instance);
  if (findMesosTask(mesosTasks, id) === undefined) {
    const { agentId, host, ports, spec } = instance;
    const { cpus, mem, disk, gpus, labels, role } = spec;
    addMesosTask(mesosTasks, {
      id,
      name: spec.id.slice(1).split('/').reverse().join('.'),
      framework: 'marathon',
      agentId,
      host,
      containerId: nextUuid(context),
      labels,
      role,
      resources: { cpus, mem, disk, gpus, ports },
      statuses: [],
      files: {},
      checks: 0,
    });
  }
  const task = findMesosTask(mesosTasks, id);
  if (task !== undefined) addStatus(task, taskStatus, context.clock.now(), message);
}

/** The address of an instance's task: this machine's where it really runs, else its agent's place in the emulated network. */
export function ipAddressOf(instance: Instance): { readonly ipAddress: string; readonly protocol: string } {
  if (instance.host.startsWith('127.')) return { ipAddress: instance.host, protocol: 'IPv4' };
  return { ipAddress: `10.0.0.${(Number(instance.agentId.replace(/\D+/g, '')) % 250) + 1}`, protocol: 'IPv4' };
}

/** Sends the condition of an instance. */
export function emitCondition(
  context: Context,
  instance: Instance,
  condition: Condition | 'Provisioned' | 'Finished' | 'Failed' | 'Killed',
): void {
  const placed = instance.agentId !== '';
  context.emit('instance_changed_event', {
    instanceId: instance.id,
    condition,
    runSpecId: instance.appId,
    agentId: placed ? instance.agentId : null,
    host: placed ? instance.host : null,
    runSpecVersion: instance.spec.version,
  });
}

/** Takes an instance out for good: it is killed if it runs, and not replaced. Doing it twice changes nothing. */
export function decommission(context: Context, instance: Instance): void {
  instance.goal = 'Decommissioned';
  if (instance.condition === 'Scheduled') removeInstance(context, instance);
  else kill(context, instance);
}

/** Kills the task of an instance; unless decommissioned, the instance is launched again afterwards without delay. */
export function kill(context: Context, instance: Instance): void {
  if (instance.condition === 'Scheduled' || instance.condition === 'Killing') return;
  if (isUnreachable(instance)) {
    // Nobody can confirm the kill, so it is not waited for.
    context.runtime.abandon({ key: instance.id, taskId: taskIdOf(instance) });
    endTask(context, instance, 'TASK_KILLED', 'Killed while unreachable');
    return;
  }
  cancelTimers(context, instance.id);
  instance.condition = 'Killing';
  emitCondition(context, instance, 'Killing');
  emitStatus(context, instance, 'TASK_KILLING');
  context.runtime.kill({ key: instance.id, taskId: taskIdOf(instance) });
}

/** Ends an instance's task: removes a decommissioned instance, otherwise puts it back in the queue. */
export function endTask(context: Context, instance: Instance, taskStatus: string, message: string): void {
  cancelTimers(context, instance.id);
  const ends = { TASK_KILLED: 'Killed', TASK_FINISHED: 'Finished' } as const;
  emitCondition(context, instance, taskStatus in ends ? ends[taskStatus as keyof typeof ends] : 'Failed');
  emitStatus(context, instance, taskStatus, message);
  if (instance.goal === 'Decommissioned') {
    removeInstance(context, instance);
    return;
  }
  Object.assign(instance, freshTask(), {
    condition: 'Scheduled',
    scheduledAt: context.clock.now(),
    agentId: '',
    host: '',
  });
  emitCondition(context, instance, 'Scheduled');
}

/** Records why a task ended, as the app's `lastTaskFailure`. */
export function recordFailure(context: Context, instance: Instance, state: string, message: string): void {
  context.world.failures[instance.appId] = {
    appId: instance.appId,
    host: instance.host,
    message,
    state,
    taskId: taskIdOf(instance),
    timestamp: timestamp(context),
    version: instance.spec.version,
    slaveId: instance.agentId,
  };
}

const killRanks: readonly Condition[] = [
  ...(['Scheduled', 'UnreachableInactive', 'Unreachable', 'Killing', 'Staging', 'Starting', 'Running'] as const),
];

/** Sorts instances in the order Marathon kills them when it scales down: those that serve least first. */
export function inKillOrder(instances: readonly Instance[], killSelection: string): readonly Instance[] {
  const rank = (instance: Instance) => killRanks.indexOf(instance.condition);
  const direction = killSelection === 'OLDEST_FIRST' ? 1 : -1;
  return [...instances].sort((a, b) => rank(a) - rank(b) || direction * (a.serial - b.serial));
}

/** Forgets an instance and everything that was to happen to it. */
export function removeInstance(context: Context, instance: Instance): void {
  cancelTimers(context, instance.id);
  context.world.instances = context.world.instances.filter((other) => other !== instance);
}

function cancelTimers(context: Context, instanceId: string): void {
  context.world.timers = context.world.timers.filter((timer) => timer.instanceId !== instanceId);
}
