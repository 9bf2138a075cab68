import { z } from 'zod';
import type { Execution, Stage, StageContext } from '../../src/model/execution';
import { advance, type EngineWorld } from '../../src/engine/advance';
import type { StageDefinition } from '../../src/engine/contracts/stage';
import type { TaskDefinition, TaskResult } from '../../src/engine/contracts/task';
import { executionKind } from '../../src/engine/document-kinds';
import type { DocumentStore } from '../../src/engine/ports/document-store';
import { planPipeline } from '../../src/engine/plan-stages';
import { createStageRegistry } from '../../src/engine/registry';
import { createExecutionRenderer } from '../../src/engine/render-execution';
import { buildExecution } from './api-fixture';
import type { ManualClock } from './manual-clock';

/** A stage of a test's pipeline; by default the stages follow one another. */
export type Step = {
  readonly ref: string;
  readonly type: string;
  /** @default 'Stage ' and the ref */
  readonly name?: string;
  readonly after?: readonly string[];
  readonly context?: StageContext;
};

/** An execution that has not started, of these stages. */
export const buildPipeline = (steps: readonly Step[], fields: Partial<Execution> = {}): Execution =>
  buildExecution({
    status: 'NOT_STARTED',
    stages: planPipeline(
      steps.map(({ ref, type, name = `Stage ${ref}`, after = [], context = {} }) => ({
        refId: ref,
        requisiteStageRefIds: after,
        type,
        name,
        context,
      })),
    ),
    ...fields,
  });

/** A task that answers from a list, the last answer for ever. */
export function scriptedTask<S>(
  name: string,
  results: readonly TaskResult[],
  over: Partial<TaskDefinition<S>> = {},
): TaskDefinition<S> {
  let next = 0;
  return {
    name,
    timeoutMs: 60_000,
    timeoutFromStage: false,
    run: () => {
      const result = results[Math.min(next, results.length - 1)];
      next += 1;
      return Promise.resolve(result ?? { status: 'SUCCEEDED' });
    },
    ...over,
  };
}

/** A registry of stage types that do as little as a test wants. */
export const buildRegistry = <S>(stages: readonly (Pick<StageDefinition<S>, 'type'> & Partial<StageDefinition<S>>)[]) =>
  createStageRegistry<S>(stages.map((stage) => ({ config: z.looseObject({}), tasks: [], ...stage })));

/** `ref STATUS` of every stage, in order of planning. */
export const statuses = (execution: Execution): readonly string[] =>
  execution.stages.map((stage) => `${stage.id} ${stage.status}`);

/** The stage of this id; fails the test where there is none. */
export function stageOf(execution: Execution, id: string): Stage {
  const found = execution.stages.find((stage) => stage.id === id);
  if (found === undefined) throw new Error(`No stage ${id}; there are ${statuses(execution).join(', ')}`);
  return found;
}

/** An engine whose stages need no services and whose events go nowhere. */
export function buildEngine<S>(
  parts: { readonly store: DocumentStore; readonly clock: ManualClock; readonly services: S } & {
    readonly registry: ReturnType<typeof buildRegistry<S>>;
  },
): EngineWorld<S> {
  return { ...parts, render: createExecutionRenderer(parts.registry), drain: () => Promise.resolve() };
}

/** How a test lets time pass: until the execution is over, stands still, or `maxMs` went by. */
export type Driving = {
  readonly store: DocumentStore;
  readonly clock: ManualClock;
  readonly id: string;
  readonly handle: (execution: Execution, owner: string) => Promise<void>;
  readonly maxMs?: number;
  readonly leaseMs?: number;
};

/** Claims and advances an execution on virtual time. A handler that throws keeps its lease, as after a crash. */
export async function drive(driving: Driving): Promise<Execution> {
  const { store, clock, id, handle, maxMs = 3_600_000, leaseMs = 10_000 } = driving;
  const endsAt = clock.now() + maxMs;
  for (let turn = 0; turn < 20_000; turn += 1) {
    const owner = `owner-${turn}`;
    const claimed = await store.claimDue({ kinds: [executionKind], owner, now: clock.now(), leaseMs, limit: 1 });
    for (const { document } of claimed) await handle(document as Execution, owner).catch(() => undefined);
    if (claimed.length > 0) continue;
    const next = await store.nextDue(['execution'], clock.now());
    if (next === undefined || next > endsAt) break;
    await clock.advance(Math.max(1, next - clock.now()));
  }
  const found = await store.get(executionKind, id);
  if (found === undefined) throw new Error(`No execution ${id}.`);
  return found.document;
}

/** Stores an execution as due and drives it with an engine. */
export async function runPipeline<S>(
  world: EngineWorld<S> & { readonly clock: ManualClock },
  execution: Execution,
  maxMs?: number,
): Promise<Execution> {
  const { store, clock } = world;
  await store.create(executionKind, execution.id, execution, { due: clock.now() });
  const handle = (loaded: Execution, owner: string) => advance(world, loaded, owner);
  return drive({ store, clock, id: execution.id, handle, ...(maxMs === undefined ? {} : { maxMs }) });
}
