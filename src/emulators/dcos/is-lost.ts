import type { Agent, Context } from './context';
import { matchesPattern } from './faults';

/** Whether a fault has cut an agent off; such an agent makes no offers. */
export function isLost(context: Context, agent: Pick<Agent, 'id' | 'hostname'>): boolean {
  return (
    context.faults.find('agentLost', ({ agent: pattern }) =>
      [agent.id, agent.hostname].some((name) => matchesPattern(pattern, name, true)),
    ) !== undefined
  );
}
