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

/** Asks once over HTTP or HTTPS; resolves with the answer, rejects when none comes in time. Certificates are not checked, as Marathon does not. */
export function fetchOnce(url: string, timeoutMs: number): Promise<ReadinessResponse> {
  return new Promise((resolve, reject) => {
    const ask = url.startsWith('https:') ? requestHttps : requestHttp;
    const options = { agent: false, timeout: timeoutMs, rejectUnauthorized: false } as const;
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
    const late = setTimeout(() => request.destroy(new Error(timedOut(timeoutMs))), timeoutMs);
    request.on('close', () => clearTimeout(late));
    request.on('error', reject);
    request.end();
  });
}

/** A health check over HTTP or HTTPS: 2xx and 3xx are healthy. */
export async function probeHttp(url: string, timeoutMs: number): Promise<ProbeResult> {
  try {
    const { status } = await fetchOnce(url, timeoutMs);
    if (status >= 200 && status < 400) return { isHealthy: true };
    return { isHealthy: false, cause: `${status} ${STATUS_CODES[status] ?? 'Custom'}` };
  } catch (error) {
    return { isHealthy: false, cause: causeOf(error) };
  }
}

/** A health check that only connects. */
export function probeTcp(host: string, port: number, timeoutMs: number): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const finish = (result: ProbeResult) => {
      clearTimeout(late);
      socket.destroy();
      resolve(result);
    };
    const late = setTimeout(() => finish({ isHealthy: false, cause: timedOut(timeoutMs) }), timeoutMs);
    socket.once('connect', () => finish({ isHealthy: true }));
    socket.once('error', (error) => finish({ isHealthy: false, cause: causeOf(error) }));
  });
}

/** A health check by a command in the sandbox: exit status 0 is healthy. `onStart` gets its process id. */
export function probeCommand(
  command: string,
  place: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
  timeoutMs: number,
): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const child = spawn('/bin/sh', ['-c', command], { ...place, stdio: 'ignore', detached: true });
    const { pid } = child;
    let isLate = false;
    const late = setTimeout(() => {
      isLate = true;
      if (pid !== undefined) killGroup(pid, 'SIGKILL');
    }, timeoutMs);
    const finish = (cause: string | undefined) => {
      clearTimeout(late);
      resolve(cause === undefined ? { isHealthy: true } : { isHealthy: false, cause });
    };
    child.once('error', (error) => finish(error.message));
    child.once('exit', (code) => {
      if (isLate) finish(`Command has not returned after ${timeoutMs / 1000}secs`);
      else finish(code === 0 ? undefined : `Command exited with status ${code ?? 'unknown'}`);
    });
  });
}

/** Sends a signal to a process and all that it started in its group; false when nothing is left of it. */
export function killGroup(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
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
