import type { ClusterHolder } from '../../src/engine/cluster-lock';
import { startExecution } from '../../src/engine/start-execution';
import type { Command, ExecutionDraft } from '../../src/model/command';
import type { VerbWorld } from './verb';

/** Starts a confirmed plan under its given id, once; answers who else took the cluster first. */
export const startPlan = (
  world: VerbWorld,
  id: string,
  { parameters = {}, ...draft }: ExecutionDraft,
  command: Command,
): Promise<ClusterHolder | undefined> =>
  startExecution(world, {
    id,
    teamId: command.teamId,
    draft,
    trigger: { type: 'manual', user: command.source.user, parameters, correlationId: command.id },
  });
