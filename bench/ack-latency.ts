import { join } from 'node:path';
import { executionKind } from '../src/engine/document-kinds';
import type { DocumentStore } from '../src/engine/ports/document-store';
import { startChild, type Child } from './support/child';
import { openForSeeding, seedExecutions, trivialExecution } from './support/executions';
import { inParallel, pause, percentile } from './support/figures';
import { createSender, openLoop, slashCommand } from './support/slack-requests';
import type { Line } from './support/table';

type Server = Child<{ readonly url: string }>;

/** How long to measure. */
export type AckLatencyOptions = {
  /** A folder of this run's own. */
  readonly folder: string;
  readonly pipelinesFolder: string;
  readonly slices: number;
  readonly sliceSeconds: number;
};

const perSecond = 200;
const mostAboveBareMs = 3;
const stagesPerExecution = 20;
const executionsOfLoad = 1500;

/** Keeps the executor thread busy from `start` to `stop`; answers how many steps it committed meanwhile. */
function createLoad(store: DocumentStore, app: Server) {
  let ids: readonly string[] = [];
  return {
    start: async () => {
      const executions = Array.from({ length: executionsOfLoad }, () => trivialExecution(stagesPerExecution));
      ids = executions.map(({ id }) => id);
      await seedExecutions(store, executions);
      app.send('hint');
      await pause(300);
    },
    stop: async () => {
      let steps = 0;
      let left = 0;
      await inParallel(ids, 500, async (id) => {
        const found = await store.get(executionKind, id);
        steps += (found?.version ?? 1) - 1;
        if (found?.document.status !== 'SUCCEEDED') left += 1;
        await store.delete(executionKind, id);
      });
      if (left === 0) throw new Error('The executor ran out of load while acknowledgements were measured.');
      await pause(300);
      return steps;
    },
  };
}

type Sampled = { readonly bare: readonly number[]; readonly ours: readonly number[] };

const figures = (samples: readonly number[]) =>
  `${percentile(samples, 0.5).toFixed(1)} / ${percentile(samples, 0.99).toFixed(1)} ms`;

function linesOf(when: string, { bare, ours }: Sampled): readonly Line[] {
  const above = percentile(ours, 0.99) - percentile(bare, 0.99);
  return [
    { what: `Ack p50 / p99, bare Bolt (${when})`, measured: figures(bare) },
    {
      what: `Ack p50 / p99, Coxswain, ${when}`,
      measured: `${figures(ours)} (p99 ${above >= 0 ? '+' : ''}${above.toFixed(1)})`,
      target: `p99 at most +${mostAboveBareMs} ms`,
      isMet: above <= mostAboveBareMs,
    },
  ];
}

/** How long a signed slash command waits for its acknowledgement, beside a bare Bolt app that does nothing else. */
export async function measureAckLatency(options: AckLatencyOptions): Promise<readonly Line[]> {
  const { folder, pipelinesFolder, slices, sliceSeconds } = options;
  const databaseFile = join(folder, 'ack.sqlite');
  const bareBolt: Server = await startChild(join(__dirname, 'children/bare-bolt.js'));
  const app: Server = await startChild(join(__dirname, 'children/slack-app.js'), {
    BENCH_DATABASE: databaseFile,
    BENCH_PIPELINES: pipelinesFolder,
  });
  const store = openForSeeding(databaseFile);
  const load = createLoad(store, app);
  const sender = createSender();
  let sent = 0;
  const slice = (server: Server, seconds: number) => {
    const requests = Array.from({ length: perSecond * seconds }, () =>
      slashCommand('/cox', 'help', `trigger-${(sent += 1)}`),
    );
    return openLoop(requests, perSecond, (signed) => sender.post(server.ready.url, signed));
  };
  const idle = { bare: [] as number[], ours: [] as number[] };
  const loaded = { bare: [] as number[], ours: [] as number[] };
  let steps = 0;
  try {
    // Warms both up.
    for (const server of [bareBolt, app]) await slice(server, 2);
    for (let round = 0; round < slices; round += 1) {
      idle.bare.push(...(await slice(bareBolt, sliceSeconds)));
      idle.ours.push(...(await slice(app, sliceSeconds)));
      await pause(300);
      loaded.bare.push(...(await slice(bareBolt, sliceSeconds)));
      await load.start();
      loaded.ours.push(...(await slice(app, sliceSeconds)));
      steps += await load.stop();
    }
  } finally {
    sender.close();
    await store.close();
    await Promise.all([bareBolt.stop(), app.stop()]);
  }
  return [
    ...linesOf('executor idle', idle),
    ...linesOf('executor under full load', loaded),
    {
      what: 'Transitions meanwhile under full load',
      measured: `${Math.round(steps / slices / sliceSeconds)} /s`,
    },
  ];
}
