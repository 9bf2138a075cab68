import type { DocumentKind } from '../engine/ports/document-store';
import type { AuditFact } from '../model/audit';
import type { ChaosGrouping } from '../model/chaos';
import type { LocalDate } from '../model/local-time';
import type { Location } from '../model/server-group';

/** What one kill is drawn for, in plain data. */
export type ChaosGroup = {
  /** `prod/foo-prod/east`: account, what it takes, and the region or `*`. */
  readonly key: string;
  readonly application: string;
  readonly account: string;
  readonly grouping: ChaosGrouping;
  /** The environments that it takes. */
  readonly environments: readonly string[];
  /** Absent: all clusters of the environments. */
  readonly cluster?: string;
  /** A team's name for it; absent: all of the account. */
  readonly region?: string;
};

/** The instance that a kill takes, and what it was drawn from. */
export type Victim = {
  readonly environment: string;
  readonly location: Location;
  readonly cluster: string;
  readonly serverGroup: string;
  readonly instanceId: string;
  readonly host?: string;
  readonly launchTime?: number;
  /** How many instances it was drawn from, itself included. */
  readonly among: number;
  /** How many instances of its server group served when it was drawn. */
  readonly servingBefore: number;
};

/** How a kill ended: `spared` by a check, `stopped` by a person, `expired` without an answer, `leashed` as a rehearsal. */
export type KillOutcome = 'killed' | 'leashed' | 'stopped' | 'expired' | 'spared';

/**
 * Where a kill is. Times in milliseconds since the epoch; `by` is who pressed Now or Stop, absent where nobody was asked.
 * `lastStop` is the last stop of everything when it was let go, empty where there was none: after another it does not go on.
 * Absent in what an older build has let go.
 */
export type KillState =
  | { readonly is: 'planned' }
  | { readonly is: 'asked'; readonly expiresAt: number }
  /** Allowed to begin until `goBy`. */
  | {
      readonly is: 'going';
      readonly by?: string;
      readonly since: number;
      readonly goBy: number;
      readonly lastStop?: string;
    }
  /** Its execution is started, and kills nothing after `notAfter`. */
  | {
      readonly is: 'running';
      readonly by?: string;
      readonly executionId: string;
      readonly notAfter: number;
      readonly lastStop?: string;
    }
  | { readonly is: 'recovering'; readonly by?: string; readonly executionId: string; readonly killedAt: number }
  | {
      readonly is: 'ended';
      readonly at: number;
      readonly outcome: KillOutcome;
      readonly by?: string;
      readonly reason?: string;
      readonly executionId?: string;
      readonly killedAt?: number;
      /** From the kill until the server group was as healthy as before; absent where that was not seen. */
      readonly recoveryMs?: number;
    };

/** One kill, from its draw to its end; kept for a while afterwards, as history. */
export type Kill = {
  readonly schema: 1;
  readonly teamId: string;
  readonly id: string;
  readonly group: ChaosGroup;
  readonly plannedAt: number;
  /** That all its draws come from. */
  readonly seed: string;
  /** The group was drawn with a chance of one in so many; absent where a person asked for it. */
  readonly meanDays?: number;
  /** Who asked for it; it always asks back. */
  readonly askedBy?: string;
  /** Where it was asked for, for environments without a channel of their own. */
  readonly askedIn?: string;
  readonly victim?: Victim;
  /** Slack channel in which a card or a note stands. */
  readonly channel?: string;
  readonly hasCard?: true;
  readonly state: KillState;
};

/** Kills, listed by application. Their ids begin with the day: `2026-01-31/…`. */
export const killKind: DocumentKind<Kill> = {
  name: 'kill',
  indexes: ({ group }) => ({ application: group.application }),
};

/** A kill as it was drawn for a day. */
export type DrawnKill = {
  readonly id: string;
  readonly group: ChaosGroup;
  readonly at: number;
  readonly meanDays: number;
};

/** The draws of one day, made once. */
export type ChaosSchedule = {
  readonly schema: 1;
  readonly teamId: string;
  readonly date?: LocalDate;
  readonly seed?: string;
  readonly kills: readonly DrawnKill[];
};

/** One document for each workspace, its id the team's; due when the next day is to be drawn. */
export const scheduleKind: DocumentKind<ChaosSchedule> = { name: 'chaos-schedule', indexes: () => ({}) };

/** A kill as the ledger has it. */
export type LedgerEntry = {
  readonly killId: string;
  readonly account: string;
  readonly region: string;
  readonly environment: string;
  readonly cluster: string;
  readonly at: number;
  readonly leashed: boolean;
};

/** The last kills of an application, in each place the last real one and the last rehearsal. */
export type Ledger = { readonly schema: 1; readonly teamId: string; readonly entries: readonly LedgerEntry[] };

/** One document for each application, its id the application's name. */
export const ledgerKind: DocumentKind<Ledger> = { name: 'chaos-ledger', indexes: () => ({}) };

/** Chaos as a person turned it off, for one application or for all. */
export type ChaosSwitch = {
  readonly schema: 2;
  readonly teamId: string;
  readonly isOff: boolean;
  readonly by: string;
  readonly at: number;
  readonly reason: string;
  /** Ids of the commands that turned it, newest last, so that a repeat after a crash counts as done. */
  readonly applied: readonly string[];
  /** What is still to be written to the audit log. */
  readonly facts: readonly AuditFact[];
};

/** The id of the switch for all applications; no application can have this name. */
export const forAll = '@all';

/** One document for each application whose chaos a person turned off or on again, its id the application's name; due while there is something to tell. */
export const switchKind: DocumentKind<ChaosSwitch> = {
  name: 'chaos-switch',
  indexes: () => ({}),
  upgrades: [(older) => ({ ...older, applied: [], facts: [] })],
};
