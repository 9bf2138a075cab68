import { isDeepStrictEqual } from 'node:util';
import type { DueHandler } from '../engine/ports/wake';
import type { ChaosWorld } from './chaos-world';
import { killKind, type Kill } from './documents';
import type { StepResult } from './step';
import { stepOf } from './steps';
import { tellKill } from './tell-kill';

/** When what failed is tried again. */
const retryMs = 5_000;

/** The kill after a look; one that a person has moved on meanwhile stays as it is. */
function changed(kill: Kill, seen: Kill, result: StepResult): Kill {
  if (!('to' in result) || !isDeepStrictEqual(kill.state, seen.state)) return kill;
  return { ...kill, ...result.keep, state: result.to };
}

/** Handles due kills: tells what each has come to, looks at it, and saves what that came to. */
export function createKillHandler(world: ChaosWorld): DueHandler {
  const { store, clock, onError } = world;
  return async (claimed, owner) => {
    const kill = claimed.document as Kill;
    await tellKill(world, kill);
    const now = clock.now();
    const result = await stepOf(world, kill, now).catch((error: unknown): StepResult => {
      onError(error, claimed.id);
      return { again: retryMs };
    });
    if ('forget' in result) {
      await store.delete(killKind, claimed.id);
      return;
    }
    await store.update(killKind, claimed.id, (document) => changed(document, kill, result), {
      due: (document) =>
        'again' in result && isDeepStrictEqual(document.state, kill.state) ? now + result.again : now,
      release: owner,
    });
  };
}
