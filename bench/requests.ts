import { join } from 'node:path';
import { createExecutorHandlers, executorKinds } from '../src/app';
import { connectClusters } from '../src/dcos/cluster-connections';
import { createJobs } from '../src/dcos/metronome-jobs';
import { openEventStream } from '../src/dcos/event-stream';
import { startDcosEmulator, type RunningDcosEmulator } from '../src/emulators/dcos/start-dcos-emulator';
import { watchDrift } from '../src/drift/watch-drift';
import { systemClock } from '../src/engine/clock';
import { executionKind } from '../src/engine/document-kinds';
import { ulid } from '../src/engine/ids';
import type { DocumentStore } from '../src/engine/ports/document-store';
import { liveConnections } from '../src/live-connections';
import { liveServerGroups } from '../src/live-server-groups';
import type { Application, Definitions } from '../src/model/application';
import { createEmbeddedWake } from '../src/queue/embedded-wake';
import { openSqliteStore } from '../src/store/sqlite-store';
import { createEventWaker } from '../src/wake-by-events';
import { deployExecution, seedExecutions } from './support/executions';
import { pause } from './support/figures';
import type { Line } from './support/table';
import { createFetchPublic } from '../src/http-client/fetch-public';

/** How many deployments, and how long their instances take to start. */
export type RequestsOptions = { readonly folder: string; readonly atOnce: number; readonly slowMs: number };

/** `isNoisy`: somebody else's app changes all the time on the same DC/OS cluster. */
type Run = { readonly deployments: number; readonly startMs: number; readonly isNoisy?: boolean };
type Counted = { readonly seconds: number; readonly requests: number; readonly lists: number };

const most = 15;
const listEveryMs = 15_000;
const giveUpAfterMs = 180_000;
const instances = 4;
const neighbourId = '/others/neighbour';

const seedApp = (name: string, size: number) => ({
  id: `/prod/east/${name}`,
  instances: size,
  cpus: 0.01,
  mem: 1,
  container: { type: 'DOCKER', docker: { image: 'registry.example.com/demo/foo:1.0' } },
  healthChecks: [{ protocol: 'HTTP', path: '/health' }],
});

/** The definition that a deployment of `name` comes from, so that its cluster is watched for changes made outside. */
const applicationOf = (name: string): Application => ({
  name,
  file: `${name}.yaml`,
  image: 'registry.example.com/demo/foo',
  notify: { channel: [], requester: [] },
  pipelines: new Map(),
  environments: new Map([
    [
      'prod',
      {
        name: 'prod',
        locations: [{ account: 'prod', region: 'east', dcosCluster: 'pe1', group: 'east' }],
        instances,
        pipeline: { name: 'p', stages: [] },
        service: { cpus: 0.01, mem: 1, serviceEndpoints: [], healthChecks: [] },
        channel: undefined,
        policy: { deployers: [], approvers: { groups: [], anyone: true, count: 1, excludeRequester: false } },
        confirm: false,
      },
    ],
  ]),
});

/** The executor and the pollers of one process, without threads. */
function startWork(store: DocumentStore, emulator: RunningDcosEmulator, names: readonly string[]) {
  const clusters = new Map([['pe1', { name: 'pe1', url: emulator.url, auth: { type: 'none' } } as const]]);
  const applications = new Map(names.map((name) => [name, applicationOf(name)]));
  const definitions = (): Definitions => ({ applications, clusters });
  const serverGroups = liveServerGroups(definitions);
  const wake = createEmbeddedWake({
    store,
    clock: systemClock,
    kinds: executorKinds,
    owner: 'bench',
    onError: (error) => {
      throw error;
    },
  });
  const waker = createEventWaker(store, systemClock, () => wake.hint());
  const fail = (error: unknown) => {
    throw error;
  };
  const connections = liveConnections(definitions);
  const jobs = createJobs({ connections, clock: systemClock });
  const parts = { store, clock: systemClock, teamId: 'T0BENCH', definitions, serverGroups, jobs };
  const drift = watchDrift({ ...parts, record: () => Promise.resolve(), onError: fail });
  const streams = [...connectClusters(clusters)].map(([dcosCluster, client]) =>
    openEventStream({
      client,
      clock: systemClock,
      onAppChanged: (appId) => {
        serverGroups.clusterChanged(dcosCluster, appId);
        drift.hint({ dcosCluster, appId });
        waker.appChanged(appId, fail);
      },
      onResync: () => {
        serverGroups.clusterChanged(dcosCluster);
        drift.hint({ dcosCluster });
      },
      onState: () => undefined,
    }),
  );
  const newId = () => ulid(systemClock.now());
  wake.start(
    createExecutorHandlers({
      fetchText: createFetchPublic(),
      ...parts,
      newId,
      onError: () => undefined,
    }),
  );
  return {
    hint: () => wake.hint(),
    stop: async () => {
      for (const stream of streams) stream.close();
      await Promise.all([wake.stop(5000), drift.stop()]);
    },
  };
}

/** Somebody else changes their own app four times a second, until the answer is called. */
function makeNoise({ core }: RunningDcosEmulator): () => void {
  core.seed({ ...seedApp('neighbour', 3), id: neighbourId });
  let count = 0;
  const timer = setInterval(() => {
    const body = { env: { COUNT: String((count += 1)) } };
    core.handle({ method: 'PUT', path: `/v2/apps/${neighbourId}`, query: new URLSearchParams('force=true'), body });
  }, 250);
  return () => clearInterval(timer);
}

/** Red/black deployments at once, each with a group in service and one kept, until all are through. */
async function countRequests(folder: string, { deployments, startMs, isNoisy = false }: Run): Promise<Counted> {
  const emulator = await startDcosEmulator({ timings: { startMs } });
  const names = Array.from({ length: deployments }, (_, index) => `app${index}`);
  for (const name of names) {
    emulator.core.seed(seedApp(`${name}-prod-v000`, 0));
    emulator.core.seed(seedApp(`${name}-prod-v001`, instances));
  }
  const quieten = isNoisy ? makeNoise(emulator) : () => undefined;
  const store = openSqliteStore({
    file: join(folder, `requests-${deployments}-${startMs}-${isNoisy ? 'noisy' : 'quiet'}.sqlite`),
    clock: systemClock,
  });
  const work = startWork(store, emulator, names);
  try {
    await pause(500);
    emulator.core.requests.clear();
    const executions = names.map((name) => deployExecution(name, instances));
    const startedAt = performance.now();
    await seedExecutions(store, executions);
    work.hint();
    while ((await store.count(executionKind, { name: 'active', value: 'true' })) > 0) {
      if (performance.now() - startedAt > giveUpAfterMs) throw new Error('The deployments did not end in time.');
      await pause(50);
    }
    const seconds = (performance.now() - startedAt) / 1000;
    for (const { id } of executions) {
      const status = (await store.get(executionKind, id))?.document.status;
      if (status !== 'SUCCEEDED') throw new Error(`A deployment ended as ${status ?? 'nothing'}.`);
    }
    const all = emulator.core.requests.list().filter(({ path }) => !path.includes(neighbourId));
    const lists = all.filter(
      ({ method, path, query }) => method === 'GET' && path.endsWith('/v2/apps') && !/\bid=/.test(query),
    );
    return { seconds, requests: all.length, lists: lists.length };
  } finally {
    quieten();
    await work.stop();
    await store.close();
    await emulator.close();
  }
}

/** Requests for each deployment, not counting one shared list every 15 s. */
const perDeployment = ({ seconds, requests, lists }: Counted, deployments: number): number =>
  (requests - Math.min(lists, Math.ceil((seconds * 1000) / listEveryMs))) / deployments;

function lineOf(what: string, counted: Counted, deployments: number): Line {
  const each = perDeployment(counted, deployments);
  const { seconds, requests, lists } = counted;
  return {
    what: `Requests per red/black deployment, ${what}`,
    measured: `${each.toFixed(1)} (${seconds.toFixed(0)} s, ${requests} in all, ${lists} shared lists)`,
    target: `at most ${most}`,
    isMet: each <= most,
  };
}

/** How many requests red/black deployments cost: a quick one, a slow one, the same beside a noisy neighbour, and many at once. */
export async function measureRequests({ folder, atOnce, slowMs }: RequestsOptions): Promise<readonly Line[]> {
  const quick = await countRequests(folder, { deployments: 1, startMs: 400 });
  const slow = await countRequests(folder, { deployments: 1, startMs: slowMs });
  const many = await countRequests(folder, { deployments: atOnce, startMs: 5000 });
  const noisy = await countRequests(folder, { deployments: 1, startMs: slowMs, isNoisy: true });
  return [
    lineOf('quick', quick, 1),
    lineOf('slow', slow, 1),
    lineOf('slow beside an app that changes all the time', noisy, 1),
    lineOf(`${atOnce} at once`, many, atOnce),
  ];
}
