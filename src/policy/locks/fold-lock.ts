import { auditedSelf, auditFact, type AuditFact, type AuditOrigin } from '../../model/audit';
import type { EnvironmentLock, Lock, LockEvent, LockedPlace, RolledBack } from '../../model/environment-lock';
import { quoteWord } from '../../model/quote-word';
import type { Text } from '../../model/text';
import { runChoice, type View } from '../../model/view';

/** Who asks for a change of a lock, where, and under which id: a repeat under the same one changes nothing. */
export type LockRequest = {
  readonly id: string;
  readonly user: string;
  readonly from: AuditOrigin;
  readonly now: number;
};

/** A lock that is asked for. */
export type Taking = LockRequest & {
  readonly reason: string;
  readonly until: number;
  readonly origin?: Lock['origin'];
  /** Takes it from another holder too: from whoever holds it, or only while the lock has this id. @default false */
  readonly steals?: boolean | string;
};

const mostApplied = 10;
const longestWarningMs = 10 * 60_000;

/** How a lock's place is written: `foo prod`. */
export const placeText = ({ application, environment }: LockedPlace): string => `${application} ${environment}`;

/** The rollback after which a lock holds back what was asked for before it; undefined where there was none. */
export const rollbackOf = ({ rolledBack, origin, id, by, at, until, reason }: Lock): RolledBack | undefined =>
  rolledBack ?? (origin === 'rollback' ? { id, by, at, until, reason } : undefined);

/** The lock of the rollback that found another's, once that has ended by itself; undefined where its own time is over too. */
function successorOf({ rolledBack, until }: Lock): Lock | undefined {
  if (rolledBack === undefined || rolledBack.until <= until) return undefined;
  return { ...rolledBack, origin: 'rollback', rolledBack };
}

/** The lock that holds now; one whose time is over does not, whether that was written down yet or not. */
export function lockAt({ lock }: EnvironmentLock, now: number): Lock | undefined {
  const current = lock === undefined || lock.until > now ? lock : successorOf(lock);
  return current === undefined || current.until <= now ? undefined : current;
}

/** When the holder is told that the lock ends soon: 10 minutes before, of a short one when a quarter of it is left. */
const warnAt = ({ at, until }: Lock): number => until - Math.min(longestWarningMs, (until - at) / 4);

type Change = {
  readonly action: string;
  readonly id: string;
  readonly who: string;
  readonly from: AuditOrigin;
  readonly why?: string | undefined;
  readonly at: number;
};

function auditOf(place: LockedPlace, { action, id, ...fields }: Change): LockEvent {
  const { application, environment } = place;
  const key = `lock/${application}/${environment}/${id}/${action}`;
  const kind: AuditFact['kind'] = fields.who === auditedSelf ? 'background' : 'lock';
  const fact = auditFact({ ...fields, id: key, kind, action, what: placeText(place), application, environment });
  return { id: key, type: 'audit', fact };
}

function directMessage(place: LockedPlace, user: string, { id, view }: { readonly id: string; readonly view: View }) {
  const key = `lock/${place.application}/${place.environment}/${id}`;
  return { id: key, type: 'message', target: { kind: 'direct', user }, view } as const satisfies LockEvent;
}

/** What the former holder is told. */
function victimEvents(place: LockedPlace, old: Lock | undefined, lock: Lock): readonly LockEvent[] {
  if (old === undefined || old.by === lock.by) return [];
  const headline: Text = [{ person: lock.by }, ' took your lock of ', { strong: placeText(place) }, `: ${lock.reason}`];
  const view: View = { headline, tone: 'attention', lines: [`Yours was for: ${old.reason}`] };
  return [directMessage(place, old.by, { id: `${lock.id}/taken`, view })];
}

const isFree = (current: Lock | undefined, { user, steals = false }: Taking): boolean =>
  current === undefined || current.by === user || steals === true || steals === current.id;

const withApplied = (document: EnvironmentLock, id: string) => [...document.applied, id].slice(-mostApplied);

/** Notes a rollback on the lock of another, which stays: it holds back what was asked for before, also its holder's. */
function noteRollback(document: EnvironmentLock, current: Lock, taking: Taking): EnvironmentLock {
  const { id, user, from, now, reason, until } = taking;
  const told = auditOf(document, { action: 'hold', id, who: user, from, why: reason, at: now });
  const lock: Lock = { ...current, rolledBack: { id, by: user, at: now, until, reason } };
  return { ...document, lock, applied: withApplied(document, id), events: [...document.events, told] };
}

/** The rollback that a lock is taken by, or was held through; whose rollback it was may also have it end sooner. */
function rollbackFields(current: Lock | undefined, { id, user, now, until, reason, origin }: Taking) {
  if (origin === 'rollback') return { rolledBack: { id, by: user, at: now, until, reason } };
  const before = current === undefined ? undefined : rollbackOf(current);
  if (before === undefined) return {};
  return { rolledBack: before.by === user ? { ...before, until: Math.min(before.until, until) } : before };
}

/** Takes the lock, prolongs one's own, or takes another's where that is asked for; the same object where it may not. Pure. */
export function foldTaking(document: EnvironmentLock, taking: Taking): EnvironmentLock {
  const { id, user, from, now, reason, until, origin = 'asked' } = taking;
  const current = lockAt(document, now);
  if (document.applied.includes(id)) return document;
  if (!isFree(current, taking))
    return origin === 'rollback' && current !== undefined ? noteRollback(document, current, taking) : document;
  const takenFrom = current === undefined || current.by === user ? {} : { takenFrom: current.by };
  // A rollback adds to what its owner holds already.
  const kept = origin === 'rollback' && current?.by === user && current.origin !== 'rollback' ? current : undefined;
  const terms =
    kept === undefined
      ? { reason, until }
      : { reason: `${kept.reason}; ${reason}`, until: Math.max(kept.until, until) };
  const lock: Lock = { id, by: user, ...terms, at: now, origin, ...takenFrom, ...rollbackFields(current, taking) };
  const action = current !== undefined && current.by !== user ? 'take' : 'lock';
  const told = auditOf(document, { action, id, who: user, from, why: reason, at: now });
  const events = [...document.events, told, ...victimEvents(document, current, lock)];
  return { ...document, lock, applied: withApplied(document, id), events };
}

/** Lifts one's own lock; the same object where there is none, or another holds it. Pure. */
export function foldFreeing(document: EnvironmentLock, { id, user, from, now }: LockRequest): EnvironmentLock {
  const current = lockAt(document, now);
  if (document.applied.includes(id) || current?.by !== user) return document;
  const { lock: _lock, ...free } = document;
  const told = auditOf(document, { action: 'unlock', id, who: user, from, at: now });
  return { ...free, applied: withApplied(document, id), events: [...document.events, told] };
}

function warningOf(place: LockedPlace, lock: Lock): LockEvent {
  const name = placeText(place);
  const view: View = {
    headline: ['Your lock of ', { strong: name }, ' ends ', { time: lock.until }, `: ${lock.reason}`],
    tone: 'attention',
    lines: ['It falls by itself, and what waits for it starts then.'],
    choices: [
      runChoice('Another hour', `lock ${name} 1h ${quoteWord(lock.reason)}`),
      runChoice('Unlock now', `unlock ${name}`),
    ],
  };
  return directMessage(place, lock.by, { id: `${lock.id}/ending`, view });
}

function fall(document: EnvironmentLock, lock: Lock): EnvironmentLock {
  const { lock: _lock, ...free } = document;
  const next = successorOf(lock);
  const view: View = {
    headline: ['Your lock of ', { strong: placeText(document) }, ` has ended: ${lock.reason}`],
    tone: 'neutral',
  };
  const change = {
    action: 'expired',
    id: lock.id,
    who: auditedSelf,
    from: { surface: 'coxswain' },
    at: lock.until,
  } as const;
  const told = [
    auditOf(document, { ...change, why: lock.reason }),
    ...(next === undefined ? [] : [auditOf(document, { ...change, action: 'lock', id: next.id, why: next.reason })]),
    directMessage(document, lock.by, { id: `${lock.id}/ended`, view }),
  ];
  return { ...free, ...(next === undefined ? {} : { lock: next }), events: [...document.events, ...told] };
}

/** What time does to a lock: the holder is told shortly before its end, and then it falls. Pure; the same object before that. */
export function foldTime(document: EnvironmentLock, now: number): EnvironmentLock {
  const { lock } = document;
  if (lock === undefined) return document;
  if (lock.until <= now) return fall(document, lock);
  if (lock.isWarned === true || warnAt(lock) > now) return document;
  const warned: Lock = { ...lock, isWarned: true };
  return { ...document, lock: warned, events: [...document.events, warningOf(document, lock)] };
}

/** When a lock must be looked at again, in milliseconds since the epoch: at once while something is to be told; null for never. */
export function lockDue({ events, lock }: EnvironmentLock, now: number): number | null {
  if (events.length > 0) return now;
  if (lock === undefined) return null;
  return lock.isWarned === true ? lock.until : warnAt(lock);
}
