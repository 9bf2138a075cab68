import fc from 'fast-check';
import { join } from 'node:path';
import { createExecutorHandlers } from '../../src/app';
import { executionKind } from '../../src/engine/document-kinds';
import type { DocumentStore } from '../../src/engine/ports/document-store';
import type { Execution } from '../../src/model/execution';
import { openSqliteStore } from '../../src/store/sqlite-store';
import { east } from '../dcos/builders';
import { createCrashPoints } from '../support/crash-points';
import { buildPipeline, drive } from '../support/engine-kit';
import { createFakeServerGroups } from '../support/fake-server-groups';
import { createManualClock } from '../support/manual-clock';
import { createMemoryStore } from '../support/memory-store';
import { describeCluster } from '../support/stage-kit';
import { createTemporaryFolder } from '../support/temporary-folder';
import { fetchNothing } from '../support/fetch-nothing';
import { noJobs } from '../support/no-jobs';

const pipeline = buildPipeline(
  [
    { ref: '1', type: 'deploy', context: { clusters: [describeCluster({ rollback: { onFailure: true } })] } },
    { ref: '2', type: 'wait', after: ['1'], context: { waitTime: 1 } },
  ],
  { report: { teamId: 'T1', channel: 'foo-deploys' } },
);

async function runWithCrashes(
  points: readonly number[],
  open?: (clock: ReturnType<typeof createManualClock>) => DocumentStore,
) {
  const clock = createManualClock();
  const store = open?.(clock) ?? createMemoryStore(() => clock.now());
  const serverGroups = createFakeServerGroups(clock);
  serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 0 });
  serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 2 });
  const crashes = createCrashPoints(new Set(points));
  serverGroups.onEffect = crashes.point;
  const boot = () => {
    crashes.boot();
    return createExecutorHandlers({
      fetchText: fetchNothing,
      jobs: noJobs,
      store: crashes.wrap(store),
      clock,
      newId: () => 'N1',
      teamId: 'T1',
      definitions: () => ({ applications: new Map(), clusters: new Map() }),
      serverGroups,
      onError: () => undefined,
    });
  };
  await store.create(executionKind, 'E1', pipeline, { due: clock.now() });
  const handle = (loaded: Execution, owner: string) =>
    boot().execution({ kind: 'execution', id: loaded.id, version: 0, document: loaded }, owner);
  const done = await drive({ store, clock, id: 'E1', handle, maxMs: 7_200_000 });
  const events = done.events.length;
  await store.close();
  return { done, effects: serverGroups.effects, sizes: serverGroups.sizes(east), events, passed: crashes.passed() };
}

const expected = {
  sizes: ['foo-dev-v001 ×0', 'foo-dev-v002 ×2'],
  effects: [
    'create nonprod/east/foo-dev-v002',
    'resize nonprod/east/foo-dev-v001 2→0',
    'destroy nonprod/east/foo-dev-v000',
  ],
};

describe('an execution whose process stops', () => {
  it('goes through without a crash', async () => {
    const { done, effects, sizes } = await runWithCrashes([]);
    expect(done.status).toBe('SUCCEEDED');
    expect({ effects, sizes }).toEqual(expected);
  });

  it('ends the same wherever it stops, however often', async () => {
    const { passed } = await runWithCrashes([]);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 1, max: passed * 2 }), { maxLength: 12 }), async (points) => {
        const { done, effects, sizes, events } = await runWithCrashes(points);
        expect(done.status).toBe('SUCCEEDED');
        expect({ effects, sizes, events }).toEqual({ ...expected, events: 0 });
      }),
      { numRuns: 60 },
    );
  }, 30_000);

  it('does so over SQLite', async () => {
    const folder = createTemporaryFolder();
    const open = (clock: ReturnType<typeof createManualClock>) =>
      openSqliteStore({ file: join(folder.path, 'store.sqlite'), clock, groupCommit: { max: 16, pauseMs: 0 } });
    try {
      const { done, effects, sizes } = await runWithCrashes([4, 9, 15, 22, 30], open);
      expect(done.status).toBe('SUCCEEDED');
      expect({ effects, sizes }).toEqual(expected);
    } finally {
      folder.remove();
    }
  });
});

describe('an effect whose reply is lost', () => {
  it.each(['create', 'resize', 'destroy'] as const)('%s happens once', async (operation) => {
    const clock = createManualClock();
    const store = createMemoryStore(() => clock.now());
    const serverGroups = createFakeServerGroups(clock);
    serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 0 });
    serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 2 });
    serverGroups.fail(operation, 'TIMED_OUT', true);
    serverGroups.fail(operation, 'UNREACHABLE', false);
    const definitions = () => ({ applications: new Map(), clusters: new Map() });
    const handlers = createExecutorHandlers({
      fetchText: fetchNothing,
      jobs: noJobs,
      store,
      clock,
      newId: () => 'N1',
      teamId: 'T1',
      definitions,
      serverGroups,
      onError: () => undefined,
    });
    await store.create(executionKind, 'E1', pipeline, { due: clock.now() });
    const handle = (document: Execution, owner: string) =>
      handlers.execution({ kind: 'execution', id: 'E1', version: 0, document }, owner);
    const done = await drive({ store, clock, id: 'E1', handle });
    expect(done.status).toBe('SUCCEEDED');
    expect({ effects: serverGroups.effects, sizes: serverGroups.sizes(east) }).toEqual(expected);
  });
});
