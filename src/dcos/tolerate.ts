import type { Clock } from '../engine/clock';
import { asCoxswainError } from '../model/errors';
import type { Reading } from './diagnose';
import { withinTime } from './within-time';

/** The parts of a diagnosis together fit into one look of a task (5 s): first the service's, then the file. */
const partMs = 2000;

/** Runs one read with a time of its own (2 s); its failure is a reading too. Never throws. */
export async function tolerate<T>(
  clock: Clock,
  signal: AbortSignal | undefined,
  read: (signal: AbortSignal) => Promise<T>,
): Promise<Reading<T>> {
  try {
    return { value: await withinTime({ ms: partMs, clock, signal }, read) };
  } catch (error) {
    return { error: asCoxswainError(error).message };
  }
}
