import { z } from 'zod';
import { decisionOf, decisionsBelow } from '../engine/decisions';
import type { Execution, Stage, StageContext } from '../model/execution';

const startedSchema = z.object({ strategyRuns: z.array(z.string()) });
const idsIn = (decision: StageContext | undefined): readonly string[] =>
  startedSchema.safeParse(decision).data?.strategyRuns ?? [];

/** The executions that all attempts of a stage that runs a strategy have started, or may have; oldest first. */
export const strategyRunsOf = (execution: Execution, stage: Pick<Stage, 'id'>): readonly string[] =>
  idsIn(decisionOf(execution, stage));

/** The same of all stages below one. */
export const strategyRunsBelow = (execution: Execution, stage: Pick<Stage, 'id'>): readonly string[] =>
  decisionsBelow(execution, stage).flatMap(idsIn);

/** The decision by which later attempts know of one more such execution. */
export const withStrategyRun = (execution: Execution, stage: Pick<Stage, 'id'>, id: string): StageContext => ({
  strategyRuns: [...strategyRunsOf(execution, stage), id],
});
