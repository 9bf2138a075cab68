import { randomUUID } from 'node:crypto';
import { createExecutorHandlers, stageRegistry } from './app';
import { runJob } from './background/job';
import { processEnvironment } from './config';
import { createDefinitionsSource } from './definitions/definitions-source';
import { systemClock } from './engine/clock';
import { ulid } from './engine/ids';
import { hintingStore } from './hinting-store';
import { jobSettings } from './job-settings';
import { liveServerGroups } from './live-server-groups';
import { createLogger } from './logger';
import { createEmbeddedWake } from './queue/embedded-wake';
import { openSqliteStore } from './store/sqlite-store';

const stopMs = 5000;

runJob({
  start: (input, post) => {
    const { databaseFile, pipelinesFolder, teamId, logLevel } = jobSettings.parse(input);
    const logger = createLogger(logLevel, 'executor');
    const clock = systemClock;
    const file = openSqliteStore({ file: databaseFile, clock });
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
    const serverGroups = liveServerGroups(definitions);
    const wake = createEmbeddedWake({
      store,
      clock,
      owner: `executor-${randomUUID()}`,
      onError: (error, where) =>
        logger.error({ error: String(error), ...where }, 'A handler failed; its document is tried again'),
    });
    wake.start(createExecutorHandlers({ store, clock, newId, teamId, definitions, serverGroups }));
    return Promise.resolve({
      stop: async () => {
        await wake.stop(stopMs);
        source.stop();
        await file.close();
      },
      onMessage: () => wake.hint(),
    });
  },
});
