import { z } from 'zod';
import type { StageContext } from '../model/execution';

const answer = z.union([z.string(), z.object({ value: z.string() }).transform(({ value }) => value)]);
const offered = z.object({ judgmentInputs: z.array(answer).nullish() });

/**
 * The answers that a judgment offers to whoever approves it, each once; empty where it offers none, or where they cannot be
 * read. An expression may make a list of texts of them.
 */
export function judgmentAnswers(context: StageContext): readonly string[] {
  const { judgmentInputs } = offered.catch({}).parse(context);
  const answers = (judgmentInputs ?? []).map((text) => text.trim()).filter((text) => text !== '');
  return [...new Set(answers)];
}
