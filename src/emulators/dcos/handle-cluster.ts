import { readinessResultsOf } from './app-view';
import { revertDeployment } from './change-apps';
import { type Context, timestamp } from './context';
import { cancelDeployment } from './deployments';
import { type Call, ok, type Reply } from './exchange';
import { deploymentReply } from './handle-apps';
import { leaderOf } from './leader';
import { MarathonError, notFound } from './marathon-error';
import type { Deployment } from './world';

/** GET /v2/info */
export function getInfo(context: Context): Reply {
  return ok({
    name: 'marathon',
    version: '1.11.24',
    buildref: 'emulated',
    elected: true,
    leader: leaderOf(context),
    frameworkId: 'emulated-0000-0000-0000-000000000000-0001',
    marathon_config: {
      features: [],
      task_lost_expunge_initial_delay: 300_000,
      task_lost_expunge_interval: 30_000,
      framework_name: 'marathon',
      local_port_min: 10_000,
      local_port_max: 20_000,
    },
    zookeeper_config: {
      zk: 'zk://127.0.0.1:2181/marathon',
      zk_connection_timeout: 10_000,
      zk_max_versions: 50,
      zk_session_timeout: 10_000,
      zk_timeout: 10_000,
    },
    http_config: { http_port: 8080, https_port: 8443 },
  });
}

/** GET /metrics */
export function getMetrics(context: Context): Reply {
  const { apps, deployments, instances } = context.world;
  const gauge = (value: number) => ({ value });
  return ok({
    start: new Date(Math.max(0, context.clock.now() - 10_000)).toISOString(),
    end: timestamp(context),
    counters: {},
    gauges: {
      'marathon.apps.active.gauge': gauge(Object.keys(apps).length),
      'marathon.deployments.active.gauge': gauge(deployments.length),
      'marathon.instances.running.gauge': gauge(instances.filter((each) => each.condition === 'Running').length),
    },
    histograms: {},
    'min-max-counters': {},
    'additional-data': {},
  });
}

/** GET /ping: as text, as JSON where that alone is wanted, and empty for any other type. */
export function ping({ headers: { accept = '*/*' } }: Call): Reply {
  if (accept.includes('application/json')) return ok('pong');
  if (!/\*\/\*|text\/(\*|plain|html)/.test(accept)) return { status: 204 };
  return { status: 200, body: 'pong', headers: { 'Content-Type': 'text/plain; charset=UTF-8' } };
}

/** GET /v2/events */
export function openStream(context: Context, { query, headers }: Call): Reply {
  if (headers.accept?.includes('text/event-stream') !== true) return { status: 405 };
  if (context.faults.find('refuseStreams', () => true) !== undefined) {
    throw new MarathonError(503, { message: 'The event stream is not available' });
  }
  return {
    status: 200,
    headers: { 'Content-Type': 'text/event-stream' },
    stream: { types: query.getAll('event_type'), isLight: query.get('plan-format') === 'light' },
  };
}

/** GET /v2/deployments */
export function listDeployments(context: Context): Reply {
  return ok(context.world.deployments.map((deployment) => deploymentView(context, deployment)));
}

/** DELETE /v2/deployments/{id} */
export function deleteDeployment(context: Context, { parameters }: Call, force: boolean): Reply {
  const id = parameters.id ?? '';
  const deployment = context.world.deployments.find((each) => each.id === id);
  if (deployment === undefined) throw notFound(`DeploymentPlan ${id} does not exist`);
  if (!force) return deploymentReply(context, revertDeployment(context, deployment));
  cancelDeployment(context, deployment);
  context.settle();
  return { status: 202 };
}

function deploymentView(context: Context, deployment: Deployment) {
  const current = deployment.steps[deployment.step]?.actions ?? [];
  return {
    id: deployment.id,
    version: deployment.version,
    affectedApps: deployment.affectedApps,
    affectedPods: [],
    steps: deployment.steps,
    currentActions: current.map((action) => {
      const target = deployment.target[action.app] ?? null;
      return { ...action, readinessCheckResults: target === null ? [] : readinessResultsOf(context, target) };
    }),
    currentStep: deployment.step + 1,
    totalSteps: deployment.steps.length,
  };
}
