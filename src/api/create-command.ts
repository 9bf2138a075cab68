import { commandKind } from '../engine/document-kinds';
import type { Command, CommandRequest } from '../model/command';
import type { ApiContext } from './api-route';

/** Writes a command of the command line down, due at once; the executor answers it. */
export async function createCommand(
  context: ApiContext,
  user: string,
  request: CommandRequest,
): Promise<{ readonly id: string }> {
  const id = context.newId();
  const now = context.clock.now();
  const command: Command = {
    schema: 1,
    teamId: context.teamId,
    id,
    source: { surface: 'cli', user },
    request,
    createdAt: now,
    state: 'received',
  };
  await context.store.create(commandKind, id, command, { due: now });
  context.hint();
  return { id };
}
