import type { ServerGroupDescription } from '../model/description';
import type { StagePlan } from '../engine/contracts/stage';
import type { Change } from './undo';

/** What a strategy is told of a deployment into one place. */
export type Deployment = Pick<
  ServerGroupDescription,
  | 'desiredCapacity'
  | 'targetPercentages'
  | 'pipelineBeforeCleanup'
  | 'judgmentBeforeCleanup'
  | 'canary'
  | 'strategyApplication'
  | 'strategyPipeline'
  | 'maxRemainingAsgs'
  | 'delayBeforeDisableSec'
  | 'delayBeforeScaleDownSec'
  | 'scaleDown'
  | 'targetHealthyDeployPercentage'
  | 'interestingHealthProviderNames'
>;

/** A deployment strategy: from what was created and how the cluster is described to the stages that follow, in order. */
export type Strategy = {
  readonly name: ServerGroupDescription['strategy'];
  /** In words with the sizes of one place, for the plan; `old` is the size of what serves there, absent for nothing. */
  readonly summary: (deployment: Deployment, old?: number) => string;
  /** The size to create the new group at, beside one that serves. @default its whole size */
  readonly firstSize?: (deployment: Deployment) => number;
  /** What serves at every moment, and what is there in the end, for docs/stages.md; Markdown. */
  readonly promise?: string;
  readonly after: (change: Change, deployment: Deployment) => readonly StagePlan[];
  /** Whether it keeps what served before, so that a failed deploy that asks for `rollback.onFailure` goes back to it. */
  readonly keepsWayBack: boolean;
  /** Whether a failed deploy goes back without being asked to, and keeps what failed for diagnosis. @default false */
  readonly goesBackByItself?: boolean;
};
