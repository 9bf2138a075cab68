import type { JsonObject } from '../json';
import type { Problem } from '../blocks/check';
import { describeProblems } from '../blocks/validate-blocks';
import type { SocketDelivery } from '../deliveries/socket-delivery';
import type { Triggers } from '../triggers';
import type { Workspace } from '../workspace';

/** What a method may use. */
export type MethodContext = {
  readonly workspace: Workspace;
  readonly triggers: Triggers;
  readonly sockets: SocketDelivery;
  /** The emulator's own address, without a slash at the end. */
  readonly baseUrl: () => string;
};

/** A Web API method: arguments in, Slack's answer out (`{ok: false, error}` included). */
export type Method = (args: JsonObject, context: MethodContext) => JsonObject;

/** Slack's refusal. */
export function refuse(error: string, more: JsonObject = {}): JsonObject {
  return { ok: false, error, ...more };
}

/** Slack's refusal of blocks, or undefined when there is nothing to refuse. */
export function refuseBlocks(problems: readonly Problem[], error = 'invalid_blocks'): JsonObject | undefined {
  if (problems.length === 0) return undefined;
  const messages = describeProblems(problems);
  return refuse(error, { errors: messages, response_metadata: { messages } });
}
