import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { connect } from 'node:net';
import { spawn } from 'node:child_process';
import { STATUS_CODES } from 'node:http';
import type { ReadinessResponse } from './task-runtime';

/** What a check found: `cause` says why it failed, in Marathon's words. */
export type ProbeResult = { readonly isHealthy: boolean; readonly cause?: string };

/** The body that Marathon keeps of a readiness check's answer, at most. */
const maxBody = 10_000;

/** How long a probe may take, and what ends it before: everything that it has started goes with the signal. */
export type ProbeLimits = { readonly timeoutMs: number; readonly signal: AbortSignal };

/** Asks once over HTTP or HTTPS; resolves with the answer, rejects when none comes in time. Certificates are not checked, as Marathon does not. */
export function fetchOnce(url: string, { timeoutMs, signal }: ProbeLimits): Promise<ReadinessResponse> {
  return new Promise((resolve, reject) => {
    const ask = url.startsWith('https:') ? requestHttps : requestHttp;
    const options = { agent: false, timeout: timeoutMs, rejectUnauthorized: false, signal } as const;
    const request = ask(url, options, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        if (body.length < maxBody) body += part;
      });
      response.on('error', reject);
      response.on('end', () => {
        const contentType = response.headers['content-type'] ?? 'text/plain';
        resolve({ status: response.statusCode ?? 0, contentType, body: body.slice(0, maxBody) });
      });
    });
    const late = setTimeout(() => request.destroy(new Error(timedOut(timeoutMs))), timeoutMs).unref();
    request.on('close', () => clearTimeout(late));
    request.on('error', reject);
    request.end();
  });
}

/** A health check over HTTP or HTTPS: 2xx and 3xx are healthy. */
export async function probeHttp(url: string, limits: ProbeLimits): Promise<ProbeResult> {
  const { status } = await fetchOnce(url, limits);
  if (status >= 200 && status < 400) return { isHealthy: true };
  return { isHealthy: false, cause: `${status} ${STATUS_CODES[status] ?? 'Custom'}` };
}

/** A health check that only connects; rejects when there is no such port. */
export function probeTcp(host: string, port: number, { timeoutMs, signal }: ProbeLimits): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, signal });
    const finish = (result: ProbeResult) => {
      clearTimeout(late);
      socket.destroy();
      resolve(result);
    };
    const late = setTimeout(() => finish({ isHealthy: false, cause: timedOut(timeoutMs) }), timeoutMs).unref();
    socket.once('connect', () => finish({ isHealthy: true }));
    socket.once('error', (error) => finish(failedProbe(error)));
  });
}

/**
 * A health check by a command in the sandbox: exit status 0 is healthy. What it leaves running in its process group is
 * killed with it. Rejects when it cannot be started.
 */
export function probeCommand(
  command: string,
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
  { timeoutMs, signal }: ProbeLimits,
): Promise<ProbeResult> {
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', ['-c', command], { cwd, env, stdio: 'ignore', detached: true });
    const { pid } = child;
    let isLate = false;
    const kill = () => pid !== undefined && killGroup(pid, 'SIGKILL');
    const late = setTimeout(() => {
      isLate = true;
      kill();
    }, timeoutMs).unref();
    // An abort while this process ends itself has to kill at once: no later turn comes.
    signal.addEventListener('abort', kill);
    const clear = () => {
      clearTimeout(late);
      signal.removeEventListener('abort', kill);
      kill();
    };
    child.once('error', (error) => {
      clear();
      reject(error);
    });
    child.once('exit', (code) => {
      clear();
      resolve(commandResult(code, isLate ? timeoutMs : undefined));
    });
  });
}

/** What a probe found that could not be made, or was not answered. */
export function failedProbe(error: unknown): ProbeResult {
  return { isHealthy: false, cause: causeOf(error) };
}

/** Sends a signal to a process and all that it started in its group; false when nothing is left of it. */
export function killGroup(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}

function commandResult(code: number | null, missedMs: number | undefined): ProbeResult {
  if (missedMs !== undefined)
    return { isHealthy: false, cause: `Command has not returned after ${missedMs / 1000}secs` };
  return code === 0
    ? { isHealthy: true }
    : { isHealthy: false, cause: `Command exited with status ${code ?? 'unknown'}` };
}

function timedOut(timeoutMs: number): string {
  return `AskTimeoutException: no answer within ${timeoutMs} ms`;
}

function causeOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED') return 'ConnectionAttemptFailedException: Connection attempt failed: connection refused';
  if (code === 'ECONNRESET') return 'StreamTcpException: The connection closed with error: Connection reset by peer';
  return message;
}
