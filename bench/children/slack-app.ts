import { join } from 'node:path';
import { startBackground } from '../../src/background/supervisor';
import { processEnvironment } from '../../src/config';
import { systemClock } from '../../src/engine/clock';
import { commandKind } from '../../src/engine/document-kinds';
import type { JobSettings } from '../../src/job-settings';
import { createLogger } from '../../src/logger';
import { createSlackApp } from '../../src/slack/bolt-app';
import { createWebClients } from '../../src/slack/web-clients';
import { createInboxStore, openInbox } from '../../src/store/inbox-store';
import { openSqliteStore } from '../../src/store/sqlite-store';
import { signingSecret } from '../support/slack-requests';

const { BENCH_DATABASE: databaseFile = '', BENCH_PIPELINES: pipelinesFolder = '' } = processEnvironment;
const logger = createLogger('error', 'bench');

async function main(): Promise<void> {
  const inboxFile = `${databaseFile}.inbox`;
  const store = createInboxStore({
    store: openSqliteStore({ file: databaseFile, clock: systemClock, checkpoints: false }),
    inbox: openInbox(inboxFile, systemClock),
    kinds: [commandKind.name],
  });
  const settings: JobSettings = { databaseFile, inboxFile, pipelinesFolder, teamId: 'T0BENCH', logLevel: 'error' };
  const background = startBackground({
    jobs: [{ name: 'executor', path: join(__dirname, '../../src/executor.js'), workerData: settings }],
    clock: systemClock,
    logger,
    onMessage: () => undefined,
  });
  const hint = () => void background.post('executor', 'hint');
  const app = createSlackApp({
    config: { botToken: 'xoxb-bench', signingSecret, host: '127.0.0.1', port: 0 },
    store,
    clock: systemClock,
    onCommand: hint,
    logger,
    client: createWebClients({ botToken: 'xoxb-bench' }).interactive,
  });
  process.on('message', hint);
  await app.start();
  process.send?.({ url: `${app.url() ?? ''}/slack/events` });
}

process.on('SIGTERM', () => process.exit(0));
process.on('disconnect', () => process.exit(0));
void main();
