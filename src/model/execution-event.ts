import type { AuditFact } from './audit';
import type { Review } from './review';
import type { View } from './view';

/**
 * Something to be told to another document; a drain applies it at least once and then it is removed. `live` asks for
 * the live message to be brought up to date with whatever the execution is then; `message` posts a message of its own.
 */
export type ExecutionEvent =
  | { readonly id: string; readonly type: 'live'; readonly urgent: boolean }
  | {
      readonly id: string;
      readonly type: 'message';
      /** The message document; several events may edit one message. */
      readonly messageId: string;
      readonly view: View;
      /** Shown in the channel too, not only in the thread. */
      readonly broadcast: boolean;
    }
  /**
   * Brings the copies of a question that people have by themselves up to date, and sends new ones `to` those approvers who asked
   * for them, to everybody who may decide, or to nobody more. `messageId` is the question's.
   */
  | {
      readonly id: string;
      readonly type: 'copies';
      readonly messageId: string;
      readonly stageId: string;
      readonly view: View;
      readonly to: 'subscribers' | 'everybody' | 'nobody';
    }
  /** Written to the audit log. */
  | { readonly id: string; readonly type: 'audit'; readonly fact: AuditFact }
  /** It has ended: others of its pipeline may have its place. `round` is that of its admission. */
  | { readonly id: string; readonly type: 'queue'; readonly round: number }
  /** What was confirmed is not what would be done now: whoever asked for it is shown the plan of now. */
  | { readonly id: string; readonly type: 'askAgain' }
  /** Tells somebody by themselves. */
  | { readonly id: string; readonly type: 'direct'; readonly user: string; readonly view: View }
  /** It went back to what served before: its environment is locked, so that nothing rolls forward at once. */
  | { readonly id: string; readonly type: 'rolledBack' }
  /** Somebody broke the glass: somebody else has to review that. */
  | { readonly id: string; readonly type: 'review'; readonly review: Review }
  /** Tells the requester how it ended, by themselves, where they want that. */
  | { readonly id: string; readonly type: 'requester'; readonly view: View }
  /** Wakes the execution whose `pipeline` stage started this one, which has ended. */
  | { readonly id: string; readonly type: 'ended' }
  /** This one ran on after its end, because `user` retried a stage: the stage that started it runs on too. */
  | { readonly id: string; readonly type: 'retried'; readonly user: string }
  /** `user` paused or resumed this one: so is `executionId`, for whose end a stage waits. */
  | {
      readonly id: string;
      readonly type: 'passedOn';
      readonly executionId: string;
      readonly signal: 'pause' | 'resume';
      readonly user: string;
      /** This one. */
      readonly via: string;
    }
  /** `user` called a retry off that was to wait for `executionId` again: that is canceled too. */
  | {
      readonly id: string;
      readonly type: 'abandoned';
      readonly executionId: string;
      readonly user: string;
      readonly reason: string;
    };
