import { createHash } from 'node:crypto';
import type { NamedWindow } from '../model/common-window';
import type { Execution } from '../model/execution';

/** A fraction below 1 that is the same for a stage of an execution at every look and every attempt. */
function draw({ id }: Pick<Execution, 'id'>, seed: string, index: number): number {
  const digest = createHash('sha256').update(`${id}/${seed}/${index}`).digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}

/**
 * The longest of the waits that windows draw for a stage, in milliseconds and whole seconds: of the execution's id and `seed`,
 * so that neither a crash nor another attempt changes it.
 */
export function windowJitterMs(
  execution: Pick<Execution, 'id' | 'trigger'>,
  seed: string,
  windows: readonly NamedWindow[],
): number {
  const isManual = execution.trigger.type === 'manual';
  const waits = windows.map(({ window: { jitter } }, index) => {
    if (jitter === undefined || (isManual && jitter.skipManual)) return 0;
    return jitter.minDelay + Math.floor(draw(execution, seed, index) * (jitter.maxDelay - jitter.minDelay + 1));
  });
  return Math.max(0, ...waits) * 1000;
}
