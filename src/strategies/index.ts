import { canary } from './canary';
import { custom } from './custom';
import { highlander } from './highlander';
import { none } from './none';
import { redblack } from './redblack';
import { rollingredblack } from './rollingredblack';
import type { Strategy } from './strategy';

export { concludeFailed } from './conclude-failed';
export { concludePartial } from './conclude-partial';
export { leftServing } from './left-serving';
export { percentagesOf, stepSizes, type StepSizes } from './step-sizes';
export type { Deployment, Strategy } from './strategy';
export { leastServing } from './take-over';
export {
  cameUp,
  changeOf,
  creationsByPlace,
  creationsOf,
  isCustom,
  isCreation,
  isStrategyRun,
  keepFailedMinutes,
  mayHaveCreated,
  planRetirement,
  planUndo,
  type Change,
  type CreationType,
  servedBefore,
} from './undo';
export { strategyRunsBelow, strategyRunsOf, withStrategyRun } from './strategy-runs';
export { childOutcomes, outcomesOf } from './region-outcomes';
export { judgmentPlan, validationPlan } from './verdicts';
export { planChildUndo, planWholeUndo } from './whole-undo';

/** All strategies, in the order they are offered. */
export const strategies: readonly Strategy[] = [none, highlander, redblack, rollingredblack, canary, custom];

/** The strategy of this name, any case; an unknown one is `none`, as in Spinnaker (semantics §5). */
export const findStrategy = (name: string | undefined): Strategy =>
  strategies.find((strategy) => strategy.name === name?.toLowerCase()) ?? none;
