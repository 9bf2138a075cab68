import { executionKind } from '../src/engine/document-kinds';
import type { ExecutionStatus } from '../src/model/status';
import { createEventWaker } from '../src/wake-by-events';
import { buildExecution } from './support/api-fixture';
import { createManualClock } from './support/manual-clock';
import { createMemoryStore } from './support/memory-store';

/** Executions that poll in an hour, and which of them an event makes due now. */
async function bench() {
  const clock = createManualClock();
  const store = createMemoryStore(() => clock.now());
  const add = async (id: string, application: string, cluster: string, status: ExecutionStatus = 'RUNNING') => {
    const execution = buildExecution({ id, application, status });
    const definition = { ...execution.definition, cluster };
    await store.create(executionKind, id, { ...execution, definition }, { due: clock.now() + 3_600_000 });
  };
  await add('E1', 'foo', 'foo-prod');
  await add('E2', 'foo', 'foo-dev');
  await add('E3', 'foo', 'foo-prod', 'SUCCEEDED');
  await add('E4', 'bar', 'bar-prod');
  let touches = 0;
  const waker = createEventWaker(store, clock, () => (touches += 1));
  const errors: unknown[] = [];
  return {
    errors,
    touches: () => touches,
    woken: async (...appIds: readonly string[]) => {
      for (const appId of appIds) waker.appChanged(appId, (error) => errors.push(error));
      await clock.advance(20);
      const claimed = await store.claimDue({
        kinds: [executionKind],
        owner: 'O',
        now: clock.now(),
        leaseMs: 1000,
        limit: 9,
      });
      return claimed.map(({ id }) => id).sort();
    },
  };
}

describe('an event of an app', () => {
  it.each([
    ['/prod/east/foo-prod-v003', ['E1']],
    ['/prod/east/bar-prod-v000', ['E4']],
    ['/prod/foo', ['E1', 'E2']],
    ['/prod/foo-prod', ['E1', 'E2']],
    ['/prod/baz', []],
    ['/prod/-', []],
  ])('of %s wakes the running executions %j', async (appId, ids) => {
    const it = await bench();
    expect(await it.woken(appId)).toEqual(ids);
    expect(it.errors).toEqual([]);
  });

  it('is gathered with the others of its cluster or application', async () => {
    const it = await bench();
    await it.woken('/prod/foo', '/prod/foo', '/prod/foo-prod', '/prod/foo-prod-v001', '/prod/foo-prod-v002');
    expect(it.touches()).toBe(2);
  });
});

it('wakes every execution that runs where events were missed, however many there are', async () => {
  const clock = createManualClock();
  const store = createMemoryStore(() => clock.now());
  const dueAt = clock.now() + 3_600_000;
  for (let index = 1; index <= 1010; index += 1) {
    const id = `E${String(index).padStart(4, '0')}`;
    await store.create(executionKind, id, buildExecution({ id }), { due: dueAt });
  }
  await store.create(executionKind, 'P1', buildExecution({ id: 'P1', status: 'PAUSED' }), { due: dueAt });
  await createEventWaker(store, clock, () => undefined).missedEvents();
  const query = { kinds: [executionKind], owner: 'O', now: clock.now(), leaseMs: 1000, limit: 2000 };
  expect(await store.claimDue(query)).toHaveLength(1010);
});
