import type { Execution } from '../../model/execution';

/** Whether an execution that was confirmed would do now what was confirmed. */
export type SecondLook =
  | { readonly type: 'same' }
  /** It would do something else, or could not be planned at all. */
  | { readonly type: 'moved'; readonly reason: string }
  /** Nobody can tell now; it is asked again. */
  | { readonly type: 'unseen' };

/** Looks again at the plan of an execution that had to wait. */
export type LookAgain = (execution: Execution) => Promise<SecondLook>;
