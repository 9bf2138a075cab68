import { JsonPathError, readJsonPath } from '../../engine/json-path';
import type { WebhookConfig } from './webhook-config';

/** What an HTTP status means: what was asked for was done, is to be asked for again, or never will be. */
export type HttpVerdict = 'good' | 'again' | 'failFast' | 'bad';

type Codes = Pick<WebhookConfig, 'failFastStatusCodes'> & { readonly again: readonly number[] };

/** 2xx and 303 are good; 429, 5xx and the codes in `again` may change; the codes that fail fast win over them. */
export function judgeHttp(status: number, { failFastStatusCodes, again }: Codes): HttpVerdict {
  const failFast = failFastStatusCodes ?? [504].filter((code) => !again.includes(code));
  if (failFast.includes(status)) return 'failFast';
  if (again.includes(status)) return 'again';
  if ((status >= 200 && status <= 299) || status === 303) return 'good';
  return status === 429 || status >= 500 ? 'again' : 'bad';
}

/** How what is monitored is doing, as an answer tells. `problem`: the answer does not tell. */
export type Progress =
  | {
      readonly state: 'SUCCEEDED' | 'CANCELED' | 'TERMINAL' | 'RUNNING';
      readonly status?: string;
      readonly percentComplete?: number;
    }
  | { readonly problem: string };

type Found = { readonly value: unknown } | { readonly problem: string };

/** The one value that a path finds. */
export function readOne(what: string, path: string, body: unknown): Found {
  if (typeof body !== 'object' || body === null) return { problem: `Unable to parse ${what}: the answer is not JSON` };
  try {
    const [value, second] = readJsonPath(path, body);
    if (value === undefined)
      return { problem: `Unable to parse ${what}: JSON property '${path}' not found in response body` };
    return second === undefined ? { value } : { problem: `The json path '${path}' did not resolve to a single value` };
  } catch (error) {
    if (error instanceof JsonPathError) return { problem: `Unable to parse ${what}: ${error.message}` };
    throw error;
  }
}

const listed = (statuses: string): readonly string[] =>
  statuses.split(',').map((status) => status.trim().toUpperCase());

type Statuses = Pick<WebhookConfig, 'successStatuses' | 'canceledStatuses' | 'terminalStatuses'>;

/** What a status stands for, upper-cased; one that is on several lists counts as the worst of them. */
function stateOf(status: string, { successStatuses, canceledStatuses, terminalStatuses }: Statuses) {
  const name = status.trim().toUpperCase();
  if (name === '') return 'RUNNING' as const;
  if (listed(terminalStatuses).includes(name)) return 'TERMINAL' as const;
  if (listed(canceledStatuses).includes(name)) return 'CANCELED' as const;
  return listed(successStatuses).includes(name) ? ('SUCCEEDED' as const) : ('RUNNING' as const);
}

/** Reads the status out of a good answer: a number is done at exactly 100, a word as the lists say, others are waited on. */
export function readProgress(body: unknown, config: Statuses & Pick<WebhookConfig, 'statusJsonPath'>): Progress {
  const path = config.statusJsonPath.trim();
  if (path === '') return { state: 'SUCCEEDED' };
  const found = readOne('status', path, body);
  if ('problem' in found) return found;
  const { value } = found;
  if (typeof value === 'number') return { state: value === 100 ? 'SUCCEEDED' : 'RUNNING', percentComplete: value };
  if (typeof value === 'string' || typeof value === 'boolean')
    return { state: stateOf(String(value), config), status: String(value) };
  return { problem: `The json path '${path}' did not resolve to a single value` };
}
