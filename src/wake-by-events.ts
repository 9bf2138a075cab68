import { executionKind } from './engine/document-kinds';
import type { Clock } from './engine/clock';
import type { DocumentStore } from './engine/ports/document-store';
import { parseMoniker } from './model/moniker';

/** How long events of one cluster are gathered before its executions are woken. */
const gatherMs = 10;

/** Wakes the executions that work on a cluster when Marathon tells of one of its apps. */
export function createEventWaker(store: DocumentStore, clock: Clock, onTouched: () => void) {
  const pending = new Set<string>();

  async function wakeCluster(cluster: string): Promise<void> {
    const found = await store.list(executionKind, {
      index: { name: 'cluster', value: cluster },
      newestFirst: true,
      limit: 5,
    });
    for (const { id } of found.filter(({ document }) => document.status === 'RUNNING')) {
      await store.touch(executionKind, id, clock.now());
    }
    onTouched();
  }

  return {
    /** An app changed; `appId` is Marathon's. */
    appChanged(appId: string, onError: (error: unknown) => void): void {
      const cluster = parseMoniker(appId.slice(appId.lastIndexOf('/') + 1))?.cluster;
      if (cluster === undefined || pending.has(cluster)) return;
      pending.add(cluster);
      clock.after(gatherMs, () => {
        pending.delete(cluster);
        wakeCluster(cluster).catch(onError);
      });
    },
    /** Events may have been missed: every running execution looks for itself. */
    async missedEvents(): Promise<void> {
      const active = await store.list(executionKind, { index: { name: 'active', value: 'true' }, limit: 1000 });
      const running = active.filter(({ document }) => document.status === 'RUNNING');
      // All at once, so that they share commits.
      await Promise.all(running.map(({ id }) => store.touch(executionKind, id, clock.now())));
      onTouched();
    },
  };
}
