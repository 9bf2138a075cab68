import type { Execution } from '../model/execution';
import { lookForTurn } from './admission';
import type { Clock } from './clock';
import type { Holds } from './contracts/holds';
import type { LookAgain } from './contracts/look-again';
import type { StageRegistry } from './contracts/stage';
import { executionKind } from './document-kinds';
import { applyResults, fold, type ExecutionRenderer, type LookResult } from './fold';
import type { DocumentStore } from './ports/document-store';
import { topLevelOf } from './graph';
import { createOpenLooks, type OpenLooks } from './open-looks';
import { readyTasks, type ReadyTask } from './run-look';
import { saveStep } from './save-step';
import { settle } from './settle';

/** What advancing needs. `drain` applies one event to other documents, idempotently. */
export type EngineWorld<S> = {
  readonly store: DocumentStore;
  readonly clock: Clock;
  readonly registry: StageRegistry<S>;
  readonly services: S;
  readonly render: ExecutionRenderer;
  /** What keeps executions from starting; absent: nothing. */
  readonly holds?: Holds;
  /** Whether what was confirmed is what would be done now, asked of what had to wait; absent: it is. */
  readonly lookAgain?: LookAgain;
  readonly drain: (execution: Execution, event: Execution['events'][number]) => Promise<void>;
};

/** How many steps one claim may take before others get their turn. */
const stepsPerClaim = 8;

/** One step; `released` says that the lease was given back with it. What changed nothing is not saved while looks are open. */
type Step = { readonly execution: Execution; readonly saved: boolean; readonly released: boolean };

type StepSettings = {
  readonly owner: string;
  readonly looks: OpenLooks;
  readonly isFirst: boolean;
  readonly isLast: boolean;
};

/** Removes the events that were drained. */
function dropEvents(execution: Execution, drained: ReadonlySet<string>): Execution {
  const events = execution.events.filter((event) => !drained.has(event.id));
  return events.length === execution.events.length ? execution : { ...execution, events };
}

// A store may give out the same document as another object.
const isSame = (one: Execution, other: Execution): boolean =>
  one === other || JSON.stringify(one) === JSON.stringify(other);

/**
 * Whether a look may be taken at a stage before its start is saved: not where expressions made it, since whoever changes the
 * execution first has them evaluated again, with other times and random values.
 */
function isCertain(loaded: Execution, settled: Execution, { stage }: ReadyTask): boolean {
  if (topLevelOf(settled, stage).written === undefined) return true;
  return loaded.stages.some(
    ({ id, attempt, status }) => id === stage.id && attempt === stage.attempt && status === 'RUNNING',
  );
}

/** Drains events, lets every ready task look once, and saves what has come of it, in one commit. */
async function step<S>(
  world: EngineWorld<S>,
  loaded: Execution,
  { owner, looks, isFirst, isLast }: StepSettings,
): Promise<Step | undefined> {
  const { store, clock, registry, render } = world;
  for (const event of loaded.events) await world.drain(loaded, event);
  const drained = new Set(loaded.events.map((event) => event.id));
  const turn = await lookForTurn(world, loaded);
  const begin = (execution: Execution, now: number): Execution => {
    const told = dropEvents(execution, drained);
    return settle(turn === undefined ? told : turn(told, now), { registry, now });
  };
  const settled = begin(loaded, clock.now());
  const ready = readyTasks(settled, registry, { now: clock.now(), isWoken: isFirst });
  looks.begin(
    settled,
    ready.filter((task) => isCertain(loaded, settled, task)),
  );
  const results: readonly LookResult[] = await looks.take(isLast);
  const now = clock.now();
  const take = (execution: Execution): Execution => {
    if (execution === loaded) return applyResults(settled, results, now);
    return applyResults(begin(execution, now), results, now);
  };
  // Worked out before the commit, so that the database is held for writing only; whoever changed the document meanwhile
  // has it folded again, over theirs.
  const planned = fold(loaded, take, { registry, now, render });
  if (planned === loaded && results.length === 0 && looks.count() > 0) {
    // Read again, so that a signal need not wait for what does not answer.
    const now = await store.get(executionKind, loaded.id);
    return now === undefined ? undefined : { execution: now.document, saved: false, released: false };
  }
  const next = (execution: Execution): Execution => {
    if (!isSame(execution, loaded)) return fold(execution, take, { registry, now, render });
    return planned === loaded ? execution : planned;
  };
  const withoutResults = (execution: Execution): Execution =>
    fold(execution, (before) => dropEvents(before, drained), { registry, now, render });
  const saved = await saveStep(world, {
    loaded,
    next,
    withoutResults,
    results,
    now,
    owner,
    isLast,
    openLooks: () => looks.count(),
  });
  return saved === undefined ? undefined : { ...saved, saved: true };
}

/**
 * Takes one claimed execution on: while something is due it takes further steps, and gives the lease back with the last.
 * Everything it does may be repeated after a crash.
 */
export async function advance<S>(world: EngineWorld<S>, loaded: Execution, owner: string): Promise<void> {
  const looks = createOpenLooks(world);
  let current = loaded;
  let isFirst = true;
  for (let count = 1; count <= stepsPerClaim;) {
    const after = await step(world, current, { owner, looks, isFirst, isLast: count === stepsPerClaim });
    if (after === undefined || after.released) return;
    if (after.saved) count += 1;
    isFirst = false;
    current = after.execution;
  }
}
