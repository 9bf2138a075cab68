import { statSync } from 'node:fs';
import { systemClock } from '../engine/clock';
import { CoxswainError } from '../model/errors';
import { createHttpClient } from './create-http-client';
import type { HttpClient, HttpClientOptions } from './http-client';

/** How often a certificate file that was read is looked at again. */
const checkEveryMs = 5000;

type Built = { readonly client: HttpClient; readonly print: string };

/** What changes with the file; empty where there is none to follow. */
function fingerprint(file: string | undefined): string {
  if (file === undefined) return '';
  try {
    const { mtimeMs, size, ino } = statSync(file);
    return `${mtimeMs} ${size} ${ino}`;
  } catch (error) {
    return String(error);
  }
}

/** The file may be written any moment, so a task must ask again instead of failing. */
function asUnreachable(host: string, error: unknown): unknown {
  if (!(error instanceof CoxswainError) || error.fields.caFile === undefined) return error;
  const { message, fields, cause } = error;
  return new CoxswainError('UNREACHABLE', { message: `Cannot reach ${host}: ${message}`, fields, cause });
}

/**
 * An HTTP client that is built by its first call, and again when its `caFile` changed, which is looked for every 5 s at
 * most. Calls throw UNREACHABLE, naming the file, until it can be read for the first time; a file that cannot be read later
 * leaves what was read last. They throw INVALID_INPUT when `baseUrl` is no URL.
 */
export function followCaFile(options: HttpClientOptions): HttpClient {
  const { baseUrl, caFile, clock = systemClock } = options;
  const host = URL.canParse(baseUrl) ? new URL(baseUrl).host : baseUrl;
  let built: Built | undefined;
  let checkedAt = 0;

  const build = (print: string): HttpClient => {
    try {
      built = { client: createHttpClient(options), print };
    } catch (error) {
      if (built === undefined) throw asUnreachable(host, error);
    }
    return built.client;
  };
  const current = (): HttpClient => {
    const now = clock.now();
    // A clock that was set back must not put off the next look.
    if (built !== undefined && Math.abs(now - checkedAt) < checkEveryMs) return built.client;
    checkedAt = now;
    const print = fingerprint(caFile);
    return built?.print === print ? built.client : build(print);
  };
  return {
    host,
    request: async (request) => current().request(request),
    stream: async (path, wanted) => current().stream(path, wanted),
  };
}
