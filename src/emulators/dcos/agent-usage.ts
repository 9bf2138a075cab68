import type { Agent, Context } from './context';
import { isLaunched } from './instances';
import { isLost } from './is-lost';
import { isCompleted } from './mesos/mesos-task';

/** Amounts of what an agent has: CPUs, megabytes, and whole GPUs. */
export type Resources = { readonly cpus: number; readonly mem: number; readonly disk: number; readonly gpus: number };

/** An agent with what its tasks, of apps and jobs, leave free. */
export type AgentUsage = {
  readonly agent: Agent;
  /** How many tasks of apps it has. */
  tasks: number;
  free: Resources;
  /** The host ports that are taken. */
  readonly ports: Set<number>;
};

/** What an agent has in all; disk and GPUs have defaults, as few care for them. */
export function resourcesOf({ cpus, mem, disk = 1_000_000, gpus = 0 }: Agent): Resources {
  return { cpus, mem, disk, gpus };
}

/** The usage of every agent that is not lost, at this moment. */
export function readUsage(context: Context): readonly AgentUsage[] {
  const { instances, runs, mesosTasks } = context.world;
  const usages = context.agents
    .filter((agent) => !isLost(context, agent))
    .map((agent): AgentUsage => ({ agent, tasks: 0, free: resourcesOf(agent), ports: new Set() }));
  const byAgent = new Map(usages.map((usage) => [usage.agent.id, usage]));
  for (const instance of instances) {
    const usage = isLaunched(instance) ? byAgent.get(instance.agentId) : undefined;
    if (usage !== undefined) useUp(usage, instance.spec, instance.ports);
  }
  for (const task of runs.length === 0 ? [] : mesosTasks) {
    const usage = task.framework === 'metronome' && !isCompleted(task) ? byAgent.get(task.agentId) : undefined;
    if (usage !== undefined) usage.free = less(usage.free, task.resources);
  }
  return usages;
}

/** Enters one more task of an app. */
export function useUp(usage: AgentUsage, need: Resources, ports: readonly number[]): void {
  usage.tasks += 1;
  usage.free = less(usage.free, need);
  for (const port of ports) usage.ports.add(port);
}

function less(free: Resources, { cpus, mem, disk, gpus }: Resources): Resources {
  return { cpus: free.cpus - cpus, mem: free.mem - mem, disk: free.disk - disk, gpus: free.gpus - gpus };
}
