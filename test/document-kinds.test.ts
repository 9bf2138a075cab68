import {
  forAll,
  killKind,
  ledgerKind,
  scheduleKind,
  switchKind,
  type ChaosSchedule,
  type ChaosSwitch,
  type Kill,
  type Ledger,
} from '../src/chaos';
import { reviewKind } from '../src/engine/document-kinds';
import type { DocumentKind, DocumentStore } from '../src/engine/ports/document-store';
import type { EnvironmentLock } from '../src/model/environment-lock';
import type { CoxswainError } from '../src/model/errors';
import type { Review } from '../src/model/review';
import { environmentLockKind } from '../src/policy/locks/documents';
import { stopKind, type StopDocument } from '../src/policy/stop';
import { openSqliteStore } from '../src/store/sqlite-store';
import { createManualClock } from './support/manual-clock';
import { createTemporaryFolder } from './support/temporary-folder';

const lock: EnvironmentLock = {
  schema: 1,
  teamId: 'T1',
  application: 'foo',
  environment: 'prod',
  lock: { id: 'C1', by: 'UANN', at: 0, until: 10, reason: 'migration', origin: 'asked' },
  applied: ['C1'],
  events: [],
};
const stop: StopDocument = { schema: 1, teamId: 'T1', stop: { id: 'C1', by: 'UANN', at: 0 }, looksLeft: 4, facts: [] };
const review: Review = {
  schema: 1,
  teamId: 'T1',
  id: 'E1/1/1/0',
  executionId: 'E1',
  application: 'foo',
  environment: 'prod',
  what: 'the window',
  by: 'UANN',
  reason: 'down',
  at: 0,
  reviewWithinMs: 1,
  reminders: 0,
};
const kill: Kill = {
  schema: 1,
  teamId: 'T1',
  id: '2026-01-05/1',
  group: { key: 'a/foo/*', application: 'foo', account: 'a', grouping: 'cluster', environments: ['prod'] },
  plannedAt: 0,
  seed: 's',
  state: { is: 'planned' },
};
const schedule: ChaosSchedule = { schema: 1, teamId: 'T1', kills: [] };
const ledger: Ledger = { schema: 1, teamId: 'T1', entries: [] };
const turnedOff = { teamId: 'T1', isOff: true, by: 'UANN', at: 0, reason: 'fair' } as const;
const off: ChaosSwitch = { schema: 2, ...turnedOff, applied: ['C1'], facts: [] };

type Sample = {
  readonly name: string;
  readonly write: (store: DocumentStore, fields?: object) => Promise<unknown>;
  readonly read: (store: DocumentStore) => Promise<unknown>;
  readonly list: (store: DocumentStore) => Promise<readonly unknown[]>;
  readonly document: { readonly schema: number };
};

const sample = <T extends { readonly schema: number }>(kind: DocumentKind<T>, id: string, document: T): Sample => ({
  name: kind.name,
  write: (store, fields = {}) => store.create(kind, id, { ...document, ...fields }),
  read: async (store) => (await store.get(kind, id))?.document,
  list: (store) => store.list(kind),
  document,
});

const samples: readonly Sample[] = [
  sample(environmentLockKind, 'T1/foo/prod', lock),
  sample(stopKind, 'T1', stop),
  sample(reviewKind, review.id, review),
  sample(killKind, kill.id, kill),
  sample(scheduleKind, 'T1', schedule),
  sample(ledgerKind, 'foo', ledger),
  sample(switchKind, forAll, off),
];

describe('documents of safeguards', () => {
  let folder: ReturnType<typeof createTemporaryFolder>;
  let store: DocumentStore;
  let unreadable: CoxswainError[];
  beforeEach(() => {
    folder = createTemporaryFolder();
    unreadable = [];
    store = openSqliteStore({
      file: `${folder.path}/store.sqlite`,
      clock: createManualClock(),
      onUnreadable: (error) => unreadable.push(error),
    });
  });
  afterEach(async () => {
    await store.close();
    folder.remove();
  });

  it.each(samples)('are read as they were written: $name', async ({ write, read, document }) => {
    await write(store);
    expect(await read(store)).toEqual(document);
  });

  const first = samples.filter(({ document }) => document.schema === 1);
  it.each(first)('are of the first schema where they name none: $name', async ({ write, read, document }) => {
    await write(store, { schema: undefined });
    const { schema: _schema, ...rest } = document;
    expect(await read(store)).toEqual(rest);
  });

  it('of an older build are brought to this one: a switch of chaos', async () => {
    const kind: DocumentKind<typeof turnedOff & { readonly schema: 1 }> = {
      name: switchKind.name,
      indexes: () => ({}),
    };
    await store.create(kind, forAll, { schema: 1, ...turnedOff });
    expect((await store.get(switchKind, forAll))?.document).toEqual({ ...off, applied: [] });
  });

  it.each(samples)(
    'of a newer build are left alone, and named: $name',
    async ({ name, document, write, read, list }) => {
      await write(store, { schema: document.schema + 1 });
      await expect(read(store)).rejects.toMatchObject({ code: 'DOCUMENT_TOO_NEW' });
      expect(await list(store)).toEqual([]);
      expect(unreadable.map(({ code, fields }) => [code, fields.kind])).toEqual([['DOCUMENT_TOO_NEW', name]]);
    },
  );
});

describe('what safeguards are listed by', () => {
  it('a lock: its team, while it is held', () => {
    const { lock: _lock, ...free } = lock;
    expect([environmentLockKind.indexes(lock), environmentLockKind.indexes(free)]).toEqual([{ held: 'T1' }, {}]);
  });

  it('a review: open, until it is done', () => {
    const reviewed = { by: 'UBOB', note: 'fine', at: 1, commandId: 'C2' };
    expect([reviewKind.indexes(review), reviewKind.indexes({ ...review, reviewed })]).toEqual([{ open: 'true' }, {}]);
  });

  it('a kill: its application', () => expect(killKind.indexes(kill)).toEqual({ application: 'foo' }));
});
