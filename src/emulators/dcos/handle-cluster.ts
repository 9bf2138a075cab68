import { readinessResultsOf } from './app-view';
import { revertDeployment } from './change-apps';
import { type Context, timestamp } from './context';
import { cancelDeployment } from './deployments';
import { type Call, ok, type Reply } from './exchange';
import { deploymentReply } from './handle-apps';
import { instancesOf, isLaunched } from './instances';
import { delayLeftMs, offersFor, rejectReasons, resetDelay } from './launch';
import { MarathonError, notFound } from './marathon-error';
import { absoluteId } from './normalize-app';
import type { AppSpec, Deployment } from './world';

const leader = '127.0.0.1:8080';

/** GET /v2/info */
export function getInfo(): Reply {
  return ok({
    name: 'marathon',
    version: '1.11.24',
    buildref: 'emulated',
    elected: true,
    leader,
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

/** GET /v2/leader */
export function getLeader(): Reply {
  return ok({ leader });
}

/** GET /ping */
export function ping({ headers }: Call): Reply {
  if (headers.accept?.includes('application/json') === true) return ok('pong');
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

/** GET /v2/queue */
export function getQueue(context: Context): Reply {
  const waiting = context.world.instances.filter((each) => !isLaunched(each));
  const specs = new Map(waiting.map((each) => [each.appId, each.spec]));
  return ok({ queue: [...specs.values()].map((spec) => queueItem(context, spec)) });
}

/** DELETE /v2/queue/{id}/delay */
export function endDelay(context: Context, { parameters }: Call): Reply {
  const id = absoluteId(parameters.id ?? '');
  if (!resetDelay(context, id)) throw notFound(`Application ${id} not found in tasks queue.`);
  context.settle();
  return { status: 204 };
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

function queueItem(context: Context, spec: AppSpec) {
  const waiting = instancesOf(context, spec.id).filter((each) => !isLaunched(each));
  const delayMs = delayLeftMs(context, spec);
  const refusals = offersFor(context, spec).map((offer) => offer.refusal);
  let processed = refusals.length;
  const summary = rejectReasons.map((reason) => {
    const declined = refusals.filter((each) => each === reason).length;
    const row = { reason, declined, processed };
    processed -= declined;
    return row;
  });
  const isRefused = delayMs === 0 && refusals.length > 0;
  return {
    app: context.world.apps[spec.id] ?? spec,
    count: waiting.length,
    role: spec.role,
    since: new Date(Math.min(...waiting.map((each) => each.scheduledAt))).toISOString(),
    delay: { timeLeftSeconds: Math.ceil(delayMs / 1000), overdue: delayMs === 0 },
    processedOffersSummary: {
      processedOffersCount: isRefused ? refusals.length : 0,
      unusedOffersCount: isRefused ? refusals.length : 0,
      ...(isRefused ? { lastUnusedOfferAt: timestamp(context) } : {}),
      rejectSummaryLastOffers: isRefused ? summary : [],
      rejectSummaryLaunchAttempt: isRefused ? summary : [],
    },
  };
}
