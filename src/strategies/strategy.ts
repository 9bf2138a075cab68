import type { ServerGroupDescription } from '../model/description';
import type { StagePlan } from '../engine/contracts/stage';
import type { Change } from './undo';

/** A deployment strategy: from what was created and how the cluster is described to the stages that follow, in order. */
export type Strategy = {
  readonly name: ServerGroupDescription['strategy'];
  /** In a few words, for the plan. */
  readonly summary: string;
  /** What serves at every moment, and what is there in the end, for docs/stages.md; Markdown. */
  readonly promise?: string;
  readonly after: (change: Change, description: ServerGroupDescription) => readonly StagePlan[];
  /** Whether it keeps what served before, so that a failed deploy that asks for `rollback.onFailure` goes back to it. */
  readonly keepsWayBack: boolean;
};
