import type { AuditFact } from './audit';
import type { MessageTarget } from './message';
import type { View } from './view';

/** A rollback that succeeded: what was asked for before it is not to roll forward by itself. */
export type RolledBack = {
  /** That of the event that told of it. */
  readonly id: string;
  /** Slack user id of who asked for it. */
  readonly by: string;
  /** Milliseconds since the epoch; `until` is when its own lock would end. */
  readonly at: number;
  readonly until: number;
  /** Its name. */
  readonly reason: string;
};

/** Who keeps others from changing an environment. */
export type Lock = {
  /** That of the command, or of the rollback, that took it. */
  readonly id: string;
  /** Slack user id. */
  readonly by: string;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly until: number;
  /** `rollback`: a rollback that succeeded took it by itself. */
  readonly origin: 'asked' | 'rollback';
  /** Slack user id of whose lock it was before; absent where it was nobody else's. */
  readonly takenFrom?: string;
  /** The last rollback that succeeded while it held, or that took it; absent where none did. */
  readonly rolledBack?: RolledBack;
  /** The holder has been told that it ends soon. */
  readonly isWarned?: true;
};

/** What a change of a lock has still to tell; each is told once by its id. */
export type LockEvent =
  | { readonly id: string; readonly type: 'audit'; readonly fact: AuditFact }
  | { readonly id: string; readonly type: 'message'; readonly target: MessageTarget; readonly view: View };

/** An environment of an application. */
export type LockedPlace = { readonly teamId: string; readonly application: string; readonly environment: string };

/** The lock of one environment; without `lock` nobody holds it. */
export type EnvironmentLock = LockedPlace & {
  readonly schema: 1;
  readonly lock?: Lock;
  /** Ids of the last requests that were applied, so that a repeat after a crash changes nothing. */
  readonly applied: readonly string[];
  readonly events: readonly LockEvent[];
};
