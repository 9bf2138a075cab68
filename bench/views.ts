import { performance } from 'node:perf_hooks';
import { createClusterView } from '../src/dcos/cluster-view';
import { appListSchema } from '../src/dcos/marathon-schemas';
import type { Location } from '../src/model/server-group';
import { median } from './support/figures';
import type { Line } from './support/table';

/** How much to read, and how often. */
export type ViewsOptions = { readonly apps: number; readonly tasks: number; readonly rounds: number };

const most = 1.5;
const versions = 4;
const time = '2026-01-01T00:00:00.000Z';

const taskOf = (appId: string, index: number) => ({
  id: `${appId.slice(1).replaceAll('/', '_')}.instance-00000000-0000-0000-0000-${String(index).padStart(12, '0')}._app.1`,
  appId,
  host: '10.0.0.1',
  slaveId: '00000000-0000-0000-0000-000000000000-S1',
  state: 'TASK_RUNNING',
  ports: [31_000],
  servicePorts: [],
  ipAddresses: [{ ipAddress: '10.0.0.1', protocol: 'IPv4' }],
  stagedAt: time,
  startedAt: time,
  version: time,
  localVolumes: [],
  healthCheckResults: [{ alive: true, consecutiveFailures: 0, firstSuccess: time, lastSuccess: time, instanceId: 'i' }],
  role: '*',
});

const appOf = (index: number, tasks: number) => {
  const id = `/prod/east/app${Math.floor(index / versions)}-prod-v00${index % versions}`;
  return {
    id,
    cpus: 1,
    mem: 128,
    disk: 0,
    gpus: 0,
    executor: '',
    instances: tasks,
    killSelection: 'YOUNGEST_FIRST',
    networks: [{ mode: 'container/bridge' }],
    container: {
      type: 'DOCKER',
      docker: { image: 'registry.example.com/demo/foo:1.1', forcePullImage: false, privileged: false, parameters: [] },
      volumes: [],
      portMappings: [{ containerPort: 8080, hostPort: 0, servicePort: 10_000, protocol: 'tcp', name: 'http' }],
    },
    env: { LOG_LEVEL: 'info', REGION: 'east' },
    labels: { COXSWAIN_KEY: '00000000000000000000000000/1/1' },
    healthChecks: [{ protocol: 'HTTP', path: '/health', portIndex: 0, gracePeriodSeconds: 30, intervalSeconds: 10 }],
    backoffFactor: 1.15,
    backoffSeconds: 1,
    maxLaunchDelaySeconds: 300,
    unreachableStrategy: { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 },
    upgradeStrategy: { minimumHealthCapacity: 1, maximumOverCapacity: 1 },
    role: '*',
    version: time,
    versionInfo: { lastScalingAt: time, lastConfigChangeAt: time },
    tasksStaged: 0,
    tasksRunning: tasks,
    tasksHealthy: tasks,
    tasksUnhealthy: 0,
    deployments: [],
    tasks: Array.from({ length: tasks }, (_, task) => taskOf(id, task)),
  };
};

const place: Location = { account: 'prod', region: 'east', dcosCluster: 'pe1', group: 'east' };

/** From the text of a reply to the server groups of every cluster in it. */
function readViews(text: string, clusters: readonly string[]): number {
  const view = createClusterView(appListSchema.parse(JSON.parse(text)).apps);
  return clusters.reduce((sum, cluster) => sum + view.groups(place, cluster).length, 0);
}

function timed(work: () => void): number {
  const startedAt = performance.now();
  work();
  return performance.now() - startedAt;
}

/** How long a list of all apps takes to become server groups, beside JSON.parse of the same text alone. */
export function measureViews({ apps, tasks, rounds }: ViewsOptions): readonly Line[] {
  const text = JSON.stringify({ apps: Array.from({ length: apps }, (_, index) => appOf(index, tasks / apps)) });
  const clusters = Array.from({ length: Math.ceil(apps / versions) }, (_, index) => `app${index}-prod`);
  const alone: number[] = [];
  const whole: number[] = [];
  // The first rounds warm up and do not count; each measures both, in turn, so that a busy moment hits both.
  for (let round = -3; round < rounds; round += 1) {
    const parsing = timed(() => void JSON.parse(text));
    const reading = timed(() => {
      const found = readViews(text, clusters);
      if (found !== apps) throw new Error(`The views hold ${found} server groups and not ${apps}.`);
    });
    if (round < 0) continue;
    alone.push(parsing);
    whole.push(reading);
  }
  const factor = median(whole) / median(alone);
  return [
    {
      what: `JSON.parse of ${apps} apps, ${tasks} tasks (${(text.length / 1e6).toFixed(1)} MB)`,
      measured: `${Math.round(median(alone))} ms`,
    },
    {
      what: 'The same text into views',
      measured: `${Math.round(median(whole))} ms (${factor.toFixed(2)} ×)`,
      target: `below ${most} ×`,
      isMet: factor < most,
    },
  ];
}
