import { stageRegistry } from './app';
import { runJob } from './background/job';
import { createClusterStreams, type Closeable } from './cluster-streams';
import { processEnvironment } from './config';
import { connectCluster } from './dcos/cluster-connections';
import { openEventStream } from './dcos/event-stream';
import type { MarathonClient } from './dcos/marathon-client';
import { createDefinitionsSource } from './definitions/definitions-source';
import { systemClock } from './engine/clock';
import type { ClusterChanged } from './job-messages';
import { jobSettings } from './job-settings';
import { createLogger, logUnreadable } from './logger';
import { openSqliteStore } from './store/sqlite-store';
import { createEventWaker } from './wake-by-events';

/** How often changed definitions are looked for. */
const reloadMs = 5000;

runJob({
  start: (input, post) => {
    const { databaseFile, pipelinesFolder, logLevel } = jobSettings.parse(input);
    const logger = createLogger(logLevel, 'pollers');
    const clock = systemClock;
    const store = openSqliteStore({ file: databaseFile, clock, onUnreadable: logUnreadable(logger) });
    const waker = createEventWaker(store, clock, () => post('executor-due'));
    const onError = (error: unknown) =>
      logger.warn({ error: String(error) }, 'Executions could not be woken; they poll');
    const listen = (cluster: string, client: MarathonClient): Closeable => {
      // Sent before anybody is woken, so that whoever wakes looks at the cluster as it is now.
      const tellExecutor = (appId?: string) =>
        post({ type: 'cluster-changed', dcosCluster: cluster, appId } satisfies ClusterChanged);
      return openEventStream({
        client,
        clock,
        onAppChanged: (appId) => {
          tellExecutor(appId);
          waker.appChanged(appId, onError);
        },
        onResync: () => {
          tellExecutor();
          void waker.missedEvents().catch(onError);
        },
        onState: (state, error) =>
          logger.info({ cluster, state, error: error === undefined ? undefined : String(error) }, 'Event stream'),
      });
    };
    const streams = createClusterStreams((cluster) => listen(cluster.name, connectCluster(cluster).marathon));
    const source = createDefinitionsSource({
      folder: pipelinesFolder,
      stageTypes: stageRegistry,
      environment: processEnvironment,
      clock,
      onProblems: () => undefined,
      onLoaded: () => undefined,
    });
    const follow = () => streams.follow(source.current().clusters);
    follow();
    const timer = setInterval(follow, reloadMs);
    return Promise.resolve({
      stop: async () => {
        clearInterval(timer);
        streams.close();
        source.stop();
        await store.close();
      },
      onMessage: () => undefined,
    });
  },
});
