import { randomUUID } from 'node:crypto';
import { setPriority } from 'node:os';
import { createExecutorHandlers, executorKinds, stageRegistry } from './app';
import { runJob } from './background/job';
import { startSchedule } from './chaos';
import { processEnvironment, secretValues } from './config';
import { createJobs } from './dcos/metronome-jobs';
import { createDefinitionsSource } from './definitions/definitions-source';
import { watchDrift, type DriftOptions, type DriftWatch } from './drift/watch-drift';
import { systemClock } from './engine/clock';
import { commandKind } from './engine/document-kinds';
import { ulid } from './engine/ids';
import type { DocumentStore } from './engine/ports/document-store';
import type { Wake } from './engine/ports/wake';
import { createFetchPublic } from './http-client/fetch-public';
import { createWebhooks } from './http-client/webhooks';
import { hintingStore } from './hinting-store';
import { readClusterChanged } from './job-messages';
import { jobSettings, type JobSettings } from './job-settings';
import { liveConnections, type LiveConnections } from './live-connections';
import { liveServerGroups } from './live-server-groups';
import { createLogger, logUnreadable, type Logger } from './logger';
import type { Definitions } from './model/application';
import { createAuditLog } from './policy/audit/audit-log';
import type { PeopleDirectory } from './policy/people';
import { createEmbeddedWake } from './queue/embedded-wake';
import { createInboxMover } from './queue/inbox-mover';
import { rememberSights } from './remember-sights';
import { createPeopleDirectory } from './slack/people-directory';
import { createWebClients } from './slack/web-clients';
import { openSqliteStore } from './store/sqlite-store';

const stopMs = 5000;
/** On two cores, a person's request must not wait for the executor's turn on one of them to end. */
const nice = 19;

const clock = systemClock;

const openDefinitions = ({ pipelinesFolder, timeZone = 'UTC' }: JobSettings, logger: Logger) =>
  createDefinitionsSource({
    folder: pipelinesFolder,
    timeZone,
    stageTypes: stageRegistry,
    environment: processEnvironment,
    clock,
    onProblems: (problems) =>
      logger.warn({ problems }, 'Some definitions have problems; their last good version is used'),
    onLoaded: (loaded) => logger.info({ applications: [...loaded.applications.keys()] }, 'Definitions loaded'),
  });

/** Asks Slack itself; undefined where it is not known how. */
function openDirectory({ slack, teamId }: JobSettings): { readonly directory?: PeopleDirectory } {
  if (slack === undefined) return {};
  const { botToken, apiUrl } = slack;
  const { interactive: client } = createWebClients({
    botToken,
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
  });
  return { directory: createPeopleDirectory({ client, clock, teamId }) };
}

const onlyTo = (allowedHosts: readonly string[] | undefined) => (allowedHosts === undefined ? {} : { allowedHosts });

type Watching = {
  readonly teamId: string;
  readonly definitions: () => Definitions;
  readonly connections: LiveConnections;
  readonly logger: Logger;
};

/** The server groups of all clusters; since when one cannot be seen outlives a restart. */
async function watchServerGroups(store: DocumentStore, { teamId, definitions, connections, logger }: Watching) {
  const sights = rememberSights(store, teamId);
  return liveServerGroups(definitions, {
    connections,
    known: await sights.load(),
    onChange: (dcosCluster, blindSince) => {
      logger.warn({ dcosCluster, blindSince }, blindSince === undefined ? 'DC/OS seen again' : 'DC/OS out of sight');
      sights
        .save(dcosCluster, blindSince)
        .catch((error: unknown) => logger.error({ error: String(error) }, 'Not kept'));
    },
  });
}

function createWake(store: DocumentStore, logger: Logger): Wake {
  return createEmbeddedWake({
    store,
    clock,
    kinds: executorKinds,
    owner: `executor-${randomUUID()}`,
    onError: (error, where) =>
      logger.error({ error: String(error), ...where }, 'A handler failed; its document is tried again'),
  });
}

const startDrift = (
  parts: Omit<DriftOptions, 'record' | 'onError'>,
  secrets: readonly string[],
  logger: Logger,
): DriftWatch =>
  watchDrift({
    ...parts,
    record: createAuditLog({ ...parts, secrets }).record,
    onError: (error) => logger.warn({ error: String(error) }, 'A cluster could not be compared; it is tried again'),
  });

const secret = (name: string): string | undefined => processEnvironment[name];

const warnOf =
  (logger: Logger) =>
  (error: unknown, id: string): void =>
    logger.warn({ error: String(error), id }, 'A try failed; the next one comes by itself');

runJob({
  start: async (input, post) => {
    const settings = jobSettings.parse(input);
    const { teamId } = settings;
    const logger = createLogger(settings.logLevel, 'executor');
    // Elsewhere than on Linux it would slow the whole process down.
    if (process.platform === 'linux') setPriority(nice);
    const onUnreadable = logUnreadable(logger);
    const file = openSqliteStore({ file: settings.databaseFile, clock, onUnreadable });
    const inbox = openSqliteStore({ file: settings.inboxFile, clock, survivesPowerLoss: false, onUnreadable });
    const source = openDefinitions(settings, logger);
    const store = hintingStore(file, { message: () => post('message-due') });
    const definitions = () => source.current();
    const connections = liveConnections(definitions);
    const serverGroups = await watchServerGroups(file, { teamId, definitions, connections, logger });
    const parts = { store, clock, teamId, definitions, serverGroups };
    const secrets = secretValues(processEnvironment);
    const wake = createWake(store, logger);
    const drift = startDrift(parts, secrets, logger);
    const handlers = createExecutorHandlers({
      ...parts,
      ...openDirectory(settings),
      secrets,
      newId: () => ulid(clock.now()),
      jobs: createJobs({ connections, clock }),
      fetchText: createFetchPublic({ clock, ...onlyTo(settings.expressionUrlHosts) }),
      ...(settings.chaos === undefined ? {} : { chaos: { settings: settings.chaos } }),
      webhooks: createWebhooks({ clock, secret, ...onlyTo(settings.webhookUrlHosts) }),
      onError: warnOf(logger),
    });
    await Promise.all([file.freeLeases(Object.keys(handlers)), startSchedule(parts)]);
    wake.start(handlers);
    const mover = createInboxMover({
      store: file,
      inbox,
      kinds: [commandKind],
      clock,
      onMoved: () => wake.hint(),
      onError: (error) => logger.error({ error: String(error) }, 'Commands could not be taken over; tried again'),
    });
    return {
      stop: async () => {
        await mover.stop();
        await Promise.all([wake.stop(stopMs), drift.stop()]);
        source.stop();
        await Promise.all([file.close(), inbox.close()]);
      },
      onMessage: (message) => {
        const changed = readClusterChanged(message);
        if (changed !== undefined) {
          serverGroups.clusterChanged(changed.dcosCluster, changed.appId);
          drift.hint(changed);
          return;
        }
        mover.hint();
        wake.hint();
      },
    };
  },
});
