import { randomUUID } from 'node:crypto';
import { setPriority } from 'node:os';
import { createExecutorHandlers, stageRegistry } from './app';
import { runJob } from './background/job';
import { processEnvironment } from './config';
import { createDefinitionsSource } from './definitions/definitions-source';
import { watchDrift } from './drift/watch-drift';
import { systemClock } from './engine/clock';
import { commandKind } from './engine/document-kinds';
import { ulid } from './engine/ids';
import { hintingStore } from './hinting-store';
import { readClusterChanged } from './job-messages';
import { jobSettings } from './job-settings';
import { liveServerGroups } from './live-server-groups';
import { createLogger } from './logger';
import { createEmbeddedWake } from './queue/embedded-wake';
import { createInboxMover } from './queue/inbox-mover';
import { rememberSights } from './remember-sights';
import { openSqliteStore } from './store/sqlite-store';

const stopMs = 5000;
/** On two cores, a person's request must not wait for the executor's turn on one of them to end. */
const nice = 10;

runJob({
  start: async (input, post) => {
    const { databaseFile, inboxFile, pipelinesFolder, teamId, logLevel } = jobSettings.parse(input);
    const logger = createLogger(logLevel, 'executor');
    const clock = systemClock;
    // Elsewhere than on Linux it would slow the whole process down.
    if (process.platform === 'linux') setPriority(nice);
    const file = openSqliteStore({ file: databaseFile, clock });
    const inbox = openSqliteStore({ file: inboxFile, clock, survivesPowerLoss: false });
    const source = createDefinitionsSource({
      folder: pipelinesFolder,
      stageTypes: stageRegistry,
      environment: processEnvironment,
      clock,
      onProblems: (problems) =>
        logger.warn({ problems }, 'Some definitions have problems; their last good version is used'),
      onLoaded: (loaded) => logger.info({ applications: [...loaded.applications.keys()] }, 'Definitions loaded'),
    });
    const store = hintingStore(file, { message: () => post('message-due') });
    const definitions = () => source.current();
    const newId = () => ulid(clock.now());
    const sights = rememberSights(file, teamId);
    const serverGroups = liveServerGroups(definitions, {
      known: await sights.load(),
      onChange: (dcosCluster, blindSince) => {
        logger.warn({ dcosCluster, blindSince }, blindSince === undefined ? 'DC/OS seen again' : 'DC/OS out of sight');
        sights
          .save(dcosCluster, blindSince)
          .catch((error: unknown) => logger.error({ error: String(error) }, 'Not kept'));
      },
    });
    const wake = createEmbeddedWake({
      store,
      clock,
      owner: `executor-${randomUUID()}`,
      onError: (error, where) =>
        logger.error({ error: String(error), ...where }, 'A handler failed; its document is tried again'),
    });
    const drift = watchDrift({
      store,
      clock,
      teamId,
      definitions,
      serverGroups,
      onError: (error) => logger.warn({ error: String(error) }, 'A cluster could not be compared; it is tried again'),
    });
    const handlers = createExecutorHandlers({ store, clock, newId, teamId, definitions, serverGroups });
    await file.freeLeases(Object.keys(handlers));
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
          serverGroups.clusterChanged(changed.dcosCluster);
          drift.hint();
          return;
        }
        mover.hint();
        wake.hint();
      },
    };
  },
});
