import type { EmulatorRequest } from '../http-exchange';
import type { JsonObject } from '../json';
import { asFilledText, asObject, parseJson } from '../json';

/** Arguments that a form carries as JSON text. */
const structured = new Set(['blocks', 'attachments', 'metadata', 'view']);

/** The arguments of a Web API call: query, form or JSON body together; an empty structured argument counts as absent. */
export function readArguments(request: EmulatorRequest): JsonObject {
  const isJson = request.headers['content-type']?.startsWith('application/json') ?? false;
  const body = isJson
    ? (asObject(parseJson(request.body)) ?? {})
    : Object.fromEntries(new URLSearchParams(request.body));
  const all = { ...Object.fromEntries(request.query), ...body };
  return Object.fromEntries(
    Object.entries(all)
      .map(([name, value]) => [name, readValue(name, value)] as const)
      .filter(([, value]) => value !== undefined && value !== null),
  );
}

function readValue(name: string, value: unknown): unknown {
  if (!structured.has(name) || typeof value !== 'string') return value;
  return asFilledText(value) === undefined ? undefined : (parseJson(value) ?? value);
}

/** The token of a call, from its header or its arguments. */
export function readToken(request: EmulatorRequest, args: JsonObject): string | undefined {
  const header = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return header ?? asFilledText(args.token);
}
