import { executionKind } from './engine/document-kinds';
import type { Clock } from './engine/clock';
import type { DocumentStore } from './engine/ports/document-store';
import { readActive } from './engine/read-active';
import { parseMoniker } from './model/moniker';

/** How long events of one cluster or application are gathered before its executions are woken. */
const gatherMs = 10;

/** Executions run one after the other on a cluster, and side by side on the clusters of an application. */
const newest = { cluster: 5, application: 50 } as const;

type Touched = { readonly name: keyof typeof newest; readonly value: string };

/** Whose executions an app concerns: its cluster's, or its application's where its name has no sequence. */
function touchedBy(appId: string): Touched | undefined {
  const moniker = parseMoniker(appId.slice(appId.lastIndexOf('/') + 1));
  if (moniker === undefined) return undefined;
  const { app, cluster, sequence } = moniker;
  return sequence === null ? { name: 'application', value: app } : { name: 'cluster', value: cluster };
}

/** Wakes the executions that work on a cluster, or on an app to adopt, when Marathon tells of one of its apps. */
export function createEventWaker(store: DocumentStore, clock: Clock, onTouched: () => void) {
  const pending = new Set<string>();

  async function wakeTouched(index: Touched): Promise<void> {
    const found = await store.list(executionKind, { index, newestFirst: true, limit: newest[index.name] });
    for (const { id } of found.filter(({ document }) => document.status === 'RUNNING')) {
      await store.touch(executionKind, id, clock.now());
    }
    onTouched();
  }

  return {
    /** An app changed; `appId` is Marathon's. */
    appChanged(appId: string, onError: (error: unknown) => void): void {
      const touched = touchedBy(appId);
      if (touched === undefined) return;
      const key = `${touched.name}/${touched.value}`;
      if (pending.has(key)) return;
      pending.add(key);
      clock.after(gatherMs, () => {
        pending.delete(key);
        wakeTouched(touched).catch(onError);
      });
    },
    /** Events may have been missed: every running execution looks for itself. */
    async missedEvents(): Promise<void> {
      const running: string[] = [];
      for await (const { id, status } of readActive(store)) if (status === 'RUNNING') running.push(id);
      // All at once, so that they share commits.
      await Promise.all(running.map((id) => store.touch(executionKind, id, clock.now())));
      onTouched();
    },
  };
}
