import { type Context, nextUuid } from './context';
import { createInstance, decommission, inKillOrder, instancesOf, isHealthy, isLaunched, isWanted } from './instances';
import { planOf } from './deployment-plan';
import { planRestart } from './restart-plan';
import { chooseSurplus } from './surplus';
import type { ActionProgress, AppSpec, Deployment, DeploymentAction, Instance } from './world';

/** Marathon's `scale_apps_interval`. */
const scaleCheckMs = 300_000;

/** Lets every deployment go on as far as it can now; returns whether any of them did something. */
export function runDeployments(context: Context): boolean {
  let changed = false;
  for (const deployment of [...context.world.deployments]) {
    while (context.world.deployments.includes(deployment) && runStep(context, deployment)) changed = true;
  }
  return changed;
}

/** Whether an instance is healthy and has passed the readiness check, if there is one. */
export function isServing(instance: Instance): boolean {
  return isHealthy(instance) && instance.ready;
}

/** Ends a deployment without finishing it; its tasks stay as they are. */
export function cancelDeployment(context: Context, deployment: Deployment): void {
  context.world.deployments = context.world.deployments.filter((other) => other !== deployment);
  context.schedule('scaleCheck', '', scaleCheckMs);
  const reason = 'The upgrade has been cancelled';
  context.emit('deployment_failed', { id: deployment.id, plan: planOf(deployment), reason });
}

/** A deployment that has not begun. */
export function createDeployment(
  context: Context,
  plan: Pick<Deployment, 'version' | 'steps' | 'original' | 'target'>,
): Deployment {
  const affectedApps = [...new Set(plan.steps.flatMap((step) => step.actions.map((action) => action.app)))];
  return { id: nextUuid(context), ...plan, affectedApps, step: 0, progress: undefined };
}

/** Returns true when the step ended, so that the next one may begin. */
function runStep(context: Context, deployment: Deployment): boolean {
  const step = deployment.steps[deployment.step];
  if (step === undefined) {
    context.world.deployments = context.world.deployments.filter((other) => other !== deployment);
    context.emit('deployment_success', { id: deployment.id, plan: planOf(deployment) });
    return true;
  }
  const stepEvent = () => ({ plan: planOf(deployment), currentStep: step });
  if (deployment.progress === undefined) {
    deployment.progress = {};
    context.emit('deployment_info', stepEvent());
    for (const action of step.actions) deployment.progress[action.app] = begin(context, deployment, action);
  }
  const { progress } = deployment;
  const ended = step.actions.map((action) => {
    const memory = progress[action.app];
    return memory === undefined || advance(context, deployment, action, memory);
  });
  if (ended.includes(false)) return false;
  for (const action of step.actions) {
    if (action.action === 'StopApplication') endApp(context, deployment, action.app);
  }
  context.emit('deployment_step_success', stepEvent());
  deployment.step += 1;
  deployment.progress = undefined;
  return true;
}

function begin(context: Context, deployment: Deployment, { action, app }: DeploymentAction): ActionProgress {
  if (action === 'StartApplication' || action === 'RestartApplication') announceHealthChecks(context, deployment, app);
  const none = { started: [], readied: [], killed: 0, killNow: 0, maxCapacity: 0 };
  const target = deployment.target[app] ?? null;
  if (action !== 'RestartApplication' || target === null) return none;
  Reflect.deleteProperty(context.world.delays, app);
  const old = instancesOf(context, app).filter((each) => isOld(each, target));
  // What never got a task has nothing to hand over.
  for (const instance of old) if (!isLaunched(instance)) decommission(context, instance);
  const { killNow, maxCapacity } = planRestart({
    instances: target.instances,
    ...target.upgradeStrategy,
    isResident: target.residency !== undefined,
    healthyOld: old.filter(isHealthy).length,
    current: old.filter((each) => isLaunched(each) && each.goal === 'Running').length,
  });
  return { ...none, killNow, maxCapacity };
}

function announceHealthChecks(context: Context, deployment: Deployment, app: string): void {
  const { healthChecks = [], version } = deployment.target[app] ?? {};
  for (const healthCheck of healthChecks) context.emit('add_health_check_event', { appId: app, version, healthCheck });
}

function endApp(context: Context, deployment: Deployment, app: string): void {
  const { healthChecks = [] } = deployment.original[app] ?? {};
  if (healthChecks.length > 0) context.emit('remove_health_check_event', { appId: app });
  context.emit('app_terminated_event', { appId: app });
}

function advance(context: Context, deployment: Deployment, { action, app }: DeploymentAction, memory: ActionProgress) {
  const target = deployment.target[app] ?? null;
  if (action === 'StartApplication') return true;
  if (action === 'StopApplication' || target === null) return advanceStop(context, app);
  if (action === 'ScaleApplication') return advanceScale(context, target, memory);
  return advanceRestart(context, target, memory);
}

function advanceStop(context: Context, app: string): boolean {
  for (const instance of instancesOf(context, app)) {
    if (instance.goal !== 'Decommissioned') decommission(context, instance);
  }
  return instancesOf(context, app).length === 0;
}

function advanceScale(context: Context, target: AppSpec, memory: ActionProgress): boolean {
  const kept = instancesOf(context, target.id).filter(isWanted);
  const surplus = kept.length - target.instances;
  if (surplus > 0) {
    for (const instance of chooseSurplus(context, target, kept, surplus)) decommission(context, instance);
  }
  for (let missing = -surplus; missing > 0; missing -= 1) memory.started.push(createInstance(context, target).id);
  const present = instancesOf(context, target.id);
  const started = new Set(memory.started);
  const waiting = present.some((each) => isWanted(each) && started.has(each.id) && !isServing(each));
  return !waiting && present.every((each) => each.goal === 'Running');
}

function advanceRestart(context: Context, target: AppSpec, memory: ActionProgress): boolean {
  for (const instance of instancesOf(context, target.id).filter((each) => isOld(each, target))) {
    if (!isLaunched(instance)) decommission(context, instance);
  }
  const present = instancesOf(context, target.id);
  const fresh = present.filter((each) => !isOld(each, target) && isWanted(each));
  const serving = fresh.filter(isServing);
  const readied = new Set(memory.readied);
  for (const { id } of serving) if (!readied.has(id)) memory.readied.push(id);
  killOld(context, target, memory);

  const old = instancesOf(context, target.id).filter((each) => isOld(each, target));
  const room = memory.maxCapacity - old.length - fresh.length;
  const start = Math.min(target.instances - fresh.length, room);
  for (let count = 0; count < start; count += 1) memory.started.push(createInstance(context, target).id);
  return start <= 0 && serving.length === target.instances && old.length === 0;
}

function killOld(context: Context, target: AppSpec, memory: ActionProgress): void {
  const allowed = memory.killNow + memory.readied.length - memory.killed;
  if (allowed <= 0) return;
  const alive = instancesOf(context, target.id).filter((each) => isOld(each, target) && each.goal === 'Running');
  const victims = [...inKillOrder(alive, target.killSelection)].sort(
    (a, b) => Number(isHealthy(a)) - Number(isHealthy(b)),
  );
  for (const victim of victims.slice(0, allowed)) {
    memory.killed += 1;
    decommission(context, victim);
  }
}

/** A change of the instance count alone does not make an instance old. */
function isOld(instance: Instance, target: AppSpec): boolean {
  return instance.spec.version < target.versionInfo.lastConfigChangeAt;
}
