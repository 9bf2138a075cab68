import { STATUS_CODES } from 'node:http';
import { matchesPattern } from '../faults';
import { isJsonObject } from '../json';

/**
 * What a simulated task does, where it differs from the usual. Each field can be given by a label of the app or job,
 * or for all that match by POST /emulator/scripts.
 *
 * | field | label | meaning |
 * | --- | --- | --- |
 * | `startMs` | `EMULATOR_START_MS` | from the launch until it runs |
 * | `healthyMs` | `EMULATOR_HEALTHY_MS` | from then until its first health check |
 * | `readyMs` | `EMULATOR_READY_MS` | from then until it is ready |
 * | `runMs` | `EMULATOR_RUN_MS` | from then until it ends by itself; apps never do, jobs after half a second |
 * | `exitCode` | `EMULATOR_EXIT_CODE` | the status it ends with, 0 when absent |
 * | `message` | `EMULATOR_MESSAGE` | the message of its end, instead of the one with the status |
 * | `killMs` | `EMULATOR_KILL_MS` | how long it takes to die when killed |
 * | `stdout`, `stderr` | `EMULATOR_STDOUT`, `EMULATOR_STDERR` | what it writes as soon as it runs |
 * | `files` | `EMULATOR_FILE:<name>`, one label each | files in its sandbox, written when it ends or, if never, runs |
 * | `health` | `EMULATOR_HEALTH`, comma-separated | results of its health checks in turn, over and over: `ok`, `fail`, or an HTTP status |
 *
 * Two older labels stand for some of these: `EMULATOR_CRASH` is `runMs` with exit code 1, and `EMULATOR_UNHEALTHY`
 * is `health` with `fail` alone.
 */
export type TaskScript = {
  readonly startMs?: number;
  readonly healthyMs?: number;
  readonly readyMs?: number;
  readonly runMs?: number;
  readonly exitCode?: number;
  readonly message?: string;
  readonly killMs?: number;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly health?: readonly (string | number)[];
};

/** A script for all apps or jobs whose id matches a pattern in which `*` stands for anything. */
export type StoredScript = { readonly match: string; readonly script: TaskScript };

const numbers = {
  startMs: 'EMULATOR_START_MS',
  healthyMs: 'EMULATOR_HEALTHY_MS',
  readyMs: 'EMULATOR_READY_MS',
  runMs: 'EMULATOR_RUN_MS',
  exitCode: 'EMULATOR_EXIT_CODE',
  killMs: 'EMULATOR_KILL_MS',
} as const;

const texts = { message: 'EMULATOR_MESSAGE', stdout: 'EMULATOR_STDOUT', stderr: 'EMULATOR_STDERR' } as const;

const filePrefix = 'EMULATOR_FILE:';

/** The script of a task: its labels', and over them the newest stored one that matches. */
export function scriptOf(
  { ownerId, labels }: { readonly ownerId: string; readonly labels: Readonly<Record<string, string>> },
  stored: readonly StoredScript[],
): TaskScript {
  const found = stored.findLast(({ match }) => matchesPattern(match, ownerId, true));
  return { ...labelScript(labels), ...found?.script };
}

/** Reads a stored script out of a request body; undefined when it is none. */
export function parseScript(value: unknown): StoredScript | undefined {
  if (!isJsonObject(value)) return undefined;
  const { match, ...script } = value;
  if (typeof match !== 'string' || !Object.entries(script).every(isScriptField)) return undefined;
  return { match, script: script };
}

/** What the n-th health check of a task finds, from 0; undefined for a script that says nothing about it. */
export function healthOf({ health = [] }: TaskScript, index: number) {
  const result = health[index % health.length];
  if (result === undefined) return undefined;
  if (result === 'ok') return { isHealthy: true };
  const status = Number(result);
  if (Number.isNaN(status)) return { isHealthy: false };
  const cause = `${status} ${STATUS_CODES[status] ?? 'Custom'}`;
  return status >= 200 && status < 400 ? { isHealthy: true } : { isHealthy: false, cause };
}

function isScriptField([name, value]: readonly [string, unknown]): boolean {
  if (name in numbers) return typeof value === 'number';
  if (name in texts) return typeof value === 'string';
  if (name === 'health') return Array.isArray(value);
  return name === 'files' && isJsonObject(value) && Object.values(value).every((text) => typeof text === 'string');
}

function labelScript(labels: Readonly<Record<string, string>>): TaskScript {
  const script: Record<string, unknown> = {};
  const crashMs = numberIn(labels.EMULATOR_CRASH);
  if (crashMs !== undefined) Object.assign(script, { runMs: crashMs, exitCode: 1 });
  if (labels.EMULATOR_UNHEALTHY === 'true') script.health = ['fail'];
  for (const [field, label] of Object.entries(numbers)) {
    const value = numberIn(labels[label]);
    if (value !== undefined) script[field] = value;
  }
  for (const [field, label] of Object.entries(texts)) if (labels[label] !== undefined) script[field] = labels[label];
  const health = labels.EMULATOR_HEALTH?.split(',').map((each) => each.trim());
  if (health !== undefined) script.health = health;
  const files = Object.entries(labels).filter(([label]) => label.startsWith(filePrefix));
  if (files.length > 0) {
    script.files = Object.fromEntries(files.map(([label, text]) => [label.slice(filePrefix.length), text]));
  }
  return script;
}

function numberIn(text = ''): number | undefined {
  const digits = /\d+/.exec(text)?.[0];
  return digits === undefined ? undefined : Number(digits);
}
