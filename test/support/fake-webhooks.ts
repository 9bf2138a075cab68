import type { Clock } from '../../src/engine/clock';
import type { WebhookReply, WebhookRequest, Webhooks } from '../../src/http-client/webhooks';

type Run = { readonly key: string; readonly startedAt: number; state: 'passed' | 'failed' | 'canceled' };

/** A service on virtual time that is sent webhooks. */
export type FakeWebhooks = Webhooks & {
  /** How long what a POST starts takes, in milliseconds. */
  runMs: number;
  /** How that ends which is started from now on. */
  outcome: 'passed' | 'failed';
  /** How everything that was started stands, oldest first. */
  states(): readonly string[];
};

const reply = (body: unknown): WebhookReply => ({ status: 200, headers: {}, body });

/**
 * `POST` starts something, once for each Idempotency-Key, `GET` answers `{ state }` of the newest, and a `POST` to a URL that
 * ends in `/cancel` stops what runs. `point` is called before and after each request.
 */
export function createFakeWebhooks(clock: Clock, point: () => void = () => undefined): FakeWebhooks {
  const runs: Run[] = [];
  const stateOf = ({ startedAt, state }: Run) =>
    state === 'canceled' || clock.now() >= startedAt + fake.runMs ? state : 'running';
  const answer = ({ method, url, headers = {} }: WebhookRequest): WebhookReply => {
    const newest = runs.at(-1);
    if (method === 'GET') return reply({ state: newest === undefined ? 'unknown' : stateOf(newest) });
    if (url.endsWith('/cancel')) {
      for (const run of runs) if (stateOf(run) === 'running') run.state = 'canceled';
      return reply({});
    }
    const key = JSON.stringify(headers['Idempotency-Key']);
    if (!runs.some((run) => run.key === key)) runs.push({ key, startedAt: clock.now(), state: fake.outcome });
    return reply({});
  };
  const fake: FakeWebhooks = {
    runMs: 20_000,
    outcome: 'passed',
    states: () => runs.map(stateOf),
    send: async (request) => {
      await Promise.resolve();
      point();
      const answered = answer(request);
      point();
      return answered;
    },
  };
  return fake;
}
