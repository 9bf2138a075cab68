import { diagnose, type Evidence } from '../../src/dcos/diagnose';
import { inspectedAppSchema, queueSchema } from '../../src/dcos/marathon-schemas';

type Json = Readonly<Record<string, unknown>>;

const appOf = (over: Json = {}) => inspectedAppSchema.parse({ app: { id: '/x', ...over } }).app;
const funnel = (declined: Readonly<Record<string, number>>, offers: number) => {
  let processed = offers;
  return Object.entries(declined).map(([reason, count]) => {
    const row = { reason, declined: count, processed };
    processed -= count;
    return row;
  });
};
const queued = (app: Json, declined: Readonly<Record<string, number>>, over: Json = {}) =>
  queueSchema.parse({
    queue: [
      {
        app: { id: '/x', ...app },
        count: 2,
        delay: { timeLeftSeconds: 0, overdue: true },
        processedOffersSummary: { rejectSummaryLastOffers: funnel(declined, 12) },
        ...over,
      },
    ],
  }).queue[0];
const nothing: Evidence = { app: { value: appOf() }, queued: { value: undefined } };
const reasons = (over: Partial<Evidence>) => diagnose({ ...nothing, ...over }).reasons;

describe('the queue in words', () => {
  it.each([
    [{ cpus: 7.3 }, { InsufficientCpus: 12 }, 'No agent offers 7.3 cpus: 12 of 12 offers declined.'],
    [
      { mem: 512 },
      { UnfulfilledRole: 0, InsufficientMemory: 12 },
      'No agent offers 512 MB of memory: 12 of 12 offers declined.',
    ],
    [{ disk: 9 }, { InsufficientDisk: 12 }, 'No agent offers 9 MB of disk: 12 of 12 offers declined.'],
    [{ gpus: 2 }, { InsufficientGpus: 12 }, 'No agent offers 2 gpus: 12 of 12 offers declined.'],
    [
      { role: 'slave_public' },
      { UnfulfilledRole: 12 },
      "No agent offers resources for role 'slave_public': 12 of 12 offers declined.",
    ],
    [{}, { UnfulfilledRole: 12 }, 'No agent offers resources for its role: 12 of 12 offers declined.'],
    [
      {
        constraints: [
          ['hostname', 'UNIQUE'],
          ['rack', 'IS', 'r1'],
        ],
      },
      { UnfulfilledConstraint: 12 },
      'No agent meets the constraint hostname:UNIQUE, rack:IS:r1: 12 of 12 offers declined.',
    ],
    [
      { portDefinitions: [{ port: 8080 }] },
      { InsufficientPorts: 12 },
      'No agent offers port 8080: 12 of 12 offers declined.',
    ],
    [
      { container: { portMappings: [{ hostPort: 0 }, { hostPort: 443 }] } },
      { InsufficientPorts: 12 },
      'No agent offers port 443: 12 of 12 offers declined.',
    ],
    [{}, { InsufficientPorts: 12 }, 'No agent offers the ports it asks for: 12 of 12 offers declined.'],
    [{}, { NoCorrespondingReservationFound: 12 }, 'No agent offers a reservation for it: 12 of 12 offers declined.'],
    [{}, { AgentMaintenance: 12 }, 'No agent is free of maintenance: 12 of 12 offers declined.'],
    [
      {},
      { DeclinedScarceResources: 12 },
      'No agent without scarce resources (gpus) is left: 12 of 12 offers declined.',
    ],
    [{}, { SomethingNew: 12 }, 'No agent suits (SomethingNew): 12 of 12 offers declined.'],
    [
      { cpus: 4, constraints: [['hostname', 'UNIQUE']] },
      { UnfulfilledConstraint: 7, InsufficientCpus: 5 },
      'Too few agents suit: of 12 offers 7 did not meet the constraint hostname:UNIQUE, 5 lacked 4 cpus.',
    ],
  ])('of %j declined for %j says: %s', (app, declined, expected) =>
    expect(reasons({ queued: { value: queued(app, declined) } })).toEqual([expected, '2 instances wait for offers.']),
  );

  it('says how long the launch back-off lasts, and nothing of older offers', () => {
    const value = queued(
      { cpus: 1 },
      { InsufficientCpus: 12 },
      { count: 1, delay: { timeLeftSeconds: 37, overdue: false } },
    );
    expect(reasons({ queued: { value } })).toEqual([
      'Launch back-off after failures: 1 instance waits 37 s before the next launch.',
    ]);
  });

  it('says that nothing was offered', () => {
    const value = queued({ cpus: 1 }, {});
    expect(reasons({ queued: { value } })).toEqual([
      '2 instances wait for offers of resources; none was declined so far.',
    ]);
  });

  it('goes by the launch attempt where the last offers say nothing', () => {
    const processedOffersSummary = { rejectSummaryLaunchAttempt: funnel({ InsufficientCpus: 3 }, 3) };
    const value = queued({ cpus: 2 }, {}, { processedOffersSummary });
    expect(reasons({ queued: { value } })[0]).toBe('No agent offers 2 cpus: 3 of 3 offers declined.');
  });
});

describe('the app in words', () => {
  const failure = { state: 'TASK_FAILED', host: 'a1', timestamp: '2026-01-05T10:00:07.123Z', message: 'exit 7' };
  const running = { id: 't', state: 'TASK_RUNNING', startedAt: '2026-01-05T10:00:00Z' };
  const sick = (cause: string | null, consecutiveFailures = 1) => ({
    ...running,
    healthCheckResults: [{ alive: false, lastFailureCause: cause, consecutiveFailures }],
  });
  const pending = { name: 'ready', ready: false, taskId: 't' };
  it.each<[Json, readonly string[]]>([
    [{ lastTaskFailure: failure }, ['The last task that ended failed on a1 at 2026-01-05 10:00:07 UTC: exit 7.']],
    [
      { lastTaskFailure: { state: 'TASK_KILLED', message: 'Out of memory!' } },
      ['The last task that ended was killed: Out of memory!'],
    ],
    [{ version: '2026-01-26T10:00:00.000Z', instances: 2, lastTaskFailure: failure }, []],
    [{ lastTaskFailure: {} }, ['The last task that ended failed: no message.']],
    [
      { tasks: [sick("418 I'm a Teapot", 3)] },
      ["The health check fails on 1 of 1 task, 3 times in a row: 418 I'm a Teapot."],
    ],
    [
      { tasks: [sick('500 A'), sick('500 A', 2), sick(null), running] },
      [
        'The health check fails on 2 of 4 tasks, 2 times in a row: 500 A.',
        'The health check fails on 1 of 4 tasks: no cause given.',
      ],
    ],
    [{ readinessCheckResults: [{ ...pending, ready: true }] }, []],
    [
      { readinessCheckResults: [pending] },
      ["The readiness check 'ready' is not passed by 1 task; its responses are not kept."],
    ],
    [
      { readinessCheckResults: [pending, { ...pending, lastResponse: { status: 503, body: 'migrating' } }] },
      ["The readiness check 'ready' is not passed by 2 tasks; last response 503: migrating."],
    ],
    [
      { tasks: [{ id: 't', state: 'TASK_STAGING' }, running] },
      ['1 of 2 tasks not started so far: the agent fetches the image or starts it.'],
    ],
    [{ tasks: [running], healthChecks: [{}] }, ['1 of 1 task run without a result of the health check so far.']],
    [{ tasks: [running] }, []],
  ])('of %j says %j', (app, expected) => expect(reasons({ app: { value: appOf(app) } })).toEqual(expected));

  it('says that the app is gone', () =>
    expect(reasons({ app: { value: undefined } })).toEqual(['The app does not exist any more.']));

  it('cuts what is too long', () => {
    const app = appOf({ lastTaskFailure: { ...failure, message: 'x'.repeat(5000) } });
    expect(reasons({ app: { value: app } })[0]).toHaveLength(700);
  });
});

describe('what cannot be read', () => {
  it('is said, and the rest too', () =>
    expect(
      diagnose({
        app: { error: 'Marathon is away.' },
        queued: { error: 'refused' },
        stderr: { taskId: 't', lines: { error: 'Mesos is away.' } },
      }),
    ).toEqual({
      reasons: [
        'The launch queue could not be read: refused.',
        'The app could not be read: Marathon is away.',
        'stderr could not be read: Mesos is away.',
      ],
    }));

  it.each([
    [undefined, ['stderr could not be read: Mesos has forgotten task t or its files.']],
    [[], ['Task t wrote nothing to stderr.']],
  ])('is told from a file that is %j', (lines, expected) =>
    expect(diagnose({ ...nothing, stderr: { taskId: 't', lines: { value: lines } } })).toEqual({ reasons: expected }),
  );
});

describe('stderr', () => {
  const outputOf = (lines: readonly string[]) =>
    diagnose({ ...nothing, stderr: { taskId: 't', lines: { value: lines } } }).output;

  it('is shown as it is', () => expect(outputOf(['a', '', ' b`'])).toBe('a\n\n b`'));

  it('is cut to what a message holds: long lines at their end, then whole lines at the beginning', () => {
    const lines = Array.from({ length: 20 }, (_, index) => `${index} ${'x'.repeat(900)}`);
    const output = outputOf(lines) ?? '';
    expect(output.length).toBeLessThanOrEqual(3000);
    expect(output.split('\n').map((line) => line.split(' ')[0])).toEqual(['13', '14', '15', '16', '17', '18', '19']);
    expect(output.endsWith('…')).toBe(true);
  });
});
