import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { executionKind, messageKind } from '../src/engine/document-kinds';
import { liveMessageId } from '../src/engine/drain-execution';
import type { DocumentStore } from '../src/engine/ports/document-store';
import type { Execution } from '../src/model/execution';
import { isComplete } from '../src/model/status';
import { plainText } from '../src/model/text';
import { deployExecution, openForSeeding, seedExecutions } from './support/executions';
import { median, pause, percentile } from './support/figures';
import { startBot, startOutside, type Bot } from './support/real-bot';
import { createSender, slashCommand } from './support/slack-requests';
import type { Line } from './support/table';

/** How many deployments, one after the other; each waits for two events. */
export type EventLatencyOptions = { readonly folder: string; readonly deployments: number };

type Outside = Awaited<ReturnType<typeof startOutside>>;
type Sender = ReturnType<typeof createSender>;

const targetMs = 100;
const giveUpAfterMs = 20_000;
const channel = 'foo-deploys';
const warmUps = 3;

const accounts = (url: string) => `clusters:
  pe1: { url: '${url}', auth: { type: none } }
accounts:
  prod:
    regions: { east: pe1/east }
`;

const seededApp = (name: string) => ({
  id: `/prod/east/${name}-prod-v001`,
  instances: 2,
  cpus: 0.01,
  mem: 1,
  container: { type: 'DOCKER', docker: { image: 'registry.example.com/demo/foo:1.0' } },
  healthChecks: [{ protocol: 'HTTP', path: '/health' }],
});

/** What the live message says once each of a deployment's events was looked into, in their order. */
const consequences = [/ 2\/2 healthy/, / out of service/];

/** Runs one deployment to its end; the time from each `deployment_success` until its live message says what came of it. */
async function followDeployment(
  store: DocumentStore,
  outside: Outside,
  execution: Execution,
  start: () => Promise<void>,
) {
  const latencies: number[] = [];
  let sentAt: number | undefined;
  const leave = outside.dcos.core.subscribe({ onEvent: () => (sentAt = performance.now()), onClose: () => undefined }, [
    'deployment_success',
  ]);
  await start();
  const startedAt = performance.now();
  for (;;) {
    const message = await store.get(messageKind, liveMessageId(execution.id));
    const now = performance.now();
    const details = message?.document.view.steps?.map(({ detail }) => plainText(detail ?? '')) ?? [];
    const expected = consequences[latencies.length];
    if (expected !== undefined && sentAt !== undefined && details.some((detail) => expected.test(detail))) {
      latencies.push(now - sentAt);
      sentAt = undefined;
    }
    const status = (await store.get(executionKind, execution.id))?.document.status;
    if (status !== undefined && isComplete(status) && latencies.length === consequences.length) break;
    if (now - startedAt > giveUpAfterMs) throw new Error(`The deployment did not end in time: it is ${status ?? ''}.`);
    await pause(1);
  }
  leave();
  return latencies;
}

async function followAll(bot: Bot, store: DocumentStore, outside: Outside, sender: Sender, deployments: number) {
  const all: number[] = [];
  for (let index = -warmUps; index < deployments; index += 1) {
    const name = `app${index + warmUps}`;
    outside.dcos.core.seed(seededApp(name));
    const execution: Execution = { ...deployExecution(name, 2), report: { teamId: 'T0BENCH', channel } };
    const found = await followDeployment(store, outside, execution, async () => {
      await seedExecutions(store, [execution]);
      // Any command lets the executor look at what is due.
      await sender.post(`${bot.ready.urls.slack}/slack/events`, slashCommand('/cox', 'help', `event-${name}`));
    });
    if (index >= 0) all.push(...found);
  }
  return all;
}

/** How soon an event of Marathon's shows in what an execution's message is to say. */
export async function measureEventLatency({ folder, deployments }: EventLatencyOptions): Promise<readonly Line[]> {
  const [data, pipelines] = [join(folder, 'event'), join(folder, 'event-pipelines')];
  for (const path of [data, pipelines]) mkdirSync(path, { recursive: true });
  const outside = await startOutside(channel);
  writeFileSync(join(pipelines, 'accounts.yaml'), accounts(outside.dcos.url));
  const bot = await startBot(outside, data, pipelines);
  const store = openForSeeding(join(data, 'coxswain.sqlite'));
  const sender = createSender();
  try {
    const latencies = await followAll(bot, store, outside, sender, deployments);
    const p99 = percentile(latencies, 0.99);
    return [
      {
        what: 'Marathon event to live message queued, p50 / p99',
        measured: `${median(latencies).toFixed(0)} / ${p99.toFixed(0)} ms (${latencies.length} events)`,
        target: `p99 under ${targetMs} ms`,
        isMet: p99 < targetMs,
      },
    ];
  } finally {
    sender.close();
    await bot.stop();
    await Promise.all([outside.slack.close(), outside.dcos.close(), store.close()]);
  }
}
