import { startExecution, type StartRefusal } from '../../src/engine/start-execution';
import type { Command, ExecutionDraft } from '../../src/model/command';
import { originOf } from './audit-command';
import type { VerbWorld } from './verb';

/** What was confirmed; `plannedBy` is the command whose plan somebody confirmed by hand. */
export type ConfirmedPlan = { readonly id: string; readonly draft: ExecutionDraft; readonly plannedBy?: string };

/** Starts a confirmed plan under its given id, once, or lets it wait for its cluster; answers why nothing was started. */
export async function startPlan(
  world: VerbWorld,
  { id, draft, plannedBy }: ConfirmedPlan,
  command: Command,
): Promise<StartRefusal | undefined> {
  const { refusal } = await startExecution(world, {
    id,
    teamId: command.teamId,
    draft,
    waits: true,
    confirmedPlan: plannedBy,
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
