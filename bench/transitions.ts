import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createExecutorHandlers, executorKinds } from '../src/app';
import { createJobs } from '../src/dcos/metronome-jobs';
import { systemClock } from '../src/engine/clock';
import { executionKind } from '../src/engine/document-kinds';
import { ulid } from '../src/engine/ids';
import type { DocumentStore } from '../src/engine/ports/document-store';
import type { Execution } from '../src/model/execution';
import { liveConnections } from '../src/live-connections';
import { liveServerGroups } from '../src/live-server-groups';
import { createEmbeddedWake } from '../src/queue/embedded-wake';
import { openSqliteStore } from '../src/store/sqlite-store';
import { openForSeeding, seedExecutions, trivialExecution } from './support/executions';
import { inParallel, median, pause } from './support/figures';
import type { Line } from './support/table';
import { createFetchPublic } from '../src/http-client/fetch-public';

/** How much to do. */
export type TransitionsOptions = {
  readonly folder: string;
  readonly rounds: number;
  readonly executions: number;
  readonly stages: number;
};

type Rate = { readonly perSecond: number; readonly documents: readonly Execution[]; readonly steps: number };

const concurrency = 64;
const leastShare = 0.6;
const giveUpAfterMs = 120_000;
const noDefinitions = () => ({ applications: new Map(), clusters: new Map(), accounts: new Map() });

/** Lets the real engine take executions to their end; a transition is one committed version of one of them. */
async function runEngine(store: DocumentStore, ids: readonly string[]): Promise<Rate> {
  const wake = createEmbeddedWake({
    store,
    clock: systemClock,
    kinds: executorKinds,
    owner: 'bench',
    concurrency,
    onError: (error) => {
      throw error;
    },
  });
  const handlers = createExecutorHandlers({
    fetchText: createFetchPublic(),
    store,
    clock: systemClock,
    newId: () => ulid(systemClock.now()),
    teamId: 'T0BENCH',
    definitions: noDefinitions,
    serverGroups: liveServerGroups(noDefinitions),
    jobs: createJobs({ connections: liveConnections(noDefinitions), clock: systemClock }),
    onError: (error) => {
      throw error;
    },
  });
  const startedAt = performance.now();
  wake.start(handlers);
  while ((await store.count(executionKind, { name: 'active', value: 'true' })) > 0) {
    if (performance.now() - startedAt > giveUpAfterMs) throw new Error('The executions did not end in time.');
    await pause(10);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  await wake.stop(5_000);
  const found = await Promise.all(ids.map((id) => store.get(executionKind, id)));
  const steps = found.reduce((sum, one) => sum + (one?.version ?? 1) - 1, 0);
  return { perSecond: steps / seconds, steps, documents: found.flatMap((one) => (one ? [one.document] : [])) };
}

/** As many plain updates of the same documents: what the store alone can do. */
async function runUpdates(store: DocumentStore, { documents, steps }: Rate): Promise<number> {
  const ids = Array.from({ length: steps }, (_, index) => documents[index % documents.length]?.id ?? '');
  const startedAt = performance.now();
  await inParallel(ids, concurrency, (id) =>
    store.update(executionKind, id, (execution) => ({ ...execution, buildTime: execution.buildTime + 1 })),
  );
  return steps / ((performance.now() - startedAt) / 1000);
}

/** How many durable steps the engine commits each second, beside the store without an engine. */
export async function measureTransitions(options: TransitionsOptions): Promise<readonly Line[]> {
  const { folder, rounds, executions, stages } = options;
  const engine: number[] = [];
  const plain: number[] = [];
  let bytes = 0;
  // The first round warms up and does not count.
  for (let round = 0; round <= rounds; round += 1) {
    const file = join(folder, `transitions-${round}.sqlite`);
    const seeds = Array.from({ length: executions }, () => trivialExecution(stages));
    const seeding = openForSeeding(file);
    await seedExecutions(seeding, seeds);
    await seeding.close();
    const store = openSqliteStore({ file, clock: systemClock });
    const done = await runEngine(
      store,
      seeds.map(({ id }) => id),
    );
    const raw = await runUpdates(store, done);
    await store.close();
    bytes = JSON.stringify(done.documents[0]).length;
    if (round === 0) continue;
    engine.push(done.perSecond);
    plain.push(raw);
  }
  const share = median(engine.map((rate, index) => rate / (plain[index] ?? Number.NaN)));
  return [
    {
      what: `Updates of the store alone (${(bytes / 1000).toFixed(1)} KB)`,
      measured: `${Math.round(median(plain))} /s`,
    },
    {
      what: 'Transitions of the engine',
      measured: `${Math.round(median(engine))} /s (${Math.round(share * 100)} %)`,
      target: `at least ${leastShare * 100} %`,
      isMet: share >= leastShare,
    },
  ];
}
