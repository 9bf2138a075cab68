import { type AgentUsage, readUsage, type Resources, useUp } from './agent-usage';
import { type Constraint, isFulfilled, type Place, placeOf } from './constraints';
import { type Agent, type Context, timestamp } from './context';
import { matchesPattern } from './faults';
import { emitCondition, emitStatus, freshTask, instancesOf, isLaunched } from './instances';
import type { JobRunSpec } from './metronome/job';
import { portsOf, runtimeTaskOf } from './runtime-task';
import type { TaskPort } from './tasks/task-runtime';
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
  const waiting = context.world.instances.filter((each) => !isLaunched(each) && delayLeftMs(context, each.spec) === 0);
  if (waiting.length === 0) return false;
  const usages = readUsage(context);
  // What was refused once is refused to all of its kind, as launches only leave less.
  const refused = new Set<AppSpec>();
  let launched = false;
  for (const instance of waiting) {
    if (refused.has(instance.spec)) continue;
    const usage = offersFor(context, instance.spec, usages).find((offer) => offer.refusal === undefined)?.usage;
    if (usage === undefined) refused.add(instance.spec);
    else {
      launch(context, instance, usage);
      launched = true;
    }
  }
  return launched;
}

/** An agent and the reason why it cannot take one more instance, if any. */
export type Offer = { readonly usage: AgentUsage; readonly refusal: string | undefined };

/** What every agent says to one more instance of an app; the least used come first. */
export function offersFor(context: Context, spec: AppSpec, usages = readUsage(context)): readonly Offer[] {
  const fault = context.faults.find('noOffers', (each) => matchesApp(each.apps, spec.id));
  const need = needOf(context, spec);
  return [...usages]
    .sort((a, b) => a.tasks - b.tasks)
    .map((usage) => ({
      usage,
      refusal: fault === undefined ? refusalOf(usage, need) : (fault.reason ?? 'InsufficientCpus'),
    }));
}

/** An agent that can take the task of a job, the least used first; undefined when there is none. */
export function freeAgent(context: Context, jobId: string, run: JobRunSpec): Agent | undefined {
  if (context.faults.find('noOffers', (each) => matchesApp(each.apps, jobId)) !== undefined) return undefined;
  const { constraints } = run.placement;
  const need: Need = {
    resources: run,
    roles: ['*'],
    // EQ is Metronome's older word for IS.
    constraints: constraints.map(({ attribute, operator, value }) => {
      return [attribute, operator === 'EQ' ? 'IS' : operator, value];
    }),
    places: [],
    ports: [],
  };
  const usages = [...readUsage(context)].sort((a, b) => a.tasks - b.tasks);
  return usages.find((usage) => refusalOf(usage, need) === undefined)?.agent;
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

/** What one more task asks of an agent. */
type Need = {
  readonly resources: Resources;
  /** The roles whose resources it takes. */
  readonly roles: readonly string[];
  readonly constraints: readonly Constraint[];
  /** Where the other tasks of its app stand. */
  readonly places: readonly Place[];
  readonly ports: readonly TaskPort[];
};

function needOf(context: Context, spec: AppSpec): Need {
  const { constraints = [], acceptedResourceRoles } = spec;
  const agents = new Map(context.agents.map((agent) => [agent.id, agent]));
  const others = constraints.length === 0 ? [] : instancesOf(context, spec.id).filter(isLaunched);
  return {
    resources: spec,
    roles: Array.isArray(acceptedResourceRoles) ? acceptedResourceRoles.map(String) : ['*', spec.role],
    constraints,
    places: others.map(({ agentId, host }) => placeOf(agents.get(agentId) ?? { hostname: host })),
    ports: portsOf(spec),
  };
}

/** The first reason of `rejectReasons` for which an agent cannot take a task. */
function refusalOf(usage: AgentUsage, { resources, roles, constraints, places, ports }: Need): string | undefined {
  const { agent } = usage;
  if (!roles.includes(agent.role ?? '*')) return 'UnfulfilledRole';
  const place = placeOf(agent);
  if (!constraints.every((each) => isFulfilled(each, place, places))) return 'UnfulfilledConstraint';
  return shortageOf(usage, resources) ?? (hasPorts(usage, ports) ? undefined : 'InsufficientPorts');
}

function shortageOf({ free }: AgentUsage, need: Resources): string | undefined {
  if (need.cpus > free.cpus + 1e-9) return 'InsufficientCpus';
  if (need.mem > free.mem + 1e-9) return 'InsufficientMemory';
  if (need.disk > free.disk + 1e-9) return 'InsufficientDisk';
  return need.gpus > free.gpus ? 'InsufficientGpus' : undefined;
}

/** Whether an agent has host ports for one more task. */
function hasPorts(usage: AgentUsage, wanted: readonly TaskPort[]): boolean {
  const taken = new Set(usage.ports);
  for (const { isFixed, requested } of wanted) {
    if (isFixed && taken.has(requested)) return false;
    if (isFixed) taken.add(requested);
  }
  const inRange = [...taken].filter((port) => port >= firstPort && port <= lastPort).length;
  return wanted.filter(({ isFixed }) => !isFixed).length <= lastPort - firstPort + 1 - inRange;
}

function launch(context: Context, instance: Instance, usage: AgentUsage): void {
  const { agent } = usage;
  const ports = hostPorts(context, instance.spec, usage);
  useUp(usage, instance.spec, ports);
  Object.assign(instance, freshTask(), {
    attempt: instance.attempt + 1,
    agentId: agent.id,
    host: agent.hostname,
    ports,
    stagedAt: timestamp(context),
  });
  emitCondition(context, instance, 'Provisioned');
  instance.condition = 'Staging';
  emitCondition(context, instance, 'Staging');
  emitStatus(context, instance, 'TASK_STAGING');
  context.runtime.launch(runtimeTaskOf(context.world, instance));
}

function hostPorts(context: Context, spec: AppSpec, usage: AgentUsage): number[] {
  const wanted = portsOf(spec);
  const fixed = wanted.flatMap(({ isFixed, requested }) => (isFixed ? [requested] : []));
  const taken = new Set([...fixed, ...usage.ports]);
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
