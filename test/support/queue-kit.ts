import { advance, type EngineWorld } from '../../src/engine/advance';
import { executionKind } from '../../src/engine/document-kinds';
import { createExecutionDrain } from '../../src/engine/drain-execution';
import { fold } from '../../src/engine/fold';
import { queueKind } from '../../src/engine/pipeline-queue';
import { planPipeline } from '../../src/engine/plan-stages';
import type { DocumentStore } from '../../src/engine/ports/document-store';
import { applySignal, type Signal, type SignalOutcome } from '../../src/engine/signals';
import { startExecution } from '../../src/engine/start-execution';
import type { ConcurrencyLimits, Execution, StageContext } from '../../src/model/execution';
import { isComplete } from '../../src/model/status';
import { buildExecution } from './api-fixture';
import { buildEngine, buildRegistry } from './engine-kit';
import { createManualClock } from './manual-clock';
import { createMemoryStore } from './memory-store';

/** An execution of the pipeline `foo/p` to be started. */
export type Wanted = ConcurrencyLimits & {
  readonly id: string;
  /** @default 'foo-' and the id: a cluster of its own */
  readonly cluster?: string;
  /** How long its one stage works, and how that ends. @default 1000, SUCCEEDED */
  readonly workMs?: number;
  readonly fails?: boolean;
  readonly startExpiryMs?: number;
};

/** An engine over virtual time, whose stage `work` works as long as its context says; failing, it heals when retried. */
export function createQueueBench(wrap: (store: DocumentStore) => DocumentStore = (store) => store) {
  const clock = createManualClock();
  const memory = createMemoryStore(() => clock.now());
  const store = wrap(memory);
  const registry = buildRegistry<undefined>([
    {
      type: 'work',
      tasks: [
        {
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
        },
      ],
    },
  ]);
  const plain = buildEngine({ store, clock, registry, services: undefined });
  const tellsRequester = () => Promise.resolve(false);
  const drain = createExecutionDrain({
    store,
    clock,
    render: plain.render,
    tellsRequester,
    adopt: () => Promise.resolve(),
    abandon: () => Promise.resolve(),
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
  const draftOf = ({ id, cluster = `foo-${id}`, workMs = 1000, fails = false, ...run }: Wanted) => {
    const { definition, application } = buildExecution();
    const context: StageContext = { workMs, fails };
    const stages = planPipeline([{ refId: '1', requisiteStageRefIds: [], type: 'work', name: 'Work', context }]);
    return {
      application,
      pipelineConfigId: 'foo/p',
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
    start: (wanted: Wanted) =>
      startExecution(
        { store, clock, signal },
        {
          id: wanted.id,
          teamId: 'T1',
          draft: draftOf(wanted),
          trigger: { type: 'manual', user: 'U1', parameters: {}, correlationId: wanted.id },
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
    queue: async () => (await memory.get(queueKind, 'foo/p/prod'))?.document,
    /** Advances what is due until nothing is before `until`; `onTurn` is told after each. */
    drive: async (
      until: number,
      onTurn: () => Promise<void> = () => Promise.resolve(),
      boot: () => void = () => undefined,
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
          boot();
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
