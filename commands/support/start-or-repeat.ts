import { withdraw } from '../../src/engine/start-execution';
import { CoxswainError } from '../../src/model/errors';
import type { VerbWorld } from './verb';

/** A start that was decided and is not through: its command must be tried again, not answered. */
export class UnfinishedStart extends Error {
  constructor(cause: unknown) {
    super('A start that was confirmed is not through yet.', { cause });
    this.name = 'UnfinishedStart';
  }
}

/** Whether an error may pass: also one that no client has told apart, such as the store's own. */
const mayPass = (error: unknown): boolean =>
  !(error instanceof CoxswainError) || error.canRetry || error.code === 'INTERNAL';

/**
 * What a start of a decided plan comes to. Broken off half-way it would leave an execution that nobody lets begin, and that
 * keeps others from its cluster. Doing it again changes nothing that is done, so that an error that may pass is thrown as
 * UnfinishedStart; after any other nothing is left of the start, where it has not begun, and the error itself is thrown.
 */
export async function startOrRepeat<T>(
  { store }: Pick<VerbWorld, 'store'>,
  executionId: string,
  start: () => Promise<T>,
): Promise<T> {
  try {
    return await start();
  } catch (error) {
    if (mayPass(error)) throw new UnfinishedStart(error);
    await withdraw(store, executionId).catch((cause: unknown) => {
      throw new UnfinishedStart(cause);
    });
    throw error;
  }
}
