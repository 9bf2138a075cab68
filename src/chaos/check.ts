import type { Application } from '../model/application';
import { asCoxswainError } from '../model/errors';
import type { ChaosWorld } from './chaos-world';
import type { ChaosGroup } from './documents';
import type { ChaosReading } from './reading';

/** What a check is asked of: a group, from which a kill is about to be drawn or made. */
export type ChaosQuestion = {
  readonly world: ChaosWorld;
  readonly group: ChaosGroup;
  /** As its file says now. */
  readonly application: Application;
  /** Of the application; shared by all groups that are asked of together. */
  readonly reading: ChaosReading;
  /** The execution of the kill itself, where it has one already. */
  readonly executionId?: string | undefined;
  /** The last stop of everything when the kill was let go; absent where it was not. */
  readonly lastStop?: string | undefined;
  readonly now: number;
};

/** One reason to leave a group alone. */
export type ChaosCheck = {
  readonly name: string;
  /** Why nothing may be killed, as a sentence; undefined where it may. What it throws counts as a reason too. */
  readonly refusal: (question: ChaosQuestion) => Promise<string | undefined>;
};

/** What the first check says that refuses; one that fails refuses (semantics §9: a check error counts as outage). */
export async function firstRefusal(
  checks: readonly ChaosCheck[],
  question: ChaosQuestion,
): Promise<string | undefined> {
  for (const check of checks) {
    const refusal = await check.refusal(question).catch((error: unknown) => {
      question.world.onError(error, question.group.key);
      return `It could not be looked whether it may (${check.name}): ${asCoxswainError(error).message}`;
    });
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
