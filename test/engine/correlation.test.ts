import { createExecutorHandlers, executorKinds } from '../../src/app';
import { correlate, correlationKind } from '../../src/engine/correlation';
import { executionKind } from '../../src/engine/document-kinds';
import { buildExecution } from '../support/api-fixture';
import { createFakeServerGroups } from '../support/fake-server-groups';
import { fetchNothing } from '../support/fetch-nothing';
import { createManualClock } from '../support/manual-clock';
import { createMemoryStore } from '../support/memory-store';
import { noJobs } from '../support/no-jobs';

const hours = (count: number) => count * 3_600_000;

/** The executor over virtual time, which handles only correlations. */
function benchOf() {
  const clock = createManualClock();
  const store = createMemoryStore(() => clock.now());
  const handlers = createExecutorHandlers({
    fetchText: fetchNothing,
    jobs: noJobs,
    store,
    clock,
    newId: () => 'N',
    teamId: 'T1',
    definitions: () => ({ applications: new Map(), clusters: new Map() }),
    serverGroups: createFakeServerGroups(clock),
    onError: () => undefined,
  });
  const kinds = executorKinds.filter(({ name }) => name === correlationKind.name);
  return {
    store,
    ask: (id: string) => correlate({ store, clock }, { teamId: 'T1', correlationId: 'C1', id }),
    /** Lets so many hours pass, looking at what is due after each. */
    wait: async (count: number) => {
      for (let hour = 0; hour < count; hour += 1) {
        await clock.advance(hours(1));
        const query = { kinds, owner: 'me', now: clock.now(), leaseMs: 10_000, limit: 9 };
        for (const claimed of await store.claimDue(query)) await handlers.correlation(claimed, 'me');
      }
    },
    end: () =>
      store.update(executionKind, 'E1', (execution) => ({
        ...execution,
        status: 'SUCCEEDED' as const,
        endTime: clock.now(),
      })),
  };
}

describe('what starts with a correlation id are about', () => {
  it('is known while the execution runs, and for a day after its end', async () => {
    const bench = benchOf();
    await bench.store.create(executionKind, 'E1', buildExecution({ id: 'E1', status: 'RUNNING' }));
    expect(await bench.ask('E1')).toBe('E1');
    await bench.wait(100);
    expect(await bench.ask('E2')).toBe('E1');
    await bench.end();
    await bench.wait(23);
    expect(await bench.ask('E2')).toBe('E1');
    await bench.wait(26);
    expect(await bench.store.count(correlationKind)).toBe(0);
    expect(await bench.ask('E2')).toBe('E2');
  });

  it('is forgotten after a day where nothing came of the start', async () => {
    const bench = benchOf();
    expect(await bench.ask('E1')).toBe('E1');
    await bench.wait(25);
    expect(await bench.store.count(correlationKind)).toBe(0);
  });
});
