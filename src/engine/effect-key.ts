import type { Stage } from '../model/execution';

/** Which attempt of which stage of which execution an effect belongs to. */
export type EffectKey = { readonly executionId: string; readonly stageId: string; readonly attempt: number };

/** What all attempts of a stage have in common: `execution/stage/`. */
export const effectKeyPrefix = (executionId: string, stageId: string): string => `${executionId}/${stageId}/`;

/** The key of a stage's effects, `execution/stage/attempt`: what it creates carries it. */
export const effectKey = (executionId: string, { id, attempt }: Pick<Stage, 'id' | 'attempt'>): string =>
  `${effectKeyPrefix(executionId, id)}${attempt}`;

/** Reads a key; undefined for anything that is none. */
export function parseEffectKey(key: string | undefined): EffectKey | undefined {
  const [, executionId, stageId, attempt] = /^([^/]+)\/(.+)\/(\d+)$/.exec(key ?? '') ?? [];
  if (executionId === undefined || stageId === undefined) return undefined;
  return { executionId, stageId, attempt: Number(attempt) };
}
