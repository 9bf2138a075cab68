import type { Execution } from '../../src/model/execution';
import type { createStageBench } from './stage-kit';

type Bench = ReturnType<typeof createStageBench>;

/** Lets the execution run until a test's own condition holds; fails where it never does. */
export async function driveUntil(
  bench: Bench,
  holds: (execution: Execution) => boolean,
  id = 'E1',
): Promise<Execution> {
  for (let turn = 0; turn < 400; turn += 1) {
    const execution = await bench.drive(id, 250);
    if (holds(execution)) return execution;
    await bench.clock.advance(250);
  }
  throw new Error('It never came to that.');
}
