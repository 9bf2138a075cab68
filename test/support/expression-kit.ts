import { z } from 'zod';
import type { Execution, ExecutionDefinition, StageContext } from '../../src/model/execution';
import type { StageDefinition } from '../../src/engine/contracts/stage';
import type { DocumentStore } from '../../src/engine/ports/document-store';
import type { CoxswainStage, Services } from '../../src/services';
import { stages } from '../../src/stages';
import { buildExecution } from './api-fixture';
import { buildEngine, buildPipeline, buildRegistry, runPipeline, type Step } from './engine-kit';
import { createManualClock } from './manual-clock';
import { createMemoryStore } from './memory-store';

/** Answers URLs from a table: a text, an error to throw, or a function of how often it was asked before. */
export type Pages = Readonly<Record<string, string | Error | ((asked: number) => string)>>;

/** A `fetchText` over a table, and how often it was asked for each URL. */
export function createPages(pages: Pages) {
  const asked = new Map<string, number>();
  return {
    asked,
    fetchText: (url: string): Promise<string> => {
      const before = asked.get(url) ?? 0;
      asked.set(url, before + 1);
      const page = pages[url];
      if (typeof page === 'string') return Promise.resolve(page);
      if (page instanceof Error) return Promise.reject(page);
      if (page === undefined) return Promise.reject(new Error(`No page ${url}.`));
      return new Promise((resolve) => resolve(page(before)));
    },
  };
}

/** A stage type that puts out its context as `seen`, and the outputs that its context asks for. */
export const probe: CoxswainStage = {
  type: 'probe',
  config: z.looseObject({}),
  tasks: [
    {
      name: 'probe',
      timeoutMs: 60_000,
      timeoutFromStage: false,
      run: ({ stage }) =>
        Promise.resolve({
          status: 'SUCCEEDED',
          outputs: { seen: stage.context, ...(stage.context.outputs as StageContext | undefined) },
        }),
    },
  ],
};

/** An engine with all stage types, `probe` and those given, whose DC/OS may not be touched. */
export function createExpressionBench({
  pages = {},
  types = [],
  wrap = (store) => store,
}: {
  readonly pages?: Pages;
  readonly types?: readonly CoxswainStage[];
  readonly wrap?: (store: DocumentStore) => DocumentStore;
} = {}) {
  const clock = createManualClock();
  const memory = createMemoryStore(() => clock.now());
  const { asked, fetchText } = createPages(pages);
  const registry = buildRegistry<Services>([...stages, probe, ...types] as readonly StageDefinition<Services>[]);
  const services = { fetchText } as unknown as Services;
  const told: Execution['events'][number][] = [];
  const engine = {
    ...buildEngine({ store: wrap(memory), clock, registry, services }),
    drain: (_: Execution, event: Execution['events'][number]) => Promise.resolve(void told.push(event)),
  };
  return {
    clock,
    store: memory,
    asked,
    /** The events that were drained, oldest first. */
    told,
    engine,
    run: (execution: Execution, maxMs?: number) => runPipeline({ ...engine, clock }, execution, maxMs),
  };
}

/** A pipeline as a team wrote it. */
export const writtenPipeline = (
  steps: readonly Step[],
  fields: Partial<Execution> = {},
  writtenAs: ExecutionDefinition['writtenAs'] | null = 'yaml',
): Execution => {
  const { definition } = buildExecution();
  const { writtenAs: none, ...plain } = definition;
  return buildPipeline(steps, {
    definition: writtenAs === null ? plain : { ...definition, writtenAs },
    ...fields,
  });
};
