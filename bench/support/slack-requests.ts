import { createHmac } from 'node:crypto';
import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';

/** The secret every bench process signs and verifies with. */
export const signingSecret = 'bench-signing-secret';

/** A request as Slack would send it. */
export type SignedRequest = { readonly body: string; readonly headers: Readonly<Record<string, string | number>> };

function sign(body: string): SignedRequest {
  const timestamp = Math.floor(Date.now() / 1000);
  const hash = createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
  return {
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': Buffer.byteLength(body),
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${hash}`,
    },
  };
}

/** A slash command; `triggerId` makes it one of its kind. */
export function slashCommand(command: string, text: string, triggerId: string): SignedRequest {
  const fields = { command, text, team_id: 'T0BENCH', channel_id: 'C0BENCH', user_id: 'U0BENCH' };
  return sign(new URLSearchParams({ ...fields, trigger_id: triggerId }).toString());
}

/** A click on the approve button of an execution's judgment. */
export function approveClick(executionId: string, stageId: string, triggerId: string): SignedRequest {
  const value = JSON.stringify({ n: 'approve', t: { kind: 'execution', id: executionId, stageId } });
  const payload = {
    type: 'block_actions',
    team: { id: 'T0BENCH' },
    user: { id: 'U0BENCH', team_id: 'T0BENCH' },
    container: { type: 'message', message_ts: '1.2', channel_id: 'C0BENCH' },
    channel: { id: 'C0BENCH' },
    trigger_id: triggerId,
    actions: [{ type: 'button', block_id: 'b', action_id: 'choice:approve', value }],
  };
  return sign(new URLSearchParams({ payload: JSON.stringify(payload) }).toString());
}

/** Sends requests over kept connections; `close` ends those. */
export function createSender() {
  const agent = new Agent({ keepAlive: true, maxSockets: 128 });
  const post = (url: string, signed: SignedRequest): Promise<void> =>
    new Promise((resolve, reject) => {
      const sent = request(url, { agent, method: 'POST', headers: signed.headers }, (response) => {
        response.resume();
        response.once('end', () => {
          if (response.statusCode === 200) resolve();
          else reject(new Error(`The acknowledgement of ${url} had status ${response.statusCode}, not 200.`));
        });
      });
      sent.once('error', reject);
      sent.end(signed.body);
    });
  return { post, close: () => agent.destroy() };
}

/**
 * Sends the requests one every `1000 / perSecond` ms, however slow the answers are, and answers each one's latency in ms
 * from the time it was due: a stall counts for every request that it held up.
 */
export async function openLoop(
  requests: readonly SignedRequest[],
  perSecond: number,
  post: (signed: SignedRequest) => Promise<void>,
): Promise<readonly number[]> {
  const startAt = performance.now() + 20;
  const dueOf = (position: number) => startAt + (position * 1000) / perSecond;
  const latencies: Promise<number>[] = [];
  await new Promise<void>((resolve) => {
    const tick = () => {
      for (;;) {
        const position = latencies.length;
        const next = requests[position];
        if (next === undefined) {
          resolve();
          return;
        }
        const due = dueOf(position);
        const early = due - performance.now();
        if (early > 0) {
          setTimeout(tick, early);
          return;
        }
        latencies.push(post(next).then(() => performance.now() - due));
      }
    };
    tick();
  });
  return Promise.all(latencies);
}
