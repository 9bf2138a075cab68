import type { EmulatorClock } from '../clock';
import { type JsonObject, objectOf } from '../json';
import { fetchOnce, probeCommand, probeHttp, type ProbeResult, probeTcp } from './probe';
import type { RuntimeTask, TaskReport } from './task-runtime';

/** A task that really runs, as its checks see it. */
export type CheckedTask = {
  readonly task: RuntimeTask;
  readonly hostPorts: readonly number[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
};

type Report = (report: TaskReport) => void;

/** Runs the health and readiness checks of a task until the returned function is called. */
export function runChecks(checked: CheckedTask, clock: EmulatorClock, report: Report): () => void {
  const { healthChecks, readinessChecks } = checked.task;
  const heed = withAll(healthChecks.length, (result) => report({ key: checked.task.key, kind: 'health', ...result }));
  const stops = [
    ...healthChecks.map((check, index) => runHealthCheck(checked, check, clock, (result) => heed(index, result))),
    ...readinessChecks.map((check) => runReadinessCheck(checked, check, clock, report)),
  ];
  return () => stops.forEach((stop) => stop());
}

/** A task is healthy when all of its checks say so; each failure counts by itself. */
function withAll(count: number, report: (result: ProbeResult) => void) {
  const latest: (ProbeResult | undefined)[] = Array.from({ length: count }, () => undefined);
  return (index: number, result: ProbeResult) => {
    latest[index] = result;
    if (!result.isHealthy || latest.every((each) => each?.isHealthy === true)) report(result);
  };
}

function runHealthCheck(
  checked: CheckedTask,
  check: JsonObject,
  clock: EmulatorClock,
  heed: (result: ProbeResult) => void,
): () => void {
  const graceEnd = clock.now() + clock.scale(Number(check.gracePeriodSeconds) * 1000);
  const timeoutMs = clock.scale(Number(check.timeoutSeconds) * 1000);
  let hasSucceeded = false;
  // Only checks by the agent wait before the first look; Marathon's own begin at once.
  const isMesos = check.protocol === 'COMMAND' || String(check.protocol).startsWith('MESOS_');
  const delayMs = isMesos ? Number(check.delaySeconds) * 1000 : 0;
  return repeat(clock, delayMs, Number(check.intervalSeconds) * 1000, async (isStopped) => {
    const result = await probe(checked, check, timeoutMs);
    if (isStopped()) return true;
    hasSucceeded ||= result.isHealthy;
    // Until it was healthy once, a task may fail for as long as the grace period lasts.
    if (hasSucceeded || clock.now() >= graceEnd) heed(result);
    return false;
  });
}

function runReadinessCheck(checked: CheckedTask, check: JsonObject, clock: EmulatorClock, report: Report): () => void {
  const { key, ports } = checked.task;
  const index = ports.findIndex(({ name }) => name === check.portName);
  const url = urlOf(checked, String(check.protocol), checked.hostPorts[index] ?? 0, check.path);
  const codes = Array.isArray(check.httpStatusCodesForReady) ? check.httpStatusCodesForReady : [200];
  const timeoutMs = clock.scale(Number(check.timeoutSeconds) * 1000);
  return repeat(clock, 0, Number(check.intervalSeconds) * 1000, async (isStopped) => {
    const response = await fetchOnce(url, timeoutMs).catch(() => undefined);
    if (isStopped()) return true;
    const isReady = response !== undefined && codes.includes(response.status);
    report({ key, kind: 'readiness', isReady, ...(response === undefined ? {} : { response }) });
    return isReady;
  });
}

function probe(checked: CheckedTask, check: JsonObject, timeoutMs: number): Promise<ProbeResult> {
  const protocol = String(check.protocol).replace('MESOS_', '');
  const { host } = checked.task;
  const port = Number(check.port ?? checked.hostPorts[Number(check.portIndex ?? 0)] ?? 0);
  if (protocol === 'COMMAND') return probeCommand(String(objectOf(check.command).value), checked, timeoutMs);
  if (protocol === 'TCP') return probeTcp(host, port, timeoutMs);
  return probeHttp(urlOf(checked, protocol, port, check.path), timeoutMs);
}

function urlOf({ task }: CheckedTask, protocol: string, port: number, path: unknown): string {
  const text = typeof path === 'string' ? path : '/';
  return `${protocol.toLowerCase()}://${task.host}:${port}${text.startsWith('/') ? '' : '/'}${text}`;
}

/** Looks again and again, never two at once, until a look says that it was the last. */
function repeat(
  clock: EmulatorClock,
  delayMs: number,
  intervalMs: number,
  look: (isStopped: () => boolean) => Promise<boolean>,
): () => void {
  let isStopped = false;
  let cancel: () => void = () => undefined;
  const wait = (ms: number) => {
    cancel = clock.setTimer(clock.now() + clock.scale(ms), () => {
      void look(() => isStopped).then((isLast) => {
        if (!isLast && !isStopped) wait(intervalMs);
      });
    });
  };
  wait(delayMs);
  return () => {
    isStopped = true;
    cancel();
  };
}
