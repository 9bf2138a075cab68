import type { Execution } from '../../model/execution';
import type { Hold } from '../../model/hold';

/** What of an execution decides whether it may start. */
export type StartQuestion = Pick<
  Execution,
  'teamId' | 'application' | 'definition' | 'trigger' | 'authentication' | 'retry' | 'buildTime'
>;

/** Says what keeps executions from starting. */
export interface Holds {
  /** What holds an execution back that is about to start; undefined where nothing does. */
  look(question: StartQuestion): Promise<Hold | undefined>;
}
