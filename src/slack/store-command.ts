import type { Clock } from '../engine/clock';
import { commandKind } from '../engine/document-kinds';
import type { DocumentStore } from '../engine/ports/document-store';
import type { Command } from '../model/command';
import type { SlackLogger } from './slack-logger';

/** What it takes to make a command last. */
export type CommandIntake = {
  readonly store: DocumentStore;
  readonly clock: Clock;
  /** A hint that a command waits; may be lost. */
  readonly onCommand: () => void;
  readonly logger: SlackLogger;
};

/** What is told to the person when a command could not be stored. */
export const notStoredText =
  'I could not write your command down, so nothing was started. Please try again in a moment.';

/**
 * Makes a command last, due at once; its id is Slack's trigger id, so that the same click twice is one command. False when
 * the store failed: then nothing was started.
 */
export async function storeCommand(
  intake: CommandIntake,
  fields: Pick<Command, 'teamId' | 'id' | 'source' | 'request'>,
): Promise<boolean> {
  const now = intake.clock.now();
  const command: Command = { schema: 1, ...fields, createdAt: now, state: 'received' };
  try {
    await intake.store.create(commandKind, fields.id, command, { due: now });
  } catch (error) {
    intake.logger.error({ commandId: fields.id, error: String(error) }, 'A command could not be stored');
    return false;
  }
  intake.onCommand();
  return true;
}
