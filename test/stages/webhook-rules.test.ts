import { judgeHttp, readProgress } from '../../src/stages/webhook/judge-reply';
import { webhookConfig } from '../../src/stages/webhook/webhook-config';

describe('an HTTP status', () => {
  it.each<[number, readonly number[] | undefined, readonly number[], string]>([
    [200, undefined, [], 'good'],
    [201, undefined, [], 'good'],
    [204, undefined, [], 'good'],
    [303, undefined, [], 'good'],
    [301, undefined, [], 'bad'],
    [302, undefined, [], 'bad'],
    [400, undefined, [], 'bad'],
    [401, undefined, [], 'bad'],
    [404, undefined, [], 'bad'],
    [404, undefined, [404], 'again'],
    [409, undefined, [404], 'bad'],
    [429, undefined, [], 'again'],
    [500, undefined, [], 'again'],
    [503, undefined, [], 'again'],
    [504, undefined, [], 'failFast'],
    [504, [], [], 'again'],
    [504, undefined, [504], 'again'],
    [504, [504], [504], 'failFast'],
    [503, [503], [], 'failFast'],
    [503, [500, 503], [], 'failFast'],
    [504, [503], [], 'again'],
    [404, [404], [404], 'failFast'],
    [200, undefined, [200], 'again'],
  ])('%i with fail-fast %j and retry %j is %s', (status, failFast, again, verdict) => {
    const failFastStatusCodes = failFast === undefined ? undefined : [...failFast];
    expect(judgeHttp(status, { failFastStatusCodes, again })).toBe(verdict);
  });
});

describe('a status in an answer', () => {
  const lists = {
    statusJsonPath: '$.s',
    successStatuses: 'DONE, ok',
    canceledStatuses: 'gone',
    terminalStatuses: 'Bad,worse',
  };

  it.each<[unknown, string]>([
    ['DONE', 'SUCCEEDED'],
    ['done', 'SUCCEEDED'],
    ['OK', 'SUCCEEDED'],
    [' ok ', 'SUCCEEDED'],
    ['Gone', 'CANCELED'],
    ['BAD', 'TERMINAL'],
    ['worse', 'TERMINAL'],
    ['running', 'RUNNING'],
    ['DONE,ok', 'RUNNING'],
    ['', 'RUNNING'],
    ['100', 'RUNNING'],
    [100, 'SUCCEEDED'],
    [99, 'RUNNING'],
    [99.9, 'RUNNING'],
    [100.1, 'RUNNING'],
    [101, 'RUNNING'],
    [0, 'RUNNING'],
    [true, 'RUNNING'],
  ])('%j is %s', (s, state) => expect(readProgress({ s }, lists)).toMatchObject({ state }));

  it.each<[unknown, Partial<typeof lists>, unknown]>([
    ['anything', { statusJsonPath: '' }, { state: 'SUCCEEDED' }],
    [{ s: true }, { successStatuses: 'true' }, { state: 'SUCCEEDED', status: 'true' }],
    [{ s: 'x' }, { successStatuses: 'x', terminalStatuses: 'X' }, { state: 'TERMINAL', status: 'x' }],
    [{ s: '' }, { successStatuses: '' }, { state: 'RUNNING', status: '' }],
    [{ s: 42 }, {}, { state: 'RUNNING', percentComplete: 42 }],
    [{ s: { a: 1 } }, {}, { problem: "The json path '$.s' did not resolve to a single value" }],
    [{ s: null }, {}, { problem: "The json path '$.s' did not resolve to a single value" }],
    [{ s: ['x'] }, { statusJsonPath: '$.s' }, { problem: "The json path '$.s' did not resolve to a single value" }],
    [
      { s: ['x', 'y'] },
      { statusJsonPath: '$.s[*]' },
      { problem: "The json path '$.s[*]' did not resolve to a single value" },
    ],
    [{}, {}, { problem: "Unable to parse status: JSON property '$.s' not found in response body" }],
    ['<p>Sign in</p>', {}, { problem: 'Unable to parse status: the answer is not JSON' }],
    [undefined, {}, { problem: 'Unable to parse status: the answer is not JSON' }],
    [
      { jobs: [{ n: 'a', s: 'ok' }] },
      { statusJsonPath: "$.jobs[?(@.n == 'a')].s" },
      { state: 'SUCCEEDED', status: 'ok' },
    ],
  ])('%j with %j is %j', (body, over, progress) => expect(readProgress(body, { ...lists, ...over })).toEqual(progress));
});

describe('what a webhook stage accepts', () => {
  const base = { url: 'https://hooks.example.com/' };
  const parsed = (over: object) => webhookConfig.safeParse({ ...base, ...over });

  it.each([
    [{}, { method: 'POST', waitForCompletion: false, statusUrlResolution: 'getMethod', waitBeforeMonitor: 0 }],
    [{ method: 'put' }, { method: 'PUT' }],
    [
      { waitForCompletion: 'true', waitBeforeMonitor: '30' },
      { waitForCompletion: true, waitBeforeMonitor: 30 },
    ],
    [{ waitBeforeMonitor: '' }, { waitBeforeMonitor: 0 }],
    [{ failFastStatusCodes: ['500', 502] }, { failFastStatusCodes: [500, 502] }],
    [{ retryStatusCodes: '404, 409' }, { retryStatusCodes: [404, 409] }],
    [{ customHeaders: { A: 1, B: ['x', 'y'] } }, { customHeaders: { A: '1', B: 'x, y' } }],
    [{ customHeaders: null }, { customHeaders: {} }],
    [{ retries: { 404: { maxAttempts: '3' } } }, { retries: { 404: { maxAttempts: 3 } } }],
  ])('of %j is %j', (over, config) => expect(parsed(over).data).toMatchObject(config));

  it.each([
    [{ url: '' }, 'url'],
    [{ method: 'TRACE' }, 'method'],
    [{ statusJsonPath: '$.a[' }, 'statusJsonPath'],
    [{ retryStatusCodes: [42] }, 'retryStatusCodes.0'],
    [{ retries: { many: { maxAttempts: 1 } } }, 'retries.many'],
    [{ customHeaders: { Host: 'x' } }, 'customHeaders.Host'],
    [{ customHeaders: { 'a b': 'x' } }, 'customHeaders.a b'],
    [{ customHeaders: { A: 'x\r\nB: y' } }, 'customHeaders.A'],
    [{ customHeaders: { A: { env: 'SLACK_BOT_TOKEN' } } }, 'customHeaders.A'],
    [{ monitorOnly: true }, 'monitorOnly'],
    [{ waitForCompletion: true, statusUrlResolution: 'webhookResponse' }, 'statusUrlJsonPath'],
  ])('is not %j', (over, path) =>
    expect(parsed(over).error?.issues.map((issue) => issue.path.join('.').slice(0, path.length))).toContain(path),
  );
});
