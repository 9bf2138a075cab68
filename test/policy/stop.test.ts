import { join } from 'node:path';
import { createExecutorHandlers } from '../../src/app';
import { executionKind } from '../../src/engine/document-kinds';
import type { DocumentStore } from '../../src/engine/ports/document-store';
import { readActive } from '../../src/engine/read-active';
import type { AuditEntry } from '../../src/model/audit';
import type { Execution } from '../../src/model/execution';
import { readLatest } from '../../src/policy/audit/read-latest';
import { liftStop, readStop, stopAll, stopKind, type StopRequest } from '../../src/policy/stop';
import { openSqliteStore } from '../../src/store/sqlite-store';
import { createCrashPoints } from '../support/crash-points';
import { buildPipeline } from '../support/engine-kit';
import { createFakeServerGroups } from '../support/fake-server-groups';
import { fetchNothing } from '../support/fetch-nothing';
import { createManualClock } from '../support/manual-clock';
import { createMemoryStore } from '../support/memory-store';
import { noJobs } from '../support/no-jobs';
import { createTemporaryFolder } from '../support/temporary-folder';

const startAt = Date.UTC(2026, 0, 5, 12);
const many = 2_500;

type Open = (now: () => number) => DocumentStore;

/** An executor that handles nothing but stops; `points` are where it dies, counted in writes. */
function createBench(open: Open, points: readonly number[] = []) {
  const clock = createManualClock(startAt);
  const store = open(() => clock.now());
  const crashes = createCrashPoints(new Set(points));
  const handlers = createExecutorHandlers({
    fetchText: fetchNothing,
    jobs: noJobs,
    store: crashes.wrap(store),
    clock,
    newId: () => 'E0',
    teamId: 'T1',
    definitions: () => ({ applications: new Map(), clusters: new Map() }),
    serverGroups: createFakeServerGroups(clock),
    onError: () => undefined,
  });
  let turns = 0;
  /** Handles the stop once, where it is due. */
  const handle = async (): Promise<boolean> => {
    const owner = `owner-${(turns += 1)}`;
    const query = { kinds: [stopKind], owner, now: clock.now(), leaseMs: 10_000, limit: 1 };
    const [claimed] = await store.claimDue(query);
    if (claimed !== undefined) await handlers.stop(claimed, owner);
    return claimed !== undefined;
  };
  const request = (id: string, user: string, reason: string): StopRequest => ({
    id,
    user,
    from: { surface: 'cli' },
    reason,
    now: clock.now(),
  });
  return {
    clock,
    store,
    crashes,
    handle,
    stop: (id = 'C1', user = 'UANN') => stopAll(store, 'T1', request(id, user, 'storm')),
    lift: (id = 'C2', user = 'UBOB') => liftStop(store, 'T1', request(id, user, 'over')),
    seed: async (count: number) => {
      const ids = Array.from({ length: count }, (_, index) => `X${String(index).padStart(5, '0')}`);
      const execution = buildPipeline([{ ref: '1', type: 'wait' }], { status: 'RUNNING' });
      await Promise.all(ids.map((id) => store.create(executionKind, id, { ...execution, id })));
    },
    executions: async (): Promise<readonly Execution[]> => {
      const found: Execution[] = [];
      for await (const execution of readActive(store)) found.push(execution);
      return found;
    },
    audited: async () => {
      const isWanted = ({ kind }: AuditEntry): boolean => kind === 'lock';
      const { entries } = await readLatest(store, ['@coxswain'], { isWanted, limit: 20 });
      return entries.map(({ action, who, why }) => [action, who, why]);
    },
  };
}

const folder = createTemporaryFolder();
afterAll(folder.remove);
let files = 0;
const stores: readonly (readonly [string, Open])[] = [
  ['memory', (now) => createMemoryStore(now)],
  [
    'SQLite',
    (now) =>
      openSqliteStore({ file: join(folder.path, `${(files += 1)}.db`), clock: { ...createManualClock(startAt), now } }),
  ],
];

describe.each(stores)('a stop over 2,500 executions in %s', (_name, open) => {
  it('pauses each, and goes on after a crash in their midst', async () => {
    const bench = createBench(open, [1_500]);
    await bench.seed(many);
    await bench.stop();
    await expect(bench.handle()).rejects.toThrow('The process stopped here.');
    const before = (await bench.executions()).filter(({ status }) => status === 'PAUSED').length;
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(many);
    bench.crashes.boot();
    await bench.clock.advance(10_000);
    expect(await bench.handle()).toBe(true);
    const paused = await bench.executions();
    expect(
      paused.map(({ status, paused: by }) => [status, by?.stop]).filter(([status]) => status !== 'PAUSED'),
    ).toEqual([]);
    expect(paused).toHaveLength(many);
    expect(paused.filter(({ signals }) => signals?.length !== 1)).toEqual([]);
    await bench.store.close();
  }, 60_000);
});

/** A bench in memory. */
const inMemory = (points?: readonly number[]) => createBench((now) => createMemoryStore(now), points);
const statusesOf = async ({ executions }: ReturnType<typeof inMemory>) =>
  (await executions()).map(({ status }) => status);

describe('a stop', () => {
  it('lets each of 2,500 executions go on once it is lifted, also after a crash in their midst', async () => {
    const bench = inMemory([11_500]);
    await bench.seed(many);
    await bench.stop();
    expect(await bench.handle()).toBe(true);
    await bench.lift();
    await expect(bench.handle()).rejects.toThrow('The process stopped here.');
    expect(new Set(await statusesOf(bench))).toEqual(new Set(['PAUSED', 'RUNNING']));
    bench.crashes.boot();
    await bench.clock.advance(10_000);
    expect(await bench.handle()).toBe(true);
    expect((await statusesOf(bench)).filter((status) => status === 'RUNNING')).toHaveLength(many);
    expect((await bench.executions()).filter(({ pauses }) => pauses?.length !== 1)).toEqual([]);
  });

  it('that is lifted while nobody handles it leaves nothing paused, and both are written down', async () => {
    const bench = inMemory();
    await bench.seed(3);
    await bench.stop();
    expect(await bench.handle()).toBe(true);
    expect(await statusesOf(bench)).toEqual(['PAUSED', 'PAUSED', 'PAUSED']);
    await bench.lift();
    await bench.clock.advance(3_600_000);
    while (await bench.handle()) await bench.clock.advance(5_000);
    expect(await statusesOf(bench)).toEqual(['RUNNING', 'RUNNING', 'RUNNING']);
    expect(await bench.audited()).toEqual([
      ['lift', 'UBOB', 'over'],
      ['stop', 'UANN', 'storm'],
    ]);
  });

  it('comes to the same wherever the process dies while it is handled', async () => {
    const live = async (points: readonly number[]) => {
      const bench = inMemory(points);
      await bench.seed(2);
      await bench.stop();
      const settle = async () => {
        for (let turn = 0; turn < 30; turn += 1) {
          await bench.handle().catch(() => bench.crashes.boot());
          await bench.clock.advance(5_000);
        }
      };
      await settle();
      const paused = await statusesOf(bench);
      await bench.lift();
      await settle();
      const signals = (await bench.executions()).map((execution) => execution.signals);
      return {
        passed: bench.crashes.passed(),
        outcome: { paused, resumed: await statusesOf(bench), signals, audited: await bench.audited() },
      };
    };
    const { passed, outcome } = await live([]);
    expect(outcome).toMatchObject({ paused: ['PAUSED', 'PAUSED'], resumed: ['RUNNING', 'RUNNING'] });
    for (let point = 1; point <= passed; point += 1)
      expect([point, (await live([point])).outcome]).toEqual([point, outcome]);
  });

  it('is one where two come at once: both hear of the same, and only that is written down', async () => {
    const bench = inMemory();
    const [one, other] = await Promise.all([bench.stop('C1', 'UANN'), bench.stop('C2', 'UBOB')]);
    expect(one).toBeDefined();
    expect(other).toEqual(one);
    expect(await bench.handle()).toBe(true);
    expect(await bench.audited()).toEqual([['stop', one?.by, 'storm']]);
    await bench.lift('C3', 'UBOB');
    expect(await readStop(bench.store, 'T1')).toBeUndefined();
  });

  it('is lifted once where two lift it at once, and a repeat of it under its id stops nothing again', async () => {
    const bench = inMemory();
    await bench.stop('C1');
    const lifted = await Promise.all([bench.lift('C2', 'UBOB'), bench.lift('C3', 'UCY')]);
    expect(lifted.map((stop) => stop?.id)).toEqual(['C1', undefined]);
    expect(await bench.stop('C1')).toBeUndefined();
    expect(await readStop(bench.store, 'T1')).toBeUndefined();
    await bench.handle();
    expect(await bench.audited()).toEqual([
      ['lift', 'UBOB', 'over'],
      ['stop', 'UANN', 'storm'],
    ]);
  });

  it.each(['the first', 'the second'])(
    'of %s command stays lifted when that comes once more after others',
    async (which) => {
      const bench = inMemory();
      await bench.stop('C1');
      if (which === 'the second') await bench.stop('C2');
      await bench.lift('C3');
      await bench.stop('C4');
      await bench.lift('C5');
      expect(await bench.stop(which === 'the second' ? 'C2' : 'C1')).toBeUndefined();
      expect(await readStop(bench.store, 'T1')).toBeUndefined();
    },
  );

  it.each(['lifted one', 'found none'])('is not lifted by the repeat of a lift that %s before', async (what) => {
    const bench = inMemory();
    if (what === 'lifted one') await bench.stop('C1');
    await bench.lift('C2');
    await bench.stop('C3');
    await bench.lift('C2');
    expect((await readStop(bench.store, 'T1'))?.id).toBe('C3');
    await bench.lift('C4');
    await bench.stop('C5');
    await bench.lift('C2');
    expect((await readStop(bench.store, 'T1'))?.id).toBe('C5');
  });
});
