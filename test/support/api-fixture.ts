import type { Clock } from '../../src/engine/clock';
import { createLocalApi, type LocalApiOptions } from '../../src/api/create-local-api';
import { hashToken, tokenKind } from '../../src/api/login-token';
import type { Execution } from '../../src/model/execution';
import type { View } from '../../src/model/view';
import { createApiStore } from './api-store';

/** The token of the fixture's user, and who that is. */
export const testToken = 'token-of-a-test-0123456789';
export const testUser = 'U0ALICE';

/** A clock whose waits end at once, moving time by what they would have taken. */
export function createHurryingClock(startAt = Date.UTC(2026, 0, 1)): Clock & { readonly skip: (ms: number) => void } {
  let now = startAt;
  return {
    now: () => now,
    skip: (ms) => {
      now += ms;
    },
    after: (delayMs, callback) => {
      const at = now + delayMs;
      const handle = setImmediate(() => {
        now = Math.max(now, at);
        callback();
      });
      return () => clearImmediate(handle);
    },
  };
}

/** An execution of `foo` to prod that runs; `fields` replaces what matters to a test. */
export const buildExecution = (fields: Partial<Execution> = {}): Execution => ({
  schema: 2,
  teamId: 'T1',
  id: 'E1',
  type: 'PIPELINE',
  application: 'foo',
  name: 'deploy foo 1.1 to prod',
  status: 'RUNNING',
  buildTime: 0,
  trigger: { type: 'manual', user: testUser, parameters: {}, correlationId: 'C1' },
  stages: [],
  definition: {
    kind: 'deploy',
    environment: 'prod',
    cluster: 'foo-prod',
    regions: ['demo/default'],
    policy: { deployers: [], approvers: { groups: [], anyone: true, count: 1, excludeRequester: false } },
    notify: { channel: [], requester: [] },
  },
  events: [],
  ...fields,
});

/** A judgment that waits, as a stage. */
export const buildJudgment = (id: string, name: string): Execution['stages'][number] => ({
  id,
  refId: id,
  type: 'manualJudgment',
  name,
  status: 'RUNNING',
  requisiteStageRefIds: [],
  context: {},
  outputs: {},
  tasks: [],
  planned: { before: true, after: false, onFailure: false },
  attempt: 1,
});

/** A local API that listens, with a hurrying clock, its store, and one user logged in. */
export async function startApiFixture(options: Partial<LocalApiOptions> = {}) {
  const store = createApiStore();
  const clock = createHurryingClock();
  let count = 0;
  const api = createLocalApi({
    store,
    clock,
    newId: () => `ID${String((count += 1)).padStart(3, '0')}`,
    teamId: 'T1',
    hint: () => undefined,
    renderExecution: (execution): View => ({ headline: `${execution.name}: ${execution.status}`, tone: 'running' }),
    health: () => ({ status: 'ok' }),
    port: 0,
    ...options,
  });
  await store.create(tokenKind, hashToken(testToken), {
    schema: 1,
    teamId: 'T1',
    code: 'TESTCODE',
    createdAt: 0,
    state: 'active',
    user: testUser,
    activatedAt: 0,
  });
  const { url } = await api.start();
  return { store, clock, api, url };
}

/** Sends JSON and reads JSON; `token` null sends none. */
export async function askApi(
  url: string,
  path: string,
  body?: unknown,
  token: string | null = testToken,
): Promise<{ readonly status: number; readonly json: unknown }> {
  const response = await fetch(url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, json: await response.json() };
}
