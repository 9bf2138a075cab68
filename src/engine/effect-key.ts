import type { Execution, Stage } from '../model/execution';
import { firstAttemptOf } from './earlier-attempts';
import { topLevelOf } from './graph';

/** Which attempt of which stage of which execution an effect belongs to. */
export type EffectKey = { readonly executionId: string; readonly stageId: string; readonly attempt: number };

/** What all attempts of a stage have in common: `execution/stage/`. */
export const effectKeyPrefix = (executionId: string, stageId: string): string => `${executionId}/${stageId}/`;

/** The key of a stage's effects, `execution/stage/attempt`: what it creates carries it. */
export const effectKey = (executionId: string, { id, attempt }: Pick<Stage, 'id' | 'attempt'>): string =>
  `${effectKeyPrefix(executionId, id)}${attempt}`;

/**
 * How the keys begin of what a stage has made and answers for: of all its attempts, or of those since it last succeeded. What
 * it made then is like what others made.
 */
export function effectKeysOf(execution: Execution, stage: Stage): readonly string[] {
  const prefix = effectKeyPrefix(execution.id, stage.id);
  const first = firstAttemptOf(execution, stage);
  if (first === 1) return [prefix];
  const last = Math.max(stage.attempt, topLevelOf(execution, stage).attempt);
  return Array.from({ length: last - first + 1 }, (_, index) => `${prefix}${first + index}`);
}

/** Reads a key; undefined for anything that is none. */
export function parseEffectKey(key: string | undefined): EffectKey | undefined {
  const [, executionId, stageId, attempt] = /^([^/]+)\/(.+)\/(\d+)$/.exec(key ?? '') ?? [];
  if (executionId === undefined || stageId === undefined) return undefined;
  return { executionId, stageId, attempt: Number(attempt) };
}
