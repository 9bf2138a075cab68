import { type Agent, type Context, timestamp } from './context';
import { matchesPattern } from './faults';
import { emitCondition, emitStatus, freshTask, instancesOf, isLaunched } from './instances';
import { objectsOf } from './json';
import type { AppSpec, Instance } from './world';

/** Why agents were refused, in Marathon's order. */
export const rejectReasons = [
  'UnfulfilledRole',
  'UnfulfilledConstraint',
  'NoCorrespondingReservationFound',
  'AgentMaintenance',
  'InsufficientCpus',
  'InsufficientMemory',
  'InsufficientDisk',
  'InsufficientGpus',
  'InsufficientPorts',
  'DeclinedScarceResources',
] as const;

/** Launches every waiting instance that may start now; returns whether any did. */
export function launchScheduled(context: Context): boolean {
  let launched = false;
  for (const instance of context.world.instances.filter((each) => !isLaunched(each))) {
    if (delayLeftMs(context, instance.spec) > 0) continue;
    const agent = offersFor(context, instance.spec).find((offer) => offer.refusal === undefined)?.agent;
    if (agent === undefined) continue;
    launch(context, instance, agent);
    launched = true;
  }
  return launched;
}

/** Every agent with the reason why it cannot take one more instance, if any; the least used come first. */
export function offersFor(
  context: Context,
  spec: AppSpec,
): readonly { readonly agent: Agent; readonly refusal: string | undefined }[] {
  const fault = context.faults.find('noOffers', (each) => matchesApp(each.apps, spec.id));
  const tasksOn = (agent: Agent) =>
    context.world.instances.filter((each) => isLaunched(each) && each.agentId === agent.id);
  return context.agents
    .map((agent) => ({ agent, tasks: tasksOn(agent) }))
    .sort((a, b) => a.tasks.length - b.tasks.length)
    .map(({ agent, tasks }) => ({
      agent,
      refusal: fault === undefined ? refusalOf(agent, tasks, spec) : (fault.reason ?? 'InsufficientCpus'),
    }));
}

/** How long an app still has to wait after failures of this configuration; 0 when it may launch. */
export function delayLeftMs(context: Context, spec: AppSpec): number {
  const delay = context.world.delays[spec.id];
  if (delay?.config !== spec.versionInfo.lastConfigChangeAt) return 0;
  return Math.max(0, delay.until - context.clock.now());
}

/** Makes an app wait longer before its next launch, because a task of it failed. */
export function raiseDelay(context: Context, spec: AppSpec): void {
  const { delays } = context.world;
  const config = spec.versionInfo.lastConfigChangeAt;
  const before = delays[spec.id];
  const now = context.clock.now();
  const maxMs = spec.maxLaunchDelaySeconds * 1000;
  // After a quiet time Marathon forgets earlier failures.
  const goesOn = before?.config === config && now - before.until < context.clock.scale(Math.max(maxMs, 1000));
  const grown = goesOn ? before.delayMs * spec.backoffFactor : spec.backoffSeconds * 1000;
  const delayMs = Math.min(grown, maxMs);
  delays[spec.id] = { config, delayMs, until: now + context.clock.scale(delayMs) };
  context.schedule('wake', '', delayMs);
}

/** An app's setting in milliseconds from one of its emulator labels; undefined when absent or no number. */
export function labelMs(spec: AppSpec, label: string): number | undefined {
  const digits = /\d+/.exec(spec.labels[label] ?? '')?.[0];
  return digits === undefined ? undefined : Number(digits);
}

/** Whether an app's id matches a pattern of a fault. */
export function matchesApp(pattern: string, appId: string): boolean {
  return matchesPattern(pattern, appId, true);
}

function refusalOf(agent: Agent, tasks: readonly Instance[], spec: AppSpec): string | undefined {
  const used = (field: 'cpus' | 'mem') => tasks.reduce((sum, each) => sum + each.spec[field], 0);
  const wantsUniqueHost = (spec.constraints ?? []).some(
    ([field, operator]) => [field?.replace('@', ''), operator].join() === 'hostname,UNIQUE',
  );
  if (wantsUniqueHost && tasks.some((each) => each.appId === spec.id)) return 'UnfulfilledConstraint';
  if (used('cpus') + spec.cpus > agent.cpus + 1e-9) return 'InsufficientCpus';
  if (used('mem') + spec.mem > agent.mem + 1e-9) return 'InsufficientMemory';
  const fixed = fixedHostPorts(spec);
  if (tasks.some((each) => each.ports.some((port) => fixed.includes(port)))) return 'InsufficientPorts';
  return undefined;
}

function launch(context: Context, instance: Instance, agent: Agent): void {
  const { startMs } = context.timings;
  Object.assign(instance, freshTask(), {
    attempt: instance.attempt + 1,
    agentId: agent.id,
    host: agent.hostname,
    ports: hostPorts(context, instance.spec, agent),
    stagedAt: timestamp(context),
  });
  emitCondition(context, instance, 'Provisioned');
  instance.condition = 'Staging';
  emitCondition(context, instance, 'Staging');
  emitStatus(context, instance, 'TASK_STAGING');
  const total = labelMs(instance.spec, 'EMULATOR_START_MS') ?? startMs;
  context.schedule('starting', instance.id, total * 0.6);
  context.schedule('running', instance.id, total);
}

function portFields(spec: AppSpec): readonly { readonly fixed: number }[] {
  if (spec.portDefinitions !== undefined) {
    return spec.portDefinitions.map((each) => ({ fixed: spec.requirePorts ? Number(each.port) : 0 }));
  }
  return objectsOf(spec.container?.portMappings)
    .filter((each) => each.hostPort !== undefined)
    .map((each) => ({ fixed: Number(each.hostPort) }));
}

function fixedHostPorts(spec: AppSpec): readonly number[] {
  return portFields(spec).flatMap(({ fixed }) => (fixed > 0 ? [fixed] : []));
}

function hostPorts(context: Context, spec: AppSpec, agent: Agent): number[] {
  const neighbours = context.world.instances.filter((each) => each.agentId === agent.id && isLaunched(each));
  const taken = new Set(neighbours.flatMap((each) => each.ports));
  return portFields(spec).map(({ fixed }) => {
    let port = fixed > 0 ? fixed : 31000 + Math.floor(context.random() * 1000);
    while (fixed === 0 && taken.has(port)) port = port >= 32000 ? 31000 : port + 1;
    taken.add(port);
    return port;
  });
}

/** Forgets the launch delay of an app; returns whether the app has instances that wait. */
export function resetDelay(context: Context, appId: string): boolean {
  Reflect.deleteProperty(context.world.delays, appId);
  return instancesOf(context, appId).some((instance) => !isLaunched(instance));
}
