import type { DocumentStore } from '../engine/ports/document-store';
import type { Chaos } from '../model/chaos';
import { killKind, ledgerKind, type Kill, type Ledger, type LedgerEntry, type Victim } from './documents';
import { quietSince, type WorkDays } from './work-days';

/** How long the execution of a kill has to kill. */
export const killMs = 5 * 60_000;

/** What is asked of the ledger: may this victim be killed now? */
export type LedgerQuestion = {
  readonly store: DocumentStore;
  readonly kill: Kill;
  readonly victim: Victim;
  readonly chaos: Chaos;
  readonly workDays: WorkDays;
  readonly now: number;
  readonly leashed: boolean;
};

const entryOf = ({ kill, victim, now, leashed }: LedgerQuestion): LedgerEntry => ({
  killId: kill.id,
  account: victim.location.account,
  region: victim.location.region,
  environment: victim.environment,
  cluster: victim.cluster,
  at: now,
  leashed,
});

const sameScope: Readonly<Record<Chaos['grouping'], (one: LedgerEntry, other: LedgerEntry) => boolean>> = {
  app: () => true,
  stack: (one, other) => one.environment === other.environment,
  cluster: (one, other) => one.cluster === other.cluster,
};

/** Whether an earlier kill is one of what the new one is drawn for; rehearsals do not keep a real kill away. */
const counts = ({ grouping, regionsAreIndependent }: Chaos, before: LedgerEntry, wanted: LedgerEntry): boolean =>
  before.killId !== wanted.killId &&
  before.account === wanted.account &&
  sameScope[grouping](before, wanted) &&
  (!regionsAreIndependent || before.region === wanted.region) &&
  (wanted.leashed || !before.leashed);

function earlierIn({ entries }: Ledger, question: LedgerQuestion): LedgerEntry | undefined {
  const { chaos, workDays, now } = question;
  const since = quietSince(workDays, now, chaos.minTimeBetweenKillsInWorkDays);
  const wanted = entryOf(question);
  return entries.find((entry) => entry.at >= since && counts(chaos, entry, wanted));
}

const inPlaceOf = (one: LedgerEntry, other: LedgerEntry): boolean =>
  one.account === other.account &&
  one.region === other.region &&
  one.cluster === other.cluster &&
  one.leashed === other.leashed;

function enter(ledger: Ledger, question: LedgerQuestion): Ledger {
  const wanted = entryOf(question);
  if (ledger.entries.some(({ killId }) => killId === wanted.killId)) return ledger;
  return { ...ledger, entries: [...ledger.entries.filter((entry) => !inPlaceOf(entry, wanted)), wanted] };
}

const emptyLedger = (teamId: string): Ledger => ({ schema: 1, teamId, entries: [] });

/** The kill that keeps this one away as things stand; undefined where none does. */
export async function earlierKill(question: LedgerQuestion): Promise<LedgerEntry | undefined> {
  const { store, kill } = question;
  const ledger = (await store.get(ledgerKind, kill.group.application))?.document ?? emptyLedger(kill.teamId);
  return earlierIn(ledger, question);
}

/** Whether a kill was entered so lately that it may be under way still; a rehearsal never is. */
const isRecent = ({ kill, now }: LedgerQuestion, { killId, at, leashed }: LedgerEntry): boolean =>
  killId !== kill.id && !leashed && now - at <= killMs;

/** Those of some kills that are over, by their ids. */
async function readOver(store: DocumentStore, entries: readonly LedgerEntry[]): Promise<ReadonlySet<string>> {
  const isOver = async ({ killId }: LedgerEntry): Promise<readonly string[]> => {
    const state = (await store.get(killKind, killId))?.document.state;
    return state === undefined || state.is === 'recovering' || state.is === 'ended' ? [killId] : [];
  };
  return new Set((await Promise.all(entries.map(isOver))).flat());
}

/** The kill that keeps another away: `earlier` by the time between two, `underWay` since two of one application never go at once. */
export type Keeping = { readonly why: 'earlier' | 'underWay'; readonly entry: LedgerEntry };

/**
 * Asks and enters in one commit, so that two kills of one application cannot both find that there was none; answers the kill
 * that keeps this one away. Entering again changes nothing.
 */
export async function enterKill(question: LedgerQuestion): Promise<Keeping | undefined> {
  const { store, kill } = question;
  const { application } = kill.group;
  await store.create(ledgerKind, application, emptyLedger(kill.teamId));
  const known = (await store.get(ledgerKind, application))?.document.entries ?? [];
  const over = await readOver(
    store,
    known.filter((entry) => isRecent(question, entry)),
  );
  let keeping: Keeping | undefined;
  await store.update(ledgerKind, application, (ledger) => {
    const earlier = earlierIn(ledger, question);
    const underWay = ledger.entries.find((entry) => isRecent(question, entry) && !over.has(entry.killId));
    keeping = earlier && { why: 'earlier', entry: earlier };
    keeping ??= underWay && { why: 'underWay', entry: underWay };
    return keeping === undefined ? enter(ledger, question) : ledger;
  });
  return keeping;
}
