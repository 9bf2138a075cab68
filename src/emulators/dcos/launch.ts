import { type Agent, type Context, timestamp } from './context';
import { matchesPattern } from './faults';
import { emitCondition, emitStatus, freshTask, instancesOf, isLaunched } from './instances';
import { isLost } from './is-lost';
import { activeTasksOf } from './mesos/mesos-task';
import { portsOf, runtimeTaskOf } from './runtime-task';
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

/** The host ports that an agent offers. */
const firstPort = 31_000;
const lastPort = 32_000;

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
  return context.agents
    .filter((agent) => !isLost(context, agent))
    .map((agent) => ({ agent, tasks: launchedOn(context, agent) }))
    .sort((a, b) => a.tasks.length - b.tasks.length)
    .map(({ agent, tasks }) => ({
      agent,
      refusal: fault === undefined ? refusalOf(context, agent, tasks, spec) : (fault.reason ?? 'InsufficientCpus'),
    }));
}

/** An agent that can take the task of a job, the least used first; undefined when there is none. */
export function freeAgent(context: Context, jobId: string, need: Need): Agent | undefined {
  if (context.faults.find('noOffers', (each) => matchesApp(each.apps, jobId)) !== undefined) return undefined;
  return context.agents
    .filter((agent) => !isLost(context, agent))
    .map((agent) => ({ agent, tasks: launchedOn(context, agent) }))
    .sort((a, b) => a.tasks.length - b.tasks.length)
    .find(({ agent }) => shortageOf(context, agent, need) === undefined)?.agent;
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

/** Whether an app's id matches a pattern of a fault. */
export function matchesApp(pattern: string, appId: string): boolean {
  return matchesPattern(pattern, appId, true);
}

/** What an agent still has to offer, beside the tasks of apps and jobs. */
export function freeOn(context: Context, agent: Agent): Need {
  const { runs, mesosTasks } = context.world;
  const jobs = runs.length === 0 ? [] : activeTasksOf(mesosTasks, 'metronome', agent.id);
  const used = [...launchedOn(context, agent).map(({ spec }) => spec), ...jobs.map(({ resources }) => resources)];
  const free = (field: 'cpus' | 'mem') => used.reduce((left, each) => left - each[field], agent[field]);
  return { cpus: free('cpus'), mem: free('mem') };
}

type Need = { readonly cpus: number; readonly mem: number };

function launchedOn(context: Context, agent: Agent): readonly Instance[] {
  return context.world.instances.filter((each) => isLaunched(each) && each.agentId === agent.id);
}

function shortageOf(context: Context, agent: Agent, need: Need): string | undefined {
  const free = freeOn(context, agent);
  if (need.cpus > free.cpus + 1e-9) return 'InsufficientCpus';
  if (need.mem > free.mem + 1e-9) return 'InsufficientMemory';
  return undefined;
}

function refusalOf(context: Context, agent: Agent, tasks: readonly Instance[], spec: AppSpec): string | undefined {
  const wantsUniqueHost = (spec.constraints ?? []).some(
    ([field, operator]) => [field?.replace('@', ''), operator].join() === 'hostname,UNIQUE',
  );
  if (wantsUniqueHost && tasks.some((each) => each.appId === spec.id)) return 'UnfulfilledConstraint';
  const shortage = shortageOf(context, agent, spec);
  if (shortage !== undefined) return shortage;
  return hasPorts(tasks, spec) ? undefined : 'InsufficientPorts';
}

function launch(context: Context, instance: Instance, agent: Agent): void {
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
  context.runtime.launch(runtimeTaskOf(context.world, instance));
}

/** Whether beside some tasks there are host ports for one more of an app. */
function hasPorts(neighbours: readonly Instance[], spec: AppSpec): boolean {
  const taken = new Set(neighbours.flatMap((each) => each.ports));
  const wanted = portsOf(spec);
  for (const { isFixed, requested } of wanted) {
    if (isFixed && taken.has(requested)) return false;
    if (isFixed) taken.add(requested);
  }
  const inRange = [...taken].filter((port) => port >= firstPort && port <= lastPort).length;
  return wanted.filter(({ isFixed }) => !isFixed).length <= lastPort - firstPort + 1 - inRange;
}

function hostPorts(context: Context, spec: AppSpec, agent: Agent): number[] {
  const neighbours = context.world.instances.filter((each) => each.agentId === agent.id && isLaunched(each));
  const wanted = portsOf(spec);
  const fixed = wanted.flatMap(({ isFixed, requested }) => (isFixed ? [requested] : []));
  const taken = new Set([...fixed, ...neighbours.flatMap((each) => each.ports)]);
  return wanted.map(({ isFixed, requested }) => {
    if (isFixed) return requested;
    let port = firstPort + Math.floor(context.random() * (lastPort - firstPort));
    // It ends, as an agent without a port for each was refused.
    while (taken.has(port)) port = port >= lastPort ? firstPort : port + 1;
    taken.add(port);
    return port;
  });
}

/** Forgets the launch delay of an app; returns whether the app has instances that wait. */
export function resetDelay(context: Context, appId: string): boolean {
  Reflect.deleteProperty(context.world.delays, appId);
  return instancesOf(context, appId).some((instance) => !isLaunched(instance));
}
