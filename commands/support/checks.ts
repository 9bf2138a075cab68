import type { Environment } from '../../src/model/application';
import type { Command } from '../../src/model/command';
import type { Execution } from '../../src/model/execution';
import type { View } from '../../src/model/view';
import { mayDeploy } from '../../src/policy/permissions';
import type { VerbWorld } from './verb';

/** The refusal for someone who may not change an environment; undefined where they may. */
export async function refuseStranger(
  world: VerbWorld,
  command: Command,
  environment: Environment,
  where: string,
): Promise<View | undefined> {
  const permission = mayDeploy(environment.policy, await world.people(), command.source.user, where);
  return permission.allowed ? undefined : { headline: permission.reason, tone: 'bad' };
}

/** The refusal while another execution works on the cluster. */
export function refuseBusy(running: Execution | undefined, rollback: string): View | undefined {
  if (running === undefined) return undefined;
  const back =
    running.definition.kind === 'deploy'
      ? `, cancel it on its message, or go back with ${rollback}`
      : ' or cancel it on its message';
  return {
    headline: [{ strong: running.name }, ' is under way, asked by ', { person: running.trigger.user }, '.'],
    tone: 'attention',
    lines: [`Wait for it${back}. Nothing was started.`],
  };
}
