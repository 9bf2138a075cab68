import type { IncomingMessage } from 'node:http';
import { ApiError } from './api-error';
import type { ApiContext } from './api-route';
import { hashToken, isExpired, tokenKind } from './login-token';

const unauthorized = (message: string) => new ApiError(401, 'UNAUTHORIZED', message);

/** The Slack user whose token a request carries; throws 401 saying how to get one. */
export async function authenticate(context: ApiContext, request: IncomingMessage): Promise<string> {
  const token = /^Bearer ([\x21-\x7e]{1,512})$/.exec(request.headers.authorization ?? '')?.[1];
  const refuse = (why: string) => {
    const address = request.socket.remoteAddress ?? 'nowhere';
    const what = `${request.method ?? 'A request'} to the local API`;
    context.onRefused?.({ action: 'unknownToken', address, what, why, from: { surface: 'cli' } });
  };
  if (token === undefined) {
    refuse('It has no token.');
    throw unauthorized('Send your token as `Authorization: Bearer …`; `coxswain login` gets one.');
  }
  const found = await context.store.get(tokenKind, hashToken(token));
  const known = found?.document;
  if (known?.teamId !== context.teamId || isExpired(known, context.clock.now())) {
    refuse('Its token is not known, or no longer.');
    throw unauthorized('This token is not known here. Run `coxswain login` again.');
  }
  if (known.state === 'pending') {
    throw unauthorized(`This token waits for its owner. Type \`/cox login ${known.code}\` in Slack.`);
  }
  return known.user;
}
