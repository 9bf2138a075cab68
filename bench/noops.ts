import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { executionKind } from '../src/engine/document-kinds';
import type { DocumentStore, Versioned } from '../src/engine/ports/document-store';
import type { Execution } from '../src/model/execution';
import type { StoreUpdates } from './children/store-updates';
import { openForSeeding, seedExecutions, trivialExecution } from './support/executions';
import { pause } from './support/figures';
import { residentMb } from './support/process-usage';
import { startBot, startOutside, type Bot } from './support/real-bot';
import type { Line } from './support/table';

/** How much to do, and with how many plain updates to compare it. */
export type NoopsOptions = {
  readonly folder: string;
  readonly pipelinesFolder: string;
  readonly executions: number;
  readonly stages: number;
  readonly updates: number;
};

const targets = { share: 0.6, memoryMb: 150 } as const;
/** As many handlers as the executor runs at once. */
const concurrency = 64;
const lookMs = 100;
const giveUpAfterMs = 300_000;

/** Waits until no execution is active any more; the most memory that each bot held meanwhile, in MB. */
async function watchMemory(store: DocumentStore, bots: readonly Bot[]): Promise<readonly number[]> {
  const peaks = bots.map(() => 0);
  const startedAt = performance.now();
  while ((await store.count(executionKind, { name: 'active', value: 'true' })) > 0) {
    if (performance.now() - startedAt > giveUpAfterMs) throw new Error('The executions did not end in time.');
    bots.forEach(({ pid }, index) => (peaks[index] = Math.max(peaks[index] ?? 0, residentMb(pid))));
    await pause(lookMs);
  }
  return peaks;
}

/** What the documents say of their run: how long it took from the first start to the last end, and how many commits. */
function readRun(done: readonly Versioned<Execution>[]) {
  const startedAt = Math.min(...done.map(({ document }) => document.startTime ?? Number.NaN));
  const endedAt = Math.max(...done.map(({ document }) => document.endTime ?? Number.NaN));
  const seconds = (endedAt - startedAt) / 1000;
  const transitions = done.reduce((sum, { version }) => sum + version - 1, 0);
  return { seconds, executionsPerSecond: done.length / seconds, transitionsPerSecond: transitions / seconds };
}

/** Runs the executions in the bot; another one beside it, which has nothing to do, shows what a bot holds anyway. */
async function runInBot({ folder, pipelinesFolder, executions, stages }: NoopsOptions, file: string) {
  const store = openForSeeding(file);
  const seeds = Array.from({ length: executions }, () => trivialExecution(stages));
  await seedExecutions(store, seeds);
  const outside = await startOutside('foo-deploys');
  const bots: Bot[] = [];
  try {
    for (const name of ['noops-empty', 'noops'])
      bots.push(await startBot(outside, join(folder, name), pipelinesFolder));
    const [withoutMb = Number.NaN, peakMb = Number.NaN] = await watchMemory(store, bots);
    const done = await store.list(executionKind, { limit: executions });
    return { ...readRun(done), done, withoutMb, peakMb };
  } finally {
    await Promise.all(bots.map((bot) => bot.stop()));
    await Promise.all([outside.slack.close(), outside.dcos.close(), store.close()]);
  }
}

/** Plain updates of the same documents a second, in a thread such as the executor's. */
async function updatesPerSecond(updates: StoreUpdates): Promise<number> {
  const worker = new Worker(join(__dirname, 'children/store-updates.js'), { workerData: updates });
  const [perSecond] = (await once(worker, 'message')) as [number];
  return perSecond;
}

/** Pipelines of stages that do nothing, all at once and from end to end in the real bot: speed and memory. */
export async function measureNoops(options: NoopsOptions): Promise<readonly Line[]> {
  const { executions, stages, updates } = options;
  mkdirSync(join(options.folder, 'noops'), { recursive: true });
  const file = join(options.folder, 'noops/coxswain.sqlite');
  const run = await runInBot(options, file);
  const failed = run.done.filter(({ document }) => document.status !== 'SUCCEEDED').length;
  if (failed > 0 || run.done.length < executions) throw new Error(`${failed} of ${run.done.length} executions failed.`);
  const raw = await updatesPerSecond({ file, ids: run.done.map(({ id }) => id), updates, concurrency });
  const share = run.transitionsPerSecond / raw;
  const growthMb = run.peakMb - run.withoutMb;
  const what = `${executions.toLocaleString('en')} executions of ${stages} no-op stages at once`;
  return [
    {
      what: `${what}: ended`,
      measured: `${run.executionsPerSecond.toFixed(0)} /s (${run.seconds.toFixed(1)} s in all)`,
    },
    {
      what: `${what}: transitions, beside updates alone`,
      measured: `${run.transitionsPerSecond.toFixed(0)} /s of ${raw.toFixed(0)} /s (${Math.round(share * 100)} %)`,
      target: `at least ${targets.share * 100} %`,
      isMet: share >= targets.share,
    },
    {
      what: `${what}: most memory above the empty bot`,
      measured: `${growthMb.toFixed(0)} MB (empty ${run.withoutMb.toFixed(0)} MB)`,
      target: `under ${targets.memoryMb} MB`,
      isMet: growthMb < targets.memoryMb,
    },
  ];
}
