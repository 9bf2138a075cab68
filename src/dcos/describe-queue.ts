import type { MarathonQueueItem } from './marathon-schemas';

type QueuedApp = NonNullable<MarathonQueueItem['app']>;
type Row = { readonly reason: string; readonly declined: number };

/** What an offer would need: `offers 2 cpus` completes "No agent …", `lacked 2 cpus` completes "5 …". */
type Want = { readonly none: string; readonly some: string };

const offer = (what: string): Want => ({ none: `offers ${what}`, some: `lacked ${what}` });

function portsOf({ portDefinitions, container }: QueuedApp): string {
  const mapped = (container?.portMappings ?? []).map(({ hostPort }) => hostPort);
  const fixed = [...portDefinitions.map(({ port }) => port), ...mapped].filter((port) => port > 0);
  return fixed.length === 0 ? 'the ports it asks for' : `port ${fixed.join(', ')}`;
}

/** Marathon's reasons (REST API, GET /v2/queue), in the words of what the app asks for. */
const wants: Readonly<Record<string, (app: QueuedApp) => Want>> = {
  UnfulfilledRole: ({ role }) => offer(role === '' ? 'resources for its role' : `resources for role '${role}'`),
  UnfulfilledConstraint: ({ constraints }) => {
    const listed = constraints.map((constraint) => constraint.join(':')).join(', ');
    const what = listed === '' ? 'its constraints' : `the constraint ${listed}`;
    return { none: `meets ${what}`, some: `did not meet ${what}` };
  },
  NoCorrespondingReservationFound: () => offer('a reservation for it'),
  AgentMaintenance: () => ({ none: 'is free of maintenance', some: 'came from agents in maintenance' }),
  InsufficientCpus: ({ cpus }) => offer(`${cpus} cpus`),
  InsufficientMemory: ({ mem }) => offer(`${mem} MB of memory`),
  InsufficientDisk: ({ disk }) => offer(`${disk} MB of disk`),
  InsufficientGpus: ({ gpus }) => offer(`${gpus} gpus`),
  InsufficientPorts: (app) => offer(portsOf(app)),
  DeclinedScarceResources: () => ({
    none: 'without scarce resources (gpus) is left',
    some: 'were kept for apps that ask for gpus',
  }),
};

const wantOf = (app: QueuedApp, reason: string): Want =>
  wants[reason]?.(app) ?? { none: `suits (${reason})`, some: `were declined (${reason})` };

function describeOffers(app: QueuedApp, rows: readonly Row[], total: number): string {
  const [first, ...others] = rows;
  if (first !== undefined && others.length === 0 && first.declined >= total)
    return `No agent ${wantOf(app, first.reason).none}: ${total} of ${total} offers declined.`;
  const parts = rows.map(({ reason, declined }) => `${declined} ${wantOf(app, reason).some}`);
  return `Too few agents suit: of ${total} offers ${parts.join(', ')}.`;
}

/** Why instances of an app wait in Marathon's queue, in sentences; none where nothing is known yet. */
export function describeQueue({ app, count, delay, processedOffersSummary }: MarathonQueueItem): readonly string[] {
  const waiting = `${count} ${count === 1 ? 'instance waits' : 'instances wait'}`;
  // While the delay lasts Marathon takes no offer, and what it declined before says nothing.
  if (delay !== undefined && !delay.overdue && delay.timeLeftSeconds > 0)
    return [`Launch back-off after failures: ${waiting} ${delay.timeLeftSeconds} s before the next launch.`];
  const { rejectSummaryLastOffers: last = [], rejectSummaryLaunchAttempt: all = [] } = processedOffersSummary ?? {};
  const summary = last.some(({ declined }) => declined > 0) ? last : all;
  const rows = summary.filter(({ declined }) => declined > 0);
  const total = Math.max(0, ...summary.map(({ processed }) => processed));
  if (app === undefined || rows.length === 0) return [`${waiting} for offers of resources; none was declined so far.`];
  return [describeOffers(app, rows, total), `${waiting} for offers.`];
}
