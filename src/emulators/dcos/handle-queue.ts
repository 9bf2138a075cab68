import { type Context, timestamp } from './context';
import { type Call, ok, type Reply } from './exchange';
import { instancesOf, isLaunched } from './instances';
import { delayLeftMs, type Offer, offersFor, rejectReasons, resetDelay } from './launch';
import { notFound } from './marathon-error';
import { absoluteId } from './normalize-app';
import type { AppSpec } from './world';

/** GET /v2/queue */
export function getQueue(context: Context, { query }: Call): Reply {
  const withOffers = query.getAll('embed').includes('lastUnusedOffers');
  const waiting = context.world.instances.filter((each) => !isLaunched(each));
  const specs = new Map(waiting.map((each) => [each.appId, each.spec]));
  return ok({ queue: [...specs.values()].map((spec) => queueItem(context, spec, withOffers)) });
}

/** DELETE /v2/queue/{id}/delay */
export function endDelay(context: Context, { parameters }: Call): Reply {
  const id = absoluteId(parameters.id ?? '');
  if (!resetDelay(context, id)) throw notFound(`Application ${id} not found in tasks queue.`);
  context.settle();
  return { status: 204 };
}

function queueItem(context: Context, spec: AppSpec, withOffers: boolean) {
  const waiting = instancesOf(context, spec.id).filter((each) => !isLaunched(each));
  const delayMs = delayLeftMs(context, spec);
  const offers = offersFor(context, spec);
  const refusals = offers.map((offer) => offer.refusal);
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
    ...(withOffers && isRefused ? { lastUnusedOffers: offers.map((offer) => unusedOffer(context, offer)) } : {}),
  };
}

function unusedOffer(context: Context, { usage, refusal }: Offer) {
  const { agent, free } = usage;
  const { role = '*', attributes = {} } = agent;
  const scalar = (name: string, value: number) => ({ name, role, scalar: value });
  return {
    offer: {
      id: `offer-of-${agent.id}`,
      hostname: agent.hostname,
      agentId: agent.id,
      resources: Object.entries(free).map(([name, value]) => scalar(name, value)),
      attributes: Object.entries(attributes).map(([name, text]) => ({ name, text })),
    },
    timestamp: timestamp(context),
    reason: refusal === undefined ? [] : [refusal],
  };
}
