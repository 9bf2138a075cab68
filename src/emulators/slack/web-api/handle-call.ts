import type { Fault, Faults } from '../faults';
import type { EmulatorReply, EmulatorRequest } from '../http-exchange';
import { jsonReply } from '../http-exchange';
import type { JsonObject } from '../json';
import { methods } from './index';
import type { MethodContext } from './method';
import { refuse } from './method';
import { readArguments, readToken } from './read-arguments';

/** One Web API call as it was seen; tokens are left out. */
export type CallRecord = {
  readonly at: number;
  readonly method: string;
  readonly args: JsonObject;
  /** 'ok', Slack's error, or the fault that struck. */
  readonly outcome: string;
};

/** What answering a call needs beside the workspace. */
export type CallContext = MethodContext & {
  readonly faults: Faults;
  readonly botToken: string;
  readonly appToken: string | undefined;
  readonly record: (call: CallRecord) => void;
};

const cutReply: EmulatorReply = { status: 0, body: '', cut: true };

/** Answers a call of /api/<method>, faults included. */
export async function handleCall(
  method: string,
  request: EmulatorRequest,
  context: CallContext,
): Promise<EmulatorReply> {
  const { token, ...args } = readArguments(request);
  const fault = context.faults.strike(method);
  const record = (outcome: string) => context.record({ at: context.workspace.clock.now(), method, args, outcome });
  const early = fault === undefined ? undefined : replyInstead(fault);
  if (fault !== undefined && early !== undefined) {
    record(fault.kind);
    return early;
  }
  if (fault?.kind === 'slow')
    await new Promise<void>((resolve) => context.workspace.clock.after(fault.delayMs, () => resolve()));
  const answer = answerCall(method, args, readToken(request, { token }), context);
  const isLost = fault?.kind === 'lost_reply';
  record(isLost ? 'lost_reply' : answer.ok === true ? 'ok' : String(answer.error));
  return isLost ? cutReply : jsonReply(answer);
}

function replyInstead(fault: Fault): EmulatorReply | undefined {
  switch (fault.kind) {
    case 'down':
      return cutReply;
    case 'rate_limited':
      return jsonReply(refuse('ratelimited'), 429, { 'retry-after': String(fault.retryAfterSeconds) });
    case 'http_error':
      return { status: fault.status, headers: { 'content-type': 'text/plain' }, body: 'upstream error' };
    case 'error':
      return jsonReply(refuse(fault.error));
    case 'slow':
    case 'lost_reply':
      return undefined;
  }
}

function answerCall(method: string, args: JsonObject, token: string | undefined, context: CallContext): JsonObject {
  const run = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (run === undefined) return refuse('unknown_method', { req_method: method });
  if (method === 'api.test') return run(args, context);
  if (token === undefined) return refuse('not_authed');
  if (method === 'apps.connections.open') {
    if (token === context.botToken) return refuse('not_allowed_token_type');
    return token === context.appToken ? run(args, context) : refuse('invalid_auth');
  }
  return token === context.botToken ? run(args, context) : refuse('invalid_auth');
}
