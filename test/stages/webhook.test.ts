import { createExecutorHandlers, executionRenderer } from '../../src/app';
import { executionKind } from '../../src/engine/document-kinds';
import { applySignal, type Signal } from '../../src/engine/signals';
import { createWebhooks } from '../../src/http-client/webhooks';
import type { Execution, StageContext } from '../../src/model/execution';
import { plainText } from '../../src/model/text';
import { createCrashPoints } from '../support/crash-points';
import { buildPipeline, drive, stageOf, statuses } from '../support/engine-kit';
import { createFakeServerGroups } from '../support/fake-server-groups';
import { fetchNothing } from '../support/fetch-nothing';
import { createManualClock } from '../support/manual-clock';
import { createMemoryStore } from '../support/memory-store';
import { noJobs } from '../support/no-jobs';
import { inTurn, says, startWebhookServer, type Answering, type WebhookServer } from '../support/webhook-server';

const cancel = { type: 'cancel', user: 'U0BOB' } as const;
const retry = { type: 'retryStage', stageId: '1', user: 'U0BOB' } as const;
const servers: WebhookServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

/** The executor on virtual time beside a real server, which may stop at some of its writes and requests. */
async function createBench(answer: Answering, points: readonly number[] = []) {
  const server = await startWebhookServer(answer);
  servers.push(server);
  const clock = createManualClock();
  const store = createMemoryStore(() => clock.now());
  const crashes = createCrashPoints(new Set(points));
  // On real time: a server that is there answers before a manual clock could say that it is late.
  const webhooks = createWebhooks({ allowedHosts: ['127.0.0.1'], secret: (name) => `the value of ${name}` });
  const handlers = createExecutorHandlers({
    fetchText: fetchNothing,
    jobs: noJobs,
    webhooks: {
      send: async (...call) => {
        crashes.point();
        const reply = await webhooks.send(...call);
        crashes.point();
        return reply;
      },
    },
    store: crashes.wrap(store),
    clock,
    newId: () => 'N1',
    teamId: 'T1',
    definitions: () => ({ applications: new Map(), clusters: new Map() }),
    serverGroups: createFakeServerGroups(clock),
    onError: () => undefined,
  });
  const handle = (document: Execution, owner: string) => {
    crashes.boot();
    return handlers.execution({ kind: 'execution', id: document.id, version: 0, document }, owner);
  };
  const go = (maxMs = 12 * 3_600_000) => drive({ store, clock, id: 'E1', handle, maxMs });
  return {
    clock,
    server,
    passed: crashes.passed,
    go,
    /** The server's requests as `METHOD /path`. */
    requests: () => server.received.map(({ method, url }) => `${method} ${url}`),
    run: async (context: StageContext = {}, maxMs?: number) => {
      const steps = [{ ref: '1', type: 'webhook', context: { url: server.url('/hook'), ...context } }];
      const execution = buildPipeline(steps);
      await store.create(executionKind, execution.id, execution, { due: clock.now() });
      return go(maxMs);
    },
    signal: (signal: Signal) =>
      store.update(executionKind, 'E1', (now) => applySignal(now, signal, clock.now()).execution, {
        due: () => clock.now(),
      }),
  };
}

const webhookOf = (execution: Execution) => stageOf(execution, '1').context.webhook as Record<string, unknown>;
const failureOf = (execution: Execution) => stageOf(execution, '1').failure;
const monitored = {
  waitForCompletion: true,
  statusJsonPath: '$.status',
  successStatuses: 'done',
  terminalStatuses: 'failed',
  canceledStatuses: 'canceled',
};
const took = ({ startTime = 0, endTime = 0 }: Execution) => endTime - startTime;

describe('a webhook', () => {
  it('is sent once, and what came back stands in the context under the names of Spinnaker', async () => {
    const { run, server } = await createBench(says(201, { id: 7 }, { 'X-Build': 'b7' }));
    const done = await run({ payload: { a: 1 }, customHeaders: { 'X-Team': 'foo' } });
    expect(done.status).toBe('SUCCEEDED');
    expect(server.received).toMatchObject([
      { method: 'POST', url: '/hook', body: '{"a":1}', headers: { 'x-team': 'foo' } },
    ]);
    expect(webhookOf(done)).toMatchObject({
      statusCode: 'CREATED',
      statusCodeValue: 201,
      body: { id: 7 },
      headers: { 'x-build': 'b7' },
    });
    expect(stageOf(done, '1').tasks.map(({ name }) => name)).toEqual(['createWebhook']);
    expect(stageOf(done, '1').outputs).toEqual({});
  });

  it('carries the key of its effect, or its own', async () => {
    const { run, server, signal, go } = await createBench(inTurn(says(400), says(200)));
    await run();
    await signal(retry);
    await go();
    expect(server.received.map(({ headers }) => headers['idempotency-key'])).toEqual(['E1/1/1', 'E1/1/2']);
    const other = await createBench(says(200));
    await other.run({ customHeaders: { 'idempotency-key': 'mine' } });
    expect(other.server.received[0]?.headers['idempotency-key']).toBe('mine');
  });

  it('keeps no secret of its environment', async () => {
    const { run, server } = await createBench((request, reply) =>
      says(200, { got: request.headers })(request, reply, 0),
    );
    const done = await run({ customHeaders: { 'X-Key': { env: 'WEBHOOK_SECRET_CI' } } });
    expect(server.received[0]?.headers['x-key']).toBe('the value of WEBHOOK_SECRET_CI');
    expect(JSON.stringify(done)).not.toContain('the value of');
    expect(webhookOf(done).body).toMatchObject({ got: { 'x-key': '[secret]' } });
  });

  it('keeps the beginning of a body that is long, and says so', async () => {
    const { run } = await createBench(says(200, { text: 'x'.repeat(40_000), status: 'done' }));
    const done = await run();
    expect(String(webhookOf(done).body)).toHaveLength(4097);
    expect(webhookOf(done).bodyNote).toContain('The body has 40027 bytes');
    expect(JSON.stringify(done).length).toBeLessThan(20_000);
  });

  it.each([
    [{ method: 'TRACE' }, 'method'],
    [{ url: 'http://169.254.169.254/latest' }, 'only listed hosts can be sent to'],
    [{ url: 'ftp://x.example.com/' }, 'it is no http or https URL'],
  ])('with %j fails and sends nothing', async (context, message) => {
    const { run, server } = await createBench(says(200));
    const done = await run(context);
    expect(done.status).toBe('TERMINAL');
    expect(failureOf(done)?.message).toContain(message);
    expect(server.received).toEqual([]);
  });
});

describe('an answer that is not good', () => {
  it.each([
    [429, {}],
    [500, {}],
    [503, {}],
    [404, { webhookRetryStatusCodes: [404] }],
    [504, { failFastStatusCodes: [] }],
  ])('%i is followed by another try after 10 s, with the same key, where %j', async (status, context) => {
    const { run, server } = await createBench(inTurn(says(status), says(status), says(200)));
    const done = await run(context);
    expect([done.status, took(done)]).toEqual(['SUCCEEDED', 20_000]);
    expect(new Set(server.received.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  it.each([
    [400, {}, 'The webhook request failed: POST to 127.0.0.1'],
    [404, {}, 'was answered with status 404'],
    [302, {}, 'was answered with status 302'],
    [504, {}, 'which fails the stage at once'],
    [500, { failFastStatusCodes: [500] }, 'which fails the stage at once'],
  ])('%i ends it at once where %j', async (status, context, message) => {
    const { run, server } = await createBench(says(status, { why: 'no' }));
    const done = await run(context);
    expect(failureOf(done)).toMatchObject({
      code: 'WEBHOOK_FAILED',
      message: expect.stringContaining(message) as string,
    });
    expect(webhookOf(done)).toMatchObject({
      statusCodeValue: status,
      body: { why: 'no' },
      error: expect.stringContaining(message) as string,
    });
    expect(server.received).toHaveLength(1);
  });

  it('is asked for as often as its status may be', async () => {
    const { run, server } = await createBench(says(409));
    const done = await run({ retries: { 409: { maxAttempts: 3 } } });
    expect(server.received).toHaveLength(3);
    expect(failureOf(done)?.message).toContain('was answered with status 409, 3 times');
  });

  it('waits as long as the server asks', async () => {
    const { run } = await createBench(inTurn(says(429, '', { 'Retry-After': '40' }), says(200)));
    expect(took(await run())).toBe(40_000);
  });

  it('for 5 minutes ends it', async () => {
    const { run } = await createBench(says(500));
    const done = await run({ stageTimeoutMs: 3_600_000 });
    expect([failureOf(done)?.code, took(done)]).toEqual(['TASK_TIMEOUT', 300_000]);
  });

  it('that breaks off ends a POST, which may have arrived, and a PUT is sent again', async () => {
    const breaks: Answering = (_, reply) => void reply.socket?.destroy();
    const posted = await createBench(inTurn(breaks, says(200)));
    const done = await posted.run();
    expect(failureOf(done)).toMatchObject({ code: 'UNREACHABLE' });
    expect(failureOf(done)?.message).toContain('The request may have arrived, so it is not sent again by itself');
    const put = await createBench(inTurn(breaks, says(200)));
    expect((await put.run({ method: 'PUT' })).status).toBe('SUCCEEDED');
  });

  it('of a server that is not there is waited for', async () => {
    const { run, server } = await createBench(says(200));
    await server.stop();
    const waiting = await run({}, 60_000);
    expect(waiting.status).toBe('RUNNING');
    expect(stageOf(waiting, '1').context.progress).toContain('the connection was refused');
  });
});

describe('a webhook that is waited for', () => {
  const running = says(200, { status: 'running' });

  it.each<[string, StageContext, Answering, string]>([
    ['at its own URL', {}, says(200), 'GET /hook'],
    [
      'where the answer says',
      { statusUrlResolution: 'locationHeader' },
      says(202, '', { Location: '/builds/7' }),
      'GET /builds/7',
    ],
    [
      'where a path of the answer says',
      { statusUrlResolution: 'webhookResponse', statusUrlJsonPath: '$.links.self' },
      says(202, { links: { self: '/builds/8' } }),
      'GET /builds/8',
    ],
  ])('is asked for its status %s', async (_title, context, created, request) => {
    const { run, requests, server } = await createBench(inTurn(created, running, says(200, { status: 'DONE' })));
    const done = await run({ ...monitored, ...context });
    expect(done.status).toBe('SUCCEEDED');
    expect(requests()).toEqual(['POST /hook', request, request]);
    expect(webhookOf(done)).toMatchObject({
      statusEndpoint: server.url(request.replace('GET ', '')),
      monitor: { statusCode: 'OK', statusCodeValue: 200, body: { status: 'DONE' } },
    });
    expect(server.received[1]?.headers['idempotency-key']).toBeUndefined();
  });

  it.each<[StageContext, Answering, string]>([
    [{ statusUrlResolution: 'locationHeader' }, says(200), "The status URL couldn't be resolved"],
    [
      { statusUrlResolution: 'webhookResponse', statusUrlJsonPath: '$.x' },
      says(200, { y: 1 }),
      "JSON property '$.x' not found",
    ],
    [
      { statusUrlResolution: 'webhookResponse', statusUrlJsonPath: '$.x' },
      says(200, '<p>Hi</p>'),
      'the answer is not JSON',
    ],
    [
      { statusUrlResolution: 'webhookResponse', statusUrlJsonPath: '$.x' },
      says(200, { x: 5 }),
      "The status URL couldn't be resolved",
    ],
  ])('with %j fails where the answer does not say where', async (context, created, message) => {
    const { run } = await createBench(created);
    expect(failureOf(await run({ ...monitored, ...context }))?.message).toContain(message);
  });

  it('gets no secrets where an answer leads to another origin', async () => {
    const other = await startWebhookServer(says(200, { status: 'done' }));
    servers.push(other);
    const { run, server } = await createBench(says(200, { link: other.url('/status') }));
    const customHeaders = {
      Authorization: { env: 'WEBHOOK_SECRET_FOO' },
      'X-Plain': { env: 'WEBHOOK_SECRET_FOO' },
      'X-Team': 'foo',
    };
    const status = { statusUrlResolution: 'webhookResponse', statusUrlJsonPath: '$.link' };
    expect((await run({ ...monitored, ...status, customHeaders })).status).toBe('SUCCEEDED');
    expect(server.received[0]?.headers).toMatchObject({ authorization: 'the value of WEBHOOK_SECRET_FOO' });
    const { authorization, 'x-plain': plain, 'x-team': team } = other.received[0]?.headers ?? {};
    expect([authorization, plain, team]).toEqual([undefined, undefined, 'foo']);
  });

  it('may not lead where nobody may send', async () => {
    const { run, requests } = await createBench(says(202, '', { Location: 'http://169.254.169.254/latest' }));
    const done = await run({ ...monitored, statusUrlResolution: 'locationHeader' });
    expect(failureOf(done)).toMatchObject({ code: 'NOT_ALLOWED' });
    expect(requests()).toEqual(['POST /hook']);
  });

  it.each<[Answering, string, string | undefined]>([
    [says(200, { status: 'failed' }), 'TERMINAL', 'says that it is failed'],
    [says(200, { status: 'canceled' }), 'CANCELED', 'says that it is canceled'],
    [
      says(200, { other: 1 }),
      'TERMINAL',
      "Unable to parse status: JSON property '$.status' not found in response body",
    ],
    [says(200, '<p>Sign in</p>'), 'TERMINAL', 'the answer is not JSON'],
    [says(404), 'TERMINAL', 'answered with status 404'],
    [says(504), 'TERMINAL', 'answered with status 504'],
    [says(200, 'x'.repeat(1_100_000)), 'TERMINAL', 'it is longer than 1048576 bytes'],
    [says(302, '', { Location: '/hook' }), 'TERMINAL', 'it redirects more than 3 times'],
  ])('ends as the answer tells', async (answer, status, message) => {
    const { run } = await createBench(inTurn(says(200), answer));
    const done = await run(monitored);
    expect([stageOf(done, '1').status, failureOf(done)?.message]).toEqual([
      status,
      expect.stringContaining(message ?? ''),
    ]);
  });

  it.each<[Answering, StageContext]>([
    [says(500), {}],
    [says(429), {}],
    [says(404), { retryStatusCodes: [404] }],
    [(_, reply) => void reply.socket?.destroy(), {}],
  ])('goes on after what may pass', async (answer, context) => {
    const { run } = await createBench(inTurn(says(200), answer, says(200, { status: 'done' })));
    expect((await run({ ...monitored, ...context })).status).toBe('SUCCEEDED');
  });

  it('without a path for its status ends with the first good answer', async () => {
    const { run, requests } = await createBench(inTurn(says(200), says(503), says(204)));
    expect((await run({ waitForCompletion: true })).status).toBe('SUCCEEDED');
    expect(requests()).toHaveLength(3);
  });

  it('shows its progress', async () => {
    const { run } = await createBench(inTurn(says(200), says(200, { status: 42, note: 'half way' })));
    const shown = (one: Execution) => executionRenderer.live(one).steps?.map(({ detail }) => plainText(detail ?? ''));
    const done = await run({ ...monitored, progressJsonPath: '$.note' }, 5000);
    expect(shown(done)).toEqual(['half way']);
    expect(webhookOf(done).monitor).toMatchObject({ percentComplete: 42, progressMessage: 'half way' });
    const other = await createBench(inTurn(says(200), says(200, { status: 42 })));
    expect(shown(await other.run(monitored, 5000))).toEqual(['42 %']);
  });

  it('is asked every second, after a minute every 15 s, for an hour', async () => {
    const { run, requests } = await createBench(inTurn(says(200), running));
    const done = await run(monitored);
    expect([failureOf(done)?.code, took(done)]).toEqual(['TASK_TIMEOUT', 3_600_000]);
    expect(requests().length).toBeGreaterThan(290);
    expect(requests().length).toBeLessThan(305);
  });

  it('ends when its own time is over', async () => {
    const { run } = await createBench(inTurn(says(200), running));
    expect(took(await run({ ...monitored, stageTimeoutMs: 30_000 }))).toBe(30_000);
  });

  it('waits first where it is told to', async () => {
    const { run, requests } = await createBench(inTurn(says(200), says(200, { status: 'done' })));
    const early = await run({ ...monitored, waitBeforeMonitor: 120 }, 119_000);
    expect([early.status, requests()]).toEqual(['RUNNING', ['POST /hook']]);
  });

  it('is only asked for its status where it is to send nothing', async () => {
    const { run, requests } = await createBench(inTurn(running, says(200, { status: 'done' })));
    const done = await run({ ...monitored, monitorOnly: true });
    expect([done.status, requests()]).toEqual(['SUCCEEDED', ['GET /hook', 'GET /hook']]);
  });
});

describe('a cancel', () => {
  const callOff = { cancelMethod: 'DELETE', cancelPayload: { why: 'canceled' }, customHeaders: { 'X-Team': 'foo' } };
  const running: Answering = (request, reply, count) =>
    says(request.url === '/cancel' ? 204 : 200, { status: 'running' })(request, reply, count);

  it('calls off what was started', async () => {
    const { run, signal, go, server } = await createBench(running);
    await run({ ...monitored, ...callOff, cancelEndpoint: server.url('/cancel') }, 5000);
    await signal(cancel);
    const done = await go();
    expect(done.status).toBe('CANCELED');
    expect(server.received.at(-1)).toMatchObject({
      method: 'DELETE',
      url: '/cancel',
      body: '{"why":"canceled"}',
      headers: { 'x-team': 'foo' },
    });
    expect(server.received.filter(({ url }) => url === '/cancel')).toHaveLength(1);
  });

  it('calls nothing off where there is no way to, or the end was seen', async () => {
    const bare = await createBench(running);
    await bare.run(monitored, 5000);
    await bare.signal(cancel);
    expect((await bare.go()).status).toBe('CANCELED');
    const failing = await createBench(inTurn(says(200), says(200, { status: 'failed' })));
    const done = await failing.run({ ...monitored, ...callOff, cancelEndpoint: failing.server.url('/cancel') });
    expect([statuses(done), failing.requests()]).toEqual([['1 TERMINAL'], ['POST /hook', 'GET /hook']]);
  });

  it('is what running out of time leads to as well', async () => {
    const { run, requests, server } = await createBench(running);
    await run({ ...monitored, ...callOff, cancelEndpoint: server.url('/cancel'), stageTimeoutMs: 10_000 });
    expect(requests().at(-1)).toBe('DELETE /cancel');
  });

  it('is what running out of time leads to where the failure is ignored', async () => {
    const { run, requests, server } = await createBench(running);
    const ignored = { continuePipeline: true, failPipeline: false, stageTimeoutMs: 10_000 };
    const done = await run({ ...monitored, ...callOff, ...ignored, cancelEndpoint: server.url('/cancel') });
    expect([done.status, requests().at(-1)]).toEqual(['SUCCEEDED', 'DELETE /cancel']);
  });

  it('is what a POST leads to that may have arrived', async () => {
    const breaks: Answering = (_, reply) => void reply.socket?.destroy();
    const { run, requests, server } = await createBench(inTurn(breaks, says(204)));
    await run({ ...callOff, cancelEndpoint: server.url('/cancel') });
    expect(requests()).toEqual(['POST /hook', 'DELETE /cancel']);
  });

  it.each([
    [inTurn(says(503), says(200)), 'CANCELED', 2],
    [says(404), 'CANCELED', 1],
    [says(410), 'CANCELED', 1],
    [says(400), 'TERMINAL', 1],
  ])('that is answered badly is sent again, or is told', async (answer, status, times) => {
    const { run, signal, go, server } = await createBench(running);
    await run({ ...monitored, ...callOff, cancelEndpoint: server.url('/cancel') }, 5000);
    server.answer(answer);
    await signal(cancel);
    const done = await go();
    expect(done.stages.at(-1)?.status).toBe(status === 'CANCELED' ? 'SUCCEEDED' : 'TERMINAL');
    expect(server.received.filter(({ url }) => url === '/cancel')).toHaveLength(times);
  });
});

describe('a retry', () => {
  it('sends anew and forgets what came of the first', async () => {
    const { run, signal, go, requests } = await createBench(
      inTurn(
        says(200, { first: 1 }),
        says(200, { status: 'failed' }),
        says(200, { second: 1 }),
        says(200, { status: 'done' }),
      ),
    );
    await run(monitored);
    await signal(retry);
    const done = await go();
    expect(done.status).toBe('SUCCEEDED');
    expect(requests()).toHaveLength(4);
    expect(webhookOf(done)).toMatchObject({ body: { second: 1 }, monitor: { body: { status: 'done' } } });
    expect(webhookOf(done).error).toBeUndefined();
  });
});

describe('wherever its process crashes', () => {
  const answer = (): Answering => {
    let polls = 0;
    return (request, reply, count) => {
      if (request.method === 'GET') polls += 1;
      says(200, { status: polls > 2 ? 'done' : 'running' })(request, reply, count);
    };
  };

  it('a webhook comes to its end, sent twice at most and always with the same key', async () => {
    const runWith = async (points: readonly number[]) => {
      const { run, server, passed } = await createBench(answer(), points);
      const done = await run(monitored);
      const posts = server.received.filter(({ method }) => method === 'POST');
      const keys = [...new Set(posts.map(({ headers }) => headers['idempotency-key']))];
      return { end: [stageOf(done, '1').status, ...keys], posts: posts.length, passed: passed() };
    };
    const whole = await runWith([]);
    expect([whole.posts, whole.end]).toEqual([1, ['SUCCEEDED', 'E1/1/1']]);
    let repeated = 0;
    for (let point = 1; point <= whole.passed; point += 1) {
      const { end, posts } = await runWith([point]);
      expect([point, ...end]).toEqual([point, ...whole.end]);
      expect(posts).toBeLessThanOrEqual(2);
      repeated += posts - 1;
    }
    expect(repeated).toBeGreaterThan(0);
  }, 60_000);

  it('a cancel calls off whatever may have been sent', async () => {
    const runWith = async (points: readonly number[]) => {
      const { run, server, signal, go, passed } = await createBench(says(200, { status: 'running' }), points);
      await run({ ...monitored, cancelEndpoint: server.url('/cancel') }, 4000);
      await signal(cancel);
      const done = await go();
      const isOff = server.received.length === 0 || server.received.at(-1)?.url === '/cancel';
      return { end: [done.status, isOff], passed: passed() };
    };
    const whole = await runWith([]);
    expect(whole.passed).toBeGreaterThan(10);
    for (let point = 1; point <= whole.passed; point += 1) {
      expect([point, ...(await runWith([point])).end]).toEqual([point, 'CANCELED', true]);
    }
  }, 60_000);
});
