import { advance, type EngineWorld } from '../../src/engine/advance';
import { executionKind } from '../../src/engine/document-kinds';
import { createExecutionDrain } from '../../src/engine/drain-execution';
import type { PlanInput, StagePlan } from '../../src/engine/contracts/stage';
import type { TaskDefinition } from '../../src/engine/contracts/task';
import { findCircle } from '../../src/engine/find-circle';
import { fold } from '../../src/engine/fold';
import { ancestorIdsOf } from '../../src/engine/lineage';
import { queueKind } from '../../src/engine/pipeline-queue';
import { planPipeline } from '../../src/engine/plan-stages';
import type { DocumentStore } from '../../src/engine/ports/document-store';
import { applySignal, type Signal, type SignalOutcome } from '../../src/engine/signals';
import { startExecution, type StartAnswer } from '../../src/engine/start-execution';
import type { ExecutionDraft } from '../../src/model/command';
import type { ConcurrencyLimits, Execution, StageContext } from '../../src/model/execution';
import { isComplete } from '../../src/model/status';
import { buildExecution } from './api-fixture';
import { buildEngine, buildRegistry } from './engine-kit';
import { createManualClock } from './manual-clock';
import { createMemoryStore } from './memory-store';

/** An execution of a pipeline of `foo` to be started. */
export type Wanted = ConcurrencyLimits & {
  readonly id: string;
  /** @default 'p' */
  readonly pipeline?: string;
  /** @default 'foo-' and the id: a cluster of its own */
  readonly cluster?: string;
  /** How long its one stage works, and how that ends. @default 1000, SUCCEEDED */
  readonly workMs?: number;
  readonly fails?: boolean;
  readonly startExpiryMs?: number;
  /** What a second stage starts when the first has worked, and waits for. @default nothing */
  readonly child?: Wanted;
};

/**
 * An engine over virtual time, whose stage `work` works as long as its context says; failing, it heals when retried. `pipeline`
 * runs a child, waits for it, and is told how it ended by nothing but its end.
 */
export function createQueueBench(wrap: (store: DocumentStore) => DocumentStore = (store) => store) {
  const clock = createManualClock();
  const memory = createMemoryStore(() => clock.now());
  const store = wrap(memory);
  const work: TaskDefinition<undefined> = {
    name: 'work',
    timeoutMs: 3_600_000,
    timeoutFromStage: false,
    run: ({ stage, memo, now, startedAt }) => {
      const { workMs, fails } = stage.context as { workMs: number; fails: boolean };
      const leftMs = startedAt + workMs - now;
      if (leftMs > 0) return Promise.resolve({ status: 'RUNNING', retryAfterMs: leftMs, memo: memo ?? {} });
      if (fails && stage.attempt === 1)
        return Promise.resolve({ status: 'TERMINAL', code: 'NOT_FOUND', reason: 'It failed.' });
      return Promise.resolve({ status: 'SUCCEEDED' });
    },
  };
  const runChild: TaskDefinition<undefined> = {
    name: 'runChild',
    timeoutMs: 12 * 3_600_000,
    timeoutFromStage: false,
    run: async ({ execution, stage, memo }) => {
      const { child } = stage.context as { child: Wanted };
      const cluster = child.cluster ?? `foo-${child.id}`;
      const found = (await store.get(executionKind, child.id))?.document;
      if (found !== undefined && isComplete(found.status)) return { status: 'SUCCEEDED' };
      const ancestorIds = [execution.id, ...(await ancestorIdsOf(store, execution))];
      const { refusal } = await startExecution(
        { store, clock, signal },
        {
          id: child.id,
          teamId: 'T1',
          draft: draftOf(child),
          trigger: {
            type: 'pipeline',
            user: 'U1',
            parameters: {},
            correlationId: child.id,
            parentExecutionId: execution.id,
            parentStageId: stage.id,
            isAwaited: true,
          },
          ancestorIds,
        },
      );
      if (refusal === undefined)
        return { status: 'RUNNING', retryAfterMs: 5_000, context: { executionId: child.id, waitsFor: undefined } };
      const circle = await findCircle(store, { executionId: execution.id, stageId: stage.id });
      if (circle !== undefined && circle.key === memo?.circle)
        return { status: 'TERMINAL', code: 'STAGE_FAILED', reason: circle.reason };
      return {
        status: 'RUNNING',
        retryAfterMs: 5_000,
        memo: { circle: circle?.key },
        context: { waitsFor: 'waiting' in refusal ? undefined : { cluster } },
      };
    },
  };
  const cancelChild: TaskDefinition<undefined> = {
    name: 'cancelChild',
    timeoutMs: 60_000,
    timeoutFromStage: false,
    run: async ({ stage }) => {
      await signal(String(stage.context.child), { type: 'cancel', user: 'U1' });
      return { status: 'SUCCEEDED' };
    },
  };
  const stop = ({ stage }: PlanInput): readonly StagePlan[] => {
    const { child } = stage.context as { child: Wanted };
    return [{ type: 'stop', name: 'Stop', context: { child: child.id } }];
  };
  const registry = buildRegistry<undefined>([
    { type: 'work', tasks: [work] },
    { type: 'pipeline', tasks: [runChild], onCancel: stop, onFailure: stop },
    { type: 'stop', tasks: [cancelChild] },
  ]);
  const plain = buildEngine({ store, clock, registry, services: undefined });
  const tellsRequester = () => Promise.resolve(false);
  const drain = createExecutionDrain({
    store,
    clock,
    render: plain.render,
    tellsRequester,
    judges: () => Promise.resolve({ users: [], others: 0 }),
    adopt: () => Promise.resolve(),
    abandon: () => Promise.resolve(),
    record: () => Promise.resolve(),
    passOn: () => Promise.resolve(),
  });
  const engine: EngineWorld<undefined> = { ...plain, drain };
  const signal = async (id: string, wanted: Signal): Promise<SignalOutcome> => {
    let outcome: SignalOutcome = { accepted: false, code: 'NOT_FOUND', message: 'gone' };
    const change = (execution: Execution): Execution => {
      const signaled = applySignal(execution, wanted, clock.now());
      outcome = signaled.outcome;
      return signaled.execution;
    };
    const settings = { registry, now: clock.now(), render: engine.render };
    await memory.update(executionKind, id, (execution) => fold(execution, change, settings));
    await memory.touch(executionKind, id, clock.now());
    return outcome;
  };
  const draftOf = ({
    id,
    cluster = `foo-${id}`,
    workMs = 1000,
    fails = false,
    pipeline = 'p',
    child,
    ...run
  }: Wanted): ExecutionDraft => {
    const { definition, application } = buildExecution();
    const context: StageContext = { workMs, fails };
    const second = { refId: '2', requisiteStageRefIds: ['1'], type: 'pipeline', name: 'Run', context: { child } };
    const stages = planPipeline([
      { refId: '1', requisiteStageRefIds: [], type: 'work', name: 'Work', context },
      ...(child === undefined ? [] : [second]),
    ]);
    return {
      application,
      pipelineConfigId: `foo/${pipeline}`,
      name: `run ${id}`,
      definition: { ...definition, cluster },
      stages,
      report: { teamId: 'T1', channel: 'foo' },
      run: { parameters: {}, ...run },
    };
  };
  let turns = 0;
  const bench = {
    clock,
    store: memory,
    engine,
    signal,
    start: async (wanted: Wanted) => (await bench.ask(wanted)).refusal,
    ask: (wanted: Wanted, correlationId = wanted.id): Promise<StartAnswer> =>
      startExecution(
        { store, clock, signal },
        {
          id: wanted.id,
          teamId: 'T1',
          draft: draftOf(wanted),
          trigger: { type: 'manual', user: 'U1', parameters: {}, correlationId },
        },
      ),
    get: async (id: string): Promise<Execution> => {
      const found = await memory.get(executionKind, id);
      if (found === undefined) throw new Error(`No execution ${id}.`);
      return found.document;
    },
    all: async () => (await memory.list(executionKind)).map(({ document }) => document),
    /** Those that have a place: begun and not over. */
    running: async () =>
      (await bench.all()).filter(({ status }) => status !== 'NOT_STARTED' && !isComplete(status)).map(({ id }) => id),
    queue: async (pipeline = 'p') => (await memory.get(queueKind, `foo/${pipeline}/prod`))?.document,
    /** Advances what is due until nothing is before `until`; `boot` is told before each, `onTurn` after. */
    drive: async (
      until: number,
      onTurn: () => Promise<void> = () => Promise.resolve(),
      boot: () => void | Promise<void> = () => undefined,
    ) => {
      for (let turn = 0; turn < 5_000; turn += 1) {
        const owner = `owner-${(turns += 1)}`;
        const claimed = await memory.claimDue({
          kinds: [executionKind],
          owner,
          now: clock.now(),
          leaseMs: 10_000,
          limit: 1,
        });
        for (const { document } of claimed) {
          await boot();
          await advance(engine, document as Execution, owner).catch(() => undefined);
          await onTurn();
        }
        if (claimed.length > 0) continue;
        const next = await memory.nextDue(['execution'], clock.now());
        if (next === undefined || next > until) break;
        await clock.advance(Math.max(1, next - clock.now()));
      }
      if (clock.now() < until) await clock.advance(until - clock.now());
    },
  };
  return bench;
}
