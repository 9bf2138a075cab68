import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createLocalApi } from './api/create-local-api';
import { executionRenderer } from './app';
import { startBackground, type Background } from './background/supervisor';
import { processEnvironment, secretValues, type Config } from './config';
import { systemClock } from './engine/clock';
import { commandKind, messageKind } from './engine/document-kinds';
import { ulid } from './engine/ids';
import { readClusterChanged } from './job-messages';
import type { JobSettings } from './job-settings';
import { logUnreadable, type Logger } from './logger';
import { createEmbeddedWake } from './queue/embedded-wake';
import { createAuditLog } from './policy/audit/audit-log';
import { createRefusedRequests } from './policy/audit/refused-requests';
import { createSlackApp } from './slack/bolt-app';
import { createOutbox } from './slack/outbox';
import { createPeopleSync } from './slack/people';
import { createWebClients } from './slack/web-clients';
import { createInboxStore, openInbox } from './store/inbox-store';
import { openSqliteStore } from './store/sqlite-store';
import type { DocumentStore } from './engine/ports/document-store';

/** A running bot. */
export type Bot = {
  readonly urls: { readonly slack: string | undefined; readonly api: string };
  /** Ends within about ten seconds whatever hangs. */
  readonly stop: () => Promise<void>;
};

const clock = systemClock;
const stopMs = 6000;

function startJobs(config: Config, logger: Logger, onMessageDue: () => void): Background {
  const settings: JobSettings = {
    databaseFile: config.databaseFile,
    ...(config.expressionUrlHosts === undefined ? {} : { expressionUrlHosts: config.expressionUrlHosts }),
    ...(config.webhookUrlHosts === undefined ? {} : { webhookUrlHosts: config.webhookUrlHosts }),
    inboxFile: config.inboxFile,
    pipelinesFolder: config.pipelinesFolder,
    teamId: config.slack.teamId,
    slack: {
      botToken: config.slack.botToken,
      ...(config.slack.apiUrl === undefined ? {} : { apiUrl: config.slack.apiUrl }),
    },
    logLevel: config.logLevel,
    timeZone: config.defaultTimeZone,
    chaos: config.chaos,
  };
  const background: Background = startBackground({
    jobs: ['executor', 'pollers'].map((name) => ({ name, path: join(__dirname, `${name}.js`), workerData: settings })),
    clock,
    logger,
    onMessage: (_name, message) => {
      if (message === 'message-due') onMessageDue();
      else if (message === 'executor-due') background.post('executor', 'hint');
      else if (readClusterChanged(message) !== undefined) background.post('executor', message);
    },
  });
  return background;
}

function startSending(config: Config, store: DocumentStore, logger: Logger) {
  const { botToken, apiUrl, teamId } = config.slack;
  const clients = createWebClients({ botToken, ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }) });
  const people = createPeopleSync({
    store,
    client: clients.background,
    clock,
    teamId,
    intervalMs: config.peopleIntervalMs,
    onFailure: (error) =>
      logger.warn({ error: String(error) }, 'User groups could not be read; those read before stay'),
  });
  people.start();
  const outbox = createOutbox({
    store,
    clock,
    client: clients.interactive,
    background: clients.background,
    context: { groupId: people.groupId },
    onDefect: (defect) => logger.warn({ defect }, 'A message was sent in a simpler form'),
  });
  const wake = createEmbeddedWake({
    store,
    clock,
    kinds: [messageKind],
    owner: `outbox-${randomUUID()}`,
    onError: (error, where) =>
      logger.error({ error: String(error), ...where }, 'A message could not be handled; it is tried again'),
  });
  wake.start({ message: outbox.handler });
  return { clients, people, wake };
}

/** Counts what is refused before it becomes a command; this thread writes it down itself. */
const countRefused = (store: DocumentStore, teamId: string, logger: Logger) =>
  createRefusedRequests({
    clock,
    newId: () => ulid(clock.now()),
    record: createAuditLog({ store, clock, teamId, secrets: secretValues(processEnvironment) }).record,
    onError: (error) => logger.error({ error: String(error) }, 'Refused requests could not be written down'),
  });

/** Starts the whole bot in this process: Slack here, the executor and the pollers in threads of their own. */
export async function startBot(config: Config, logger: Logger): Promise<Bot> {
  // This thread answers people: tidying the files up is left to the others.
  const onUnreadable = logUnreadable(logger);
  const file = openSqliteStore({ file: config.databaseFile, clock, checkpoints: false, onUnreadable });
  const inbox = openInbox(config.inboxFile, clock);
  await file.freeLeases([messageKind.name]);
  const sending = startSending(config, file, logger);
  const background = startJobs(config, logger, () => sending.wake.hint());
  const hint = () => void background.post('executor', 'hint');
  const store = createInboxStore({ store: file, inbox, kinds: [commandKind.name] });
  const { teamId, apiUrl, appToken, botToken, signingSecret, host, port } = config.slack;
  const refused = countRefused(file, teamId, logger);
  const slack = createSlackApp({
    config: {
      botToken,
      signingSecret,
      host,
      port,
      ...(appToken === undefined ? {} : { appToken }),
      ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
    },
    store,
    clock,
    onCommand: hint,
    logger,
    client: sending.clients.interactive,
    onGroupsChanged: () => void sending.people.refresh(),
    onRefused: refused.note,
  });
  const api = createLocalApi({
    store,
    clock,
    newId: () => ulid(clock.now()),
    teamId,
    hint,
    renderExecution: executionRenderer.live,
    onRefused: refused.note,
    health: () => ({ ok: true, slack: slack.url() ?? (appToken === undefined ? 'stopped' : 'socket mode') }),
    host: config.api.host,
    port: config.api.port,
    onError: (error) => logger.error({ error: String(error) }, 'The local API failed'),
  });
  await slack.start();
  const { url } = await api.start();
  logger.info({ slack: slack.url(), api: url }, 'Coxswain is ready');
  return {
    urls: { slack: slack.url(), api: url },
    stop: async () => {
      await Promise.allSettled([slack.stop(), api.stop(), background.stop(stopMs), sending.wake.stop(stopMs)]);
      sending.people.stop();
      await refused.flush();
      await Promise.all([file.close(), inbox.close()]);
    },
  };
}
