import type { DocumentKind, DocumentStore } from '../engine/ports/document-store';
import { auditFact, type AuditFact, type AuditOrigin } from '../model/audit';
import type { Hold } from '../model/hold';

/** That nothing may start, run on or be killed by chance until somebody lifts it. */
export type Stop = {
  /** That of the command that stopped everything. */
  readonly id: string;
  /** Slack user id. */
  readonly by: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Absent where none was given. */
  readonly reason?: string;
};

/** The stop of one team; its id is the team's. */
export type StopDocument = {
  readonly schema: 1;
  readonly teamId: string;
  /** Absent while everything goes on. */
  readonly stop?: Stop;
  /** The stop before and who lifted it: executions that it paused go on. Absent where nothing was lifted yet. */
  readonly lifted?: { readonly stop: Stop; readonly id: string; readonly by: string };
  /** Ids of the last requests that were applied, so that a late repeat changes nothing; absent until the first. */
  readonly applied?: readonly string[];
  /** How often running executions are still to be looked through. */
  readonly looksLeft: number;
  /** What is still to be written to the audit log. */
  readonly facts: readonly AuditFact[];
};

/** Stops; not listed by anything. */
export const stopKind: DocumentKind<StopDocument> = { name: 'stop', indexes: () => ({}) };

/**
 * The stop that holds a team's executions now; undefined while everything goes on. Whoever acts unasked (chaos, expiries,
 * triggers) asks this first and does nothing where there is one.
 */
export const readStop = async (store: DocumentStore, teamId: string): Promise<Stop | undefined> =>
  (await store.get(stopKind, teamId))?.document.stop;

/**
 * The id of the last stop of a team, lifted or not; empty where there was none. Whoever was let go compares it: a stop that was
 * lifted before anybody looked has left nothing else behind.
 */
export async function readLastStop(store: DocumentStore, teamId: string): Promise<string> {
  const { stop, lifted } = (await store.get(stopKind, teamId))?.document ?? {};
  return (stop ?? lifted?.stop)?.id ?? '';
}

/** A stop as what holds executions back. */
export const holdOfStop = ({ by, at, reason }: Stop): Hold => ({
  kind: 'stop',
  by,
  at,
  ...(reason === undefined ? {} : { reason }),
});

/** Who stops everything, or lifts that; again under the same id it changes nothing. */
export type StopRequest = {
  readonly id: string;
  readonly user: string;
  readonly from: AuditOrigin;
  readonly reason?: string | undefined;
  readonly now: number;
};

/** What a lift is about: any stop, or only the one of that id. */
export type LiftRequest = StopRequest & { readonly of?: string | undefined };

const mostApplied = 20;

const withApplied = ({ applied = [] }: StopDocument, id: string) => [...applied, id].slice(-mostApplied);

const isApplied = ({ applied = [], lifted }: StopDocument, id: string): boolean =>
  applied.includes(id) || lifted?.stop.id === id || lifted?.id === id;

/** One that began while the stop was saved is found by a later look: a step takes 5 s at most, and its lease ends after 10. */
const looks = 4;

const factOf = (action: 'stop' | 'lift', { id, user, from, reason, now }: StopRequest): AuditFact =>
  auditFact({
    id: `stop/${id}/${action}`,
    at: now,
    kind: 'lock',
    action,
    who: user,
    what: action === 'stop' ? 'everything is stopped' : 'the stop is lifted',
    why: reason,
    from,
  });

async function change(
  store: DocumentStore,
  teamId: string,
  now: number,
  fold: (document: StopDocument) => StopDocument,
): Promise<StopDocument | undefined> {
  await store.create(stopKind, teamId, { schema: 1, teamId, looksLeft: 0, facts: [] });
  const saved = await store.update(stopKind, teamId, fold);
  await store.touch(stopKind, teamId, now);
  return saved?.document;
}

/**
 * Stops everything; answers the stop that holds then, which is an earlier one where there is one. Again under the same id it
 * changes nothing, also where the stop that was found has been lifted since.
 */
export async function stopAll(store: DocumentStore, teamId: string, request: StopRequest): Promise<Stop | undefined> {
  const { id, user, reason, now } = request;
  const stop: Stop = { id, by: user, at: now, ...(reason === undefined ? {} : { reason }) };
  const stopped = await change(store, teamId, now, (document) => {
    if (isApplied(document, id)) return document;
    const applied = withApplied(document, id);
    if (document.stop !== undefined) return { ...document, applied };
    return { ...document, stop, applied, looksLeft: looks, facts: [...document.facts, factOf('stop', request)] };
  });
  return stopped?.stop;
}

/**
 * Lifts the stop; answers the one that was lifted under this id, undefined where there was none, or not the one that was meant.
 * Again under the same id it changes nothing.
 */
export async function liftStop(store: DocumentStore, teamId: string, request: LiftRequest): Promise<Stop | undefined> {
  const { id, user, now, of } = request;
  const after = await change(store, teamId, now, (document) => {
    const { stop, ...rest } = document;
    if (isApplied(document, id)) return document;
    const applied = withApplied(document, id);
    if (stop === undefined || (of !== undefined && of !== stop.id)) return { ...document, applied };
    const facts = [...document.facts, factOf('lift', request)];
    return { ...rest, lifted: { stop, id, by: user }, applied, looksLeft: looks, facts };
  });
  return after?.lifted?.id === id ? after.lifted.stop : undefined;
}
