import { listAll } from '../../engine/list-all';
import type { DocumentStore } from '../../engine/ports/document-store';
import type { EnvironmentLock, Lock, LockedPlace } from '../../model/environment-lock';
import type { Hold } from '../../model/hold';
import { environmentLockKind, lockIdOf } from './documents';
import { foldFreeing, foldTaking, lockAt, lockDue, type LockRequest, type Taking } from './fold-lock';

const emptyLock = ({ teamId, application, environment }: LockedPlace): EnvironmentLock => ({
  schema: 1,
  teamId,
  application,
  environment,
  applied: [],
  events: [],
});

/** The lock of an environment that holds now. */
export async function readLock(store: DocumentStore, place: LockedPlace, now: number): Promise<Lock | undefined> {
  const found = await store.get(environmentLockKind, lockIdOf(place));
  return found === undefined ? undefined : lockAt(found.document, now);
}

/** A lock, and of what. */
export type HeldPlace = { readonly place: LockedPlace; readonly lock: Lock };

/** All locks that hold now, the first to end first. */
export async function listLocks(store: DocumentStore, teamId: string, now: number): Promise<readonly HeldPlace[]> {
  const found: HeldPlace[] = [];
  for await (const { document } of listAll(store, environmentLockKind, { name: 'held', value: teamId })) {
    const lock = lockAt(document, now);
    if (lock !== undefined) found.push({ place: document, lock });
  }
  return found.toSorted((one, other) => one.lock.until - other.lock.until);
}

async function change(
  store: DocumentStore,
  place: LockedPlace,
  fold: (document: EnvironmentLock) => EnvironmentLock,
  now: number,
): Promise<EnvironmentLock> {
  const id = lockIdOf(place);
  await store.create(environmentLockKind, id, emptyLock(place));
  const saved = await store.update(environmentLockKind, id, fold, { due: (document) => lockDue(document, now) });
  return saved?.document ?? emptyLock(place);
}

/** What became of a lock that was asked for: it is held now, by whoever; `isTaken` by the one who asked. */
export type TakeAnswer = { readonly lock: Lock | undefined; readonly isTaken: boolean };

/** Takes the lock of an environment, as `foldTaking` says; again under the same id it changes nothing. */
export async function takeLock(store: DocumentStore, place: LockedPlace, taking: Taking): Promise<TakeAnswer> {
  const document = await change(store, place, (before) => foldTaking(before, taking), taking.now);
  const lock = lockAt(document, taking.now);
  return { lock, isTaken: document.applied.includes(taking.id) };
}

/** Lifts the lock of an environment where it is the asker's; answers who holds it otherwise. */
export async function freeLock(store: DocumentStore, place: LockedPlace, request: LockRequest) {
  const document = await change(store, place, (before) => foldFreeing(before, request), request.now);
  return { lock: lockAt(document, request.now), isFreed: document.applied.includes(request.id) };
}

/** A lock as what holds others back. */
export const holdOfLock = ({ by, at, reason, until }: Lock): Hold => ({ kind: 'lock', by, at, reason, until });
