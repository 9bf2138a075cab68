import { startExecution, type StartRefusal } from '../../src/engine/start-execution';
import type { Command, ExecutionDraft } from '../../src/model/command';
import { originOf } from './audit-command';
import type { VerbWorld } from './verb';

/** Starts a confirmed plan under its given id, once; answers why nothing was started. */
export async function startPlan(
  world: VerbWorld,
  id: string,
  draft: ExecutionDraft,
  command: Command,
): Promise<StartRefusal | undefined> {
  const { refusal } = await startExecution(world, {
    id,
    teamId: command.teamId,
    draft,
    trigger: {
      type: 'manual',
      user: command.source.user,
      parameters: {},
      origin: originOf(command.source),
      correlationId: command.id,
    },
  });
  return refusal;
}
