import type { ServerGroupDescription } from '../model/description';
import type { StagePlan } from '../engine/contracts/stage';
import type { Change } from './undo';

/** A deployment strategy: from what was created and how the cluster is described to the stages that follow, in order. */
export type Strategy = {
  readonly name: ServerGroupDescription['strategy'];
  /** In a few words, for the plan. */
  readonly summary: string;
  readonly after: (change: Change, description: ServerGroupDescription) => readonly StagePlan[];
  /** The way back when the deploy fails; only where the description asks for `rollback.onFailure`. */
  readonly onFailure: (change: Change) => readonly StagePlan[];
};
