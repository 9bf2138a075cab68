import type { Agent } from './context';
import type { TaskMode } from './tasks/create-runtime';

/**
 * Agents of 16 CPUs and 64 GB each. Simulated ones have addresses of their own; real tasks all run on this machine, so
 * that their agents share its address.
 */
export function createAgents(count: number, mode: TaskMode = 'simulated'): readonly Agent[] {
  return Array.from({ length: count }, (_none, index) => ({
    id: `00000000-0000-0000-0000-000000000000-S${index + 1}`,
    hostname: mode === 'process' ? '127.0.0.1' : `10.0.${Math.floor((index + 1) / 250)}.${((index + 1) % 250) + 1}`,
    cpus: 16,
    mem: 65_536,
  }));
}
