import type { EmulatorClock } from '../clock';
import { type JsonObject, objectOf } from '../json';
import { failedProbe, fetchOnce, probeCommand, probeHttp, type ProbeLimits, type ProbeResult, probeTcp } from './probe';
import type { RuntimeTask, TaskReport } from './task-runtime';

/** A task that really runs, as its checks see it. */
export type CheckedTask = {
  readonly task: RuntimeTask;
  readonly hostPorts: readonly number[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
};

type Report = (report: TaskReport) => void;

/** What a check is told of the world: the time, and when to stop. */
type Surroundings = { readonly clock: EmulatorClock; readonly signal: AbortSignal };

/** Runs the health and readiness checks of a task until the returned function is called, which also ends a check that is under way. */
export function runChecks(checked: CheckedTask, clock: EmulatorClock, report: Report): () => void {
  const { healthChecks, readinessChecks } = checked.task;
  const stopping = new AbortController();
  const around = { clock, signal: stopping.signal };
  const { key } = checked.task;
  healthChecks.forEach((check, index) => {
    runHealthCheck(checked, check, around, (result) => report({ key, kind: 'health', check: index, ...result }));
  });
  readinessChecks.forEach((check) => runReadinessCheck(checked, check, around, report));
  return () => stopping.abort();
}

function runHealthCheck(
  checked: CheckedTask,
  check: JsonObject,
  around: Surroundings,
  heed: (result: ProbeResult) => void,
): void {
  const { clock, signal } = around;
  const graceEnd = clock.now() + clock.scale(Number(check.gracePeriodSeconds) * 1000);
  const timeoutMs = clock.scale(Number(check.timeoutSeconds) * 1000);
  let hasSucceeded = false;
  // Only checks by the agent wait before the first look; Marathon's own begin at once.
  const isMesos = check.protocol === 'COMMAND' || String(check.protocol).startsWith('MESOS_');
  const delayMs = isMesos ? Number(check.delaySeconds) * 1000 : 0;
  repeat(around, delayMs, Number(check.intervalSeconds) * 1000, async () => {
    const result = await probe(checked, check, { timeoutMs, signal }).catch(failedProbe);
    if (signal.aborted) return true;
    hasSucceeded ||= result.isHealthy;
    // Until it was healthy once, a task may fail for as long as the grace period lasts.
    if (hasSucceeded || clock.now() >= graceEnd) heed(result);
    return false;
  });
}

function runReadinessCheck(checked: CheckedTask, check: JsonObject, around: Surroundings, report: Report): void {
  const { clock, signal } = around;
  const { key, ports } = checked.task;
  const index = ports.findIndex(({ name }) => name === check.portName);
  const url = urlOf(checked, String(check.protocol), checked.hostPorts[index] ?? 0, check.path);
  const codes = Array.isArray(check.httpStatusCodesForReady) ? check.httpStatusCodesForReady : [200];
  const timeoutMs = clock.scale(Number(check.timeoutSeconds) * 1000);
  repeat(around, 0, Number(check.intervalSeconds) * 1000, async () => {
    const response = await fetchOnce(url, { timeoutMs, signal }).catch(() => undefined);
    if (signal.aborted) return true;
    const isReady = response !== undefined && codes.includes(response.status);
    report({ key, kind: 'readiness', isReady, ...(response === undefined ? {} : { response }) });
    return isReady;
  });
}

/** Rejects where there is no answer. */
async function probe(checked: CheckedTask, check: JsonObject, limits: ProbeLimits): Promise<ProbeResult> {
  const protocol = String(check.protocol).replace('MESOS_', '');
  const { host } = checked.task;
  const port = Number(check.port ?? checked.hostPorts[Number(check.portIndex ?? 0)] ?? 0);
  if (protocol === 'COMMAND') return probeCommand(String(objectOf(check.command).value), checked, limits);
  if (protocol === 'TCP') return probeTcp(host, port, limits);
  return probeHttp(urlOf(checked, protocol, port, check.path), limits);
}

function urlOf({ task }: CheckedTask, protocol: string, port: number, path: unknown): string {
  const text = typeof path === 'string' ? path : '/';
  return `${protocol.toLowerCase()}://${task.host}:${port}${text.startsWith('/') ? '' : '/'}${text}`;
}

/** Looks again and again, never two at once, until a look says that it was the last or the signal comes. */
function repeat(
  { clock, signal }: Surroundings,
  delayMs: number,
  intervalMs: number,
  look: () => Promise<boolean>,
): void {
  let cancel: () => void = () => undefined;
  const wait = (ms: number) => {
    cancel = clock.setTimer(clock.now() + clock.scale(ms), () => {
      void look().then((isLast) => {
        if (!isLast && !signal.aborted) wait(intervalMs);
      });
    });
  };
  signal.addEventListener('abort', () => cancel());
  wait(delayMs);
}
