import type { Agent } from './context';

/** The agents of an emulated cluster, of 16 CPUs and 64 GB each. */
export function createAgents(count: number): readonly Agent[] {
  return Array.from({ length: count }, (_none, index) => ({
    id: `00000000-0000-0000-0000-000000000000-S${index + 1}`,
    hostname: `10.0.${Math.floor((index + 1) / 250)}.${((index + 1) % 250) + 1}`,
    cpus: 16,
    mem: 65_536,
  }));
}
