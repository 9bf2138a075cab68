import type { Execution } from '../model/execution';
import type { Clock } from './clock';
import type { StageRegistry } from './contracts/stage';
import { executionKind } from './document-kinds';
import { applyResults, dueOf, fold, type ExecutionRenderer, type LookResult } from './fold';
import type { DocumentStore } from './ports/document-store';
import { readyTasks, runLook } from './run-look';
import { settle } from './settle';

/** What advancing needs. `drain` applies one event to other documents, idempotently. */
export type EngineWorld<S> = {
  readonly store: DocumentStore;
  readonly clock: Clock;
  readonly registry: StageRegistry<S>;
  readonly services: S;
  readonly render: ExecutionRenderer;
  readonly drain: (execution: Execution, event: Execution['events'][number]) => Promise<void>;
};

/** How many steps one claim may take before others get their turn. */
const stepsPerClaim = 8;

type Step = { readonly execution: Execution; readonly due: number | null };

/** Drains events, lets every ready task look once, and saves what came of it, in one commit. */
async function step<S>(world: EngineWorld<S>, loaded: Execution, owner: string | undefined): Promise<Step | undefined> {
  const { store, clock, registry, render } = world;
  for (const event of loaded.events) await world.drain(loaded, event);
  const drained = new Set(loaded.events.map((event) => event.id));
  const settled = settle(loaded, { registry, now: clock.now() });
  const ready = readyTasks(settled, clock.now());
  const results: readonly LookResult[] = await Promise.all(ready.map((task) => runLook(settled, task, world)));
  const now = clock.now();
  const change = (execution: Execution): Execution => {
    const events = execution.events.filter((event) => !drained.has(event.id));
    const kept = events.length === execution.events.length ? execution : { ...execution, events };
    return applyResults(settle(kept, { registry, now }), results, now);
  };
  const dueNow = (execution: Execution) => dueOf(execution, registry, now, results);
  const saved = await store.update(
    executionKind,
    loaded.id,
    (execution) => fold(execution, change, { registry, now, render }),
    {
      due: dueNow,
      ...(owner === undefined ? {} : { release: owner }),
    },
  );
  return saved === undefined ? undefined : { execution: saved.document, due: dueNow(saved.document) };
}

/**
 * Takes one claimed execution on: while something is due it takes further steps, and gives the lease back with the last.
 * Everything it does may be repeated after a crash.
 */
export async function advance<S>(world: EngineWorld<S>, loaded: Execution, owner: string): Promise<void> {
  let current = loaded;
  for (let count = 1; count <= stepsPerClaim; count += 1) {
    const after = await step(world, current, undefined);
    if (after === undefined) return;
    current = after.execution;
    if (after.due === null || after.due > world.clock.now()) break;
  }
  await world.store.update(executionKind, current.id, (execution) => execution, { release: owner });
}
