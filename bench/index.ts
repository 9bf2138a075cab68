import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureAckLatency } from './ack-latency';
import { measureEventLatency } from './event-latency';
import { measureExpressions } from './expressions';
import { measureNoops } from './noops';
import { measureRequests } from './requests';
import { formatTable, type Line } from './support/table';
import { measureTransitions } from './transitions';
import { measureViews } from './views';
import { measureWaiting } from './waiting-executions';

const isQuick = process.argv.includes('--quick');
/** Any of `ack`, `transitions`, `noops`, `requests`, `views`, `event`, `waiting`, `expressions`; none means all. */
const chosen = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const pipelinesFolder = join(__dirname, '../../pipelines');

const parts: Readonly<Record<string, (folder: string) => Promise<readonly Line[]>>> = {
  ack: (folder) =>
    measureAckLatency({ folder, pipelinesFolder, slices: isQuick ? 2 : 5, sliceSeconds: isQuick ? 2 : 4 }),
  transitions: (folder) =>
    measureTransitions({ folder, rounds: isQuick ? 2 : 5, executions: isQuick ? 100 : 300, stages: 20 }),
  noops: (folder) =>
    measureNoops({ folder, pipelinesFolder, executions: 1000, stages: 20, updates: isQuick ? 5000 : 20_000 }),
  requests: (folder) => measureRequests({ folder, atOnce: isQuick ? 20 : 50, slowMs: isQuick ? 20_000 : 40_000 }),
  views: () => Promise.resolve(measureViews({ apps: 5000, tasks: 20_000, rounds: isQuick ? 5 : 15 })),
  event: (folder) => measureEventLatency({ folder, deployments: isQuick ? 15 : 60 }),
  waiting: (folder) =>
    measureWaiting({
      folder,
      pipelinesFolder,
      executions: 10_000,
      clicks: isQuick ? 100 : 300,
      idleSeconds: isQuick ? 10 : 20,
    }),
  expressions: () => Promise.resolve(measureExpressions({ rounds: isQuick ? 15 : 51, evaluations: 1000 })),
};

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'coxswain-bench-'));
  const lines: Line[] = [];
  try {
    for (const [name, measure] of Object.entries(parts)) {
      if (chosen.length > 0 && !chosen.includes(name)) continue;
      process.stderr.write(`measuring ${name} …\n`);
      lines.push(...(await measure(folder)));
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  process.stdout.write(`\n${formatTable(lines)}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`The benchmark broke off: ${error instanceof Error ? (error.stack ?? '') : String(error)}\n`);
  process.exitCode = 1;
});
