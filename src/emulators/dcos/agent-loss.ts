import { deploymentsOf } from './change-apps';
import type { Context } from './context';
import { isLost } from './is-lost';
import { findInstance } from './instance-index';
import {
  emitCondition,
  emitStatus,
  isLaunched,
  isUnreachable,
  recordFailure,
  removeInstance,
  taskIdOf,
  taskStateOf,
} from './instances';
import { isJsonObject } from './json';
import { addStatus, findMesosTask } from './mesos/mesos-task';
import { reviewRuns } from './metronome/runs';
import { scaleApp } from './scale-check';
import { heedReport } from './task-life';
import type { Instance, Timer } from './world';

/** Applies a change of the lost agents to the tasks on them, of apps and of jobs: some become unreachable, some come back. */
export function reviewAgents(context: Context): void {
  for (const agent of context.agents) {
    const lost = isLost(context, agent);
    const tasks = context.world.instances.filter((each) => each.agentId === agent.id);
    if (lost) for (const instance of tasks) if (!isUnreachable(instance)) lose(context, instance);
    if (!lost) for (const instance of tasks) if (isUnreachable(instance)) comeBack(context, instance);
    reviewRuns(context, agent, lost);
    if (!lost) killExpunged(context, agent.id);
  }
}

/** Gives an unreachable instance up when its time has come: for the present, then for good. */
export function giveUp(context: Context, { kind, instanceId }: Timer): void {
  const instance = findInstance(context.world, instanceId);
  if (instance === undefined) return;
  if (kind === 'expunge') expunge(context, instance);
  else becomeInactive(context, instance);
}

/** Gives an unreachable instance up for the present: a replacement starts. */
function becomeInactive(context: Context, instance: Instance): void {
  if (instance.condition !== 'Unreachable') return;
  instance.condition = 'UnreachableInactive';
  emitCondition(context, instance, 'UnreachableInactive');
  replace(context, instance);
}

/** Gives an unreachable instance up for good: should its task come back, it is killed. */
function expunge(context: Context, instance: Instance): void {
  if (!isUnreachable(instance)) return;
  const { agentId, appId, id } = instance;
  context.world.expunged.push({ agentId, appId, instanceId: id, taskId: taskIdOf(instance) });
  emitCondition(context, instance, 'Killed');
  removeInstance(context, instance);
  replace(context, instance);
}

function lose(context: Context, instance: Instance): void {
  // Its timers go on: the task does not know that its agent is lost.
  instance.lost = { condition: instance.condition, unheard: [] };
  instance.condition = 'Unreachable';
  emitCondition(context, instance, 'Unreachable');
  const message = `Agent ${instance.agentId} is unreachable`;
  emitStatus(context, instance, 'TASK_UNREACHABLE', message);
  recordFailure(context, instance, 'TASK_UNREACHABLE', message);
  // What was on its way out is not waited for.
  if (instance.goal === 'Decommissioned') {
    expunge(context, instance);
    return;
  }
  const { unreachableStrategy: strategy } = instance.spec;
  if (!isJsonObject(strategy)) return;
  const { inactiveAfterSeconds = 0, expungeAfterSeconds = 0 } = strategy;
  context.schedule('inactive', instance.id, Number(inactiveAfterSeconds) * 1000);
  context.schedule('expunge', instance.id, Number(expungeAfterSeconds) * 1000);
}

/** Lets a task be again what it was, and then lets all be heard that has become of it since. */
function comeBack(context: Context, instance: Instance): void {
  const { world } = context;
  const { condition, unheard } = instance.lost ?? { condition: 'Running', unheard: [] };
  const isOfLoss = ({ kind }: Timer) => kind === 'inactive' || kind === 'expunge';
  world.timers = world.timers.filter((timer) => timer.instanceId !== instance.id || !isOfLoss(timer));
  instance.condition = condition;
  instance.lost = undefined;
  emitCondition(context, instance, condition);
  emitStatus(context, instance, taskStateOf(instance));
  for (const report of unheard) if (isLaunched(instance)) heedReport(context, instance, report);
  replace(context, instance);
}

/** Brings the app back to its count, unless a deployment does so anyway. */
function replace(context: Context, { appId }: Instance): void {
  const spec = context.world.apps[appId];
  if (spec !== undefined && deploymentsOf(context, [appId]).length === 0) scaleApp(context, spec);
}

function killExpunged(context: Context, agentId: string): void {
  const { world } = context;
  const returned = world.expunged.filter((each) => each.agentId === agentId);
  world.expunged = world.expunged.filter((each) => each.agentId !== agentId);
  for (const { instanceId, appId, taskId } of returned) {
    context.runtime.abandon({ key: instanceId, taskId });
    const task = findMesosTask(world.mesosTasks, taskId);
    if (task !== undefined) addStatus(task, 'TASK_KILLED', context.clock.now());
    context.emit('unknown_instance_terminated_event', { instanceId, runSpecId: appId, condition: 'Killed' });
  }
}
