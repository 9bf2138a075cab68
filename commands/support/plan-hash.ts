import { digestOf } from '../../src/engine/render-execution';
import type { PlanCard } from './verb';

/** The hash a person confirms: over everything that will be done and what it depends on; not over health or time. */
export const planHash = ({ draft, facts }: Pick<PlanCard, 'draft' | 'facts'>): string =>
  digestOf([draft.name, draft.definition, draft.stages, draft.cancels ?? null, draft.run ?? null, facts]);

/** What moved between two plans, in words. */
export function whatMoved(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): readonly string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const moved = keys
    .filter((key) => before[key] !== after[key])
    .map((key) => `${key}: was ${before[key] ?? 'nothing'}, is ${after[key] ?? 'nothing'}`);
  return moved.length === 0 ? ['The definition of the application changed.'] : moved;
}
