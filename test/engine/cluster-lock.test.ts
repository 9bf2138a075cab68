import { clusterHolder, fenceOf, lockCluster, unlockCluster } from '../../src/engine/cluster-lock';
import { executionKind } from '../../src/engine/document-kinds';
import type { ExecutionStatus } from '../../src/model/status';
import { buildExecution } from '../support/api-fixture';
import { createMemoryStore } from '../support/memory-store';

/** A store with executions of these ids; `end` ends one. */
async function createBench(...ids: readonly string[]) {
  const store = createMemoryStore(() => 0);
  for (const id of ids) await store.create(executionKind, id, buildExecution({ id }));
  const take = async (id: string, chain: readonly string[] = [], replaces?: string) =>
    (await lockCluster(store, 'foo-prod', { executionId: id }, replaces, chain))?.executionId;
  const end = (id: string, status: ExecutionStatus = 'SUCCEEDED') =>
    store.update(executionKind, id, (execution) => ({ ...execution, status }));
  return { store, take, end };
}

describe('the lock of a cluster', () => {
  it('is for one execution at a time, until it is over', async () => {
    const { take, end } = await createBench('E1', 'E2');
    expect([await take('E1'), await take('E1'), await take('E2')]).toEqual([undefined, undefined, 'E1']);
    await end('E1');
    expect([await take('E2'), await take('E1')]).toEqual([undefined, 'E2']);
  });

  it('is shared with what the holder started, and with what that started', async () => {
    const { take } = await createBench('E1', 'E2', 'E3', 'E4');
    await take('E1');
    expect(await take('E2', ['E1'])).toBeUndefined();
    expect(await take('E3', ['E2', 'E1'])).toBeUndefined();
    expect([await take('E1'), await take('E2', ['E1'])]).toEqual([undefined, undefined]);
    expect(await take('E4')).toBe('E1');
  });

  it('is not shared by two that one execution started, until the first is over', async () => {
    const { take, end } = await createBench('E1', 'E2', 'E3');
    await take('E1');
    await take('E2', ['E1']);
    expect(await take('E3', ['E1'])).toBe('E2');
    await end('E2');
    expect(await take('E3', ['E1'])).toBeUndefined();
  });

  it('is kept by what outlives its parent', async () => {
    const { take, end } = await createBench('E1', 'E2', 'E3');
    await take('E1');
    await take('E2', ['E1']);
    await end('E1');
    expect(await take('E3')).toBe('E2');
    await end('E2');
    expect(await take('E3')).toBeUndefined();
  });

  it('goes to whoever replaces its holder, but not while what that started is at work', async () => {
    const { take, end } = await createBench('E1', 'E2', 'E3');
    await take('E1');
    await take('E2', ['E1']);
    expect(await take('E3', [], 'E1')).toBe('E2');
    await end('E2');
    expect(await take('E3', [], 'E1')).toBeUndefined();
  });

  it('counts who takes it after another, not who shares it or takes it again', async () => {
    const { store, take, end } = await createBench('E1', 'E2', 'E3', 'E4');
    const fences: number[] = [];
    const look = async () => fences.push(await fenceOf(store, 'foo-prod'));
    await look();
    await take('E1');
    await look();
    await take('E2', ['E1']);
    await take('E1');
    await take('E3');
    await look();
    await end('E1');
    await end('E2');
    await take('E3');
    await look();
    await unlockCluster(store, 'foo-prod', { executionId: 'E3' });
    await look();
    await take('E4');
    await look();
    expect(fences).toEqual([0, 0, 0, 1, 1, 2]);
  });

  it('can be asked about without being taken', async () => {
    const { store, take } = await createBench('E1', 'E2');
    expect(await clusterHolder(store, 'foo-prod')).toBeUndefined();
    await take('E1');
    expect(await clusterHolder(store, 'foo-prod')).toEqual({ executionId: 'E1' });
    expect(await clusterHolder(store, 'foo-prod', ['E1'])).toBeUndefined();
    expect(await take('E2')).toBe('E1');
  });
});
