import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { executionKind } from '../src/engine/document-kinds';
import { stageById } from '../src/engine/graph';
import type { DocumentStore } from '../src/engine/ports/document-store';
import { judgmentStageId, openForSeeding, seedExecutions, waitingExecution } from './support/executions';
import { median, pause, percentile } from './support/figures';
import { processorSeconds, residentMb } from './support/process-usage';
import { startBot, startOutside, type Bot } from './support/real-bot';
import { approveClick, createSender } from './support/slack-requests';
import type { Line } from './support/table';

/** How much to wait for. */
export type WaitingOptions = {
  readonly folder: string;
  readonly pipelinesFolder: string;
  readonly executions: number;
  readonly clicks: number;
  readonly idleSeconds: number;
};

const targets = { memoryMb: 60, processorShare: 0.02, resumedMs: 150 } as const;
const channel = 'foo-deploys';
/** After its start the bot lets its running executions look once, as it may have missed events, and then collects
 * garbage; that is not rest. */
const settlingMs = 40_000;
const clickGapMs = 30;
const giveUpAfterMs = 10_000;

/** Lets bots rest side by side; each one's memory and its share of a core. */
async function watchIdle(bots: readonly Bot[], seconds: number) {
  const usedBefore = bots.map(({ pid }) => processorSeconds(pid));
  const startedAt = performance.now();
  const memory = bots.map((): number[] => []);
  for (let second = 0; second < seconds; second += 1) {
    await pause(1000);
    bots.forEach(({ pid }, index) => memory[index]?.push(residentMb(pid)));
  }
  const elapsed = (performance.now() - startedAt) / 1000;
  return bots.map(({ pid }, index) => ({
    memoryMb: median(memory[index] ?? []),
    processorShare: (processorSeconds(pid) - (usedBefore[index] ?? 0)) / elapsed,
  }));
}

async function untilApproved(store: DocumentStore, id: string, startedAt: number): Promise<number> {
  for (;;) {
    const found = await store.get(executionKind, id);
    const stage = found === undefined ? undefined : stageById(found.document, judgmentStageId);
    const elapsed = performance.now() - startedAt;
    if (stage?.status === 'SUCCEEDED') return elapsed;
    if (elapsed > giveUpAfterMs) throw new Error(`Execution ${id} did not resume: its judgment is ${stage?.status}.`);
    await pause(1);
  }
}

async function clickAll(bot: Bot, store: DocumentStore, ids: readonly string[]): Promise<readonly number[]> {
  const sender = createSender();
  const latencies: number[] = [];
  for (const [index, id] of ids.entries()) {
    const click = approveClick(id, judgmentStageId, `click-${index}`);
    const startedAt = performance.now();
    const resumed = untilApproved(store, id, startedAt);
    await sender.post(`${bot.ready.urls.slack}/slack/events`, click);
    latencies.push(await resumed);
    await pause(clickGapMs);
  }
  sender.close();
  return latencies;
}

/** What many executions that wait for people cost, and how soon one of them goes on after a click. */
export async function measureWaiting(options: WaitingOptions): Promise<readonly Line[]> {
  const { folder, pipelinesFolder, executions, clicks, idleSeconds } = options;
  const folders = { empty: join(folder, 'empty'), full: join(folder, 'full') };
  mkdirSync(folders.full, { recursive: true });
  const seeds = Array.from({ length: executions }, () => waitingExecution(channel));
  const store = openForSeeding(join(folders.full, 'coxswain.sqlite'));
  await seedExecutions(store, seeds);
  const outside = await startOutside(channel);
  const empty = await startBot(outside, folders.empty, pipelinesFolder);
  const full = await startBot(outside, folders.full, pipelinesFolder);
  try {
    await pause(settlingMs);
    const [without, waiting] = await watchIdle([empty, full], idleSeconds);
    const chosen = seeds.slice(-clicks - 10).map(({ id }) => id);
    // The first clicks warm the bot up.
    const latencies = (await clickAll(full, store, chosen)).slice(10);
    const above = (waiting?.memoryMb ?? Number.NaN) - (without?.memoryMb ?? Number.NaN);
    const share = waiting?.processorShare ?? Number.NaN;
    const p99 = percentile(latencies, 0.99);
    const count = executions.toLocaleString('en');
    return [
      {
        what: `${count} waiting: memory above the empty bot`,
        measured: `${above.toFixed(0)} MB (empty ${without?.memoryMb.toFixed(0) ?? ''} MB)`,
        target: `under ${targets.memoryMb} MB`,
        isMet: above < targets.memoryMb,
      },
      {
        what: `${count} waiting: processor while idle`,
        measured: `${(share * 100).toFixed(1)} % of a core (empty ${((without?.processorShare ?? 0) * 100).toFixed(1)} %)`,
        target: `under ${targets.processorShare * 100} %`,
        isMet: share < targets.processorShare,
      },
      {
        what: `${count} waiting: click to resumed, p50 / p99`,
        measured: `${median(latencies).toFixed(0)} / ${p99.toFixed(0)} ms (${latencies.length} clicks)`,
        target: `p99 under ${targets.resumedMs} ms`,
        isMet: p99 < targets.resumedMs,
      },
    ];
  } finally {
    await Promise.all([empty.stop(), full.stop()]);
    await Promise.all([outside.slack.close(), outside.dcos.close(), store.close()]);
  }
}
