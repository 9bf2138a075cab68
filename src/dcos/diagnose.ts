import type { Diagnosis } from '../model/diagnosis';
import { clipText } from '../model/text';
import { describeQueue } from './describe-queue';
import type { MarathonInspectedApp, MarathonQueueItem, MarathonTaskFailure } from './marathon-schemas';
import { recentFailure } from './recent-failure';
import { timeText } from './time-text';

/** What one read gave, or why it gave nothing. */
export type Reading<T> = { readonly value: T } | { readonly error: string };

/** All that was read about one app. */
export type Evidence = {
  /** Undefined where the app does not exist. */
  readonly app: Reading<MarathonInspectedApp | undefined>;
  /** Undefined where no instance waits to be launched. */
  readonly queued: Reading<MarathonQueueItem | undefined>;
  /** The last lines of a task's stderr; absent where no task is known whose they could be. */
  readonly stderr?: { readonly taskId: string; readonly lines: Reading<readonly string[] | undefined> };
};

const longestSentence = 700;
const longestLine = 400;
const longestOutput = 3000;

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

/** How a task ended, in words, by its state. */
export const fates: Readonly<Record<string, string>> = {
  TASK_FAILED: 'failed',
  TASK_FINISHED: 'ended by itself',
  TASK_KILLED: 'was killed',
  TASK_LOST: 'was lost',
  TASK_ERROR: 'was refused',
  TASK_DROPPED: 'could not be started',
  TASK_GONE: 'is gone with its agent',
  TASK_UNREACHABLE: 'cannot be reached',
};

function describeLastFailure({ state, host, timestamp, message }: MarathonTaskFailure): string {
  const where = host === '' ? '' : ` on ${host}`;
  return `The last task that ended ${fates[state] ?? 'failed'}${where}${timeText(timestamp)}: ${message || 'no message'}`;
}

const stateOf = (task: MarathonInspectedApp['tasks'][number]): string =>
  task.state ?? (task.startedAt === undefined ? 'TASK_STAGING' : 'TASK_RUNNING');

function describeHealth({ tasks }: MarathonInspectedApp): readonly string[] {
  const causes = new Map<string, { tasks: number; inARow: number }>();
  for (const task of tasks) {
    const failing = task.healthCheckResults.find(({ alive }) => !alive);
    if (failing === undefined) continue;
    const cause = failing.lastFailureCause || 'no cause given';
    const seen = causes.get(cause) ?? { tasks: 0, inARow: 0 };
    causes.set(cause, { tasks: seen.tasks + 1, inARow: Math.max(seen.inARow, failing.consecutiveFailures) });
  }
  return [...causes].map(([cause, { tasks: failing, inARow }]) => {
    const often = inARow > 1 ? `, ${inARow} times in a row` : '';
    return `The health check fails on ${failing} of ${plural(tasks.length, 'task')}${often}: ${cause}`;
  });
}

function describeReadiness({ readinessCheckResults }: MarathonInspectedApp): readonly string[] {
  const pending = readinessCheckResults.filter(({ ready }) => !ready);
  const [first] = pending;
  if (first === undefined) return [];
  const answered = pending.flatMap(({ lastResponse }) => lastResponse ?? [])[0];
  const status = answered?.status === undefined ? '' : ` ${answered.status}`;
  const last = answered === undefined ? 'its responses are not kept' : `last response${status}: ${answered.body}`;
  return [`The readiness check '${first.name}' is not passed by ${plural(pending.length, 'task')}; ${last}`];
}

/** Tasks that have nothing to say yet, which is all there is to say while they start. */
function describeStart({ tasks, healthChecks }: MarathonInspectedApp): readonly string[] {
  const staging = tasks.filter((task) => ['TASK_STAGING', 'TASK_STARTING'].includes(stateOf(task))).length;
  const silent = tasks.filter(
    (task) => stateOf(task) === 'TASK_RUNNING' && healthChecks.length > 0 && task.healthCheckResults.length === 0,
  ).length;
  const all = plural(tasks.length, 'task');
  return [
    ...(staging === 0 ? [] : [`${staging} of ${all} not started so far: the agent fetches the image or starts it.`]),
    ...(silent === 0 ? [] : [`${silent} of ${all} run without a result of the health check so far.`]),
  ];
}

function reasonsOfApp({ app }: Evidence): readonly string[] {
  if ('error' in app) return [`The app could not be read: ${app.error}`];
  if (app.value === undefined) return ['The app does not exist any more.'];
  const failure = recentFailure(app.value);
  const failed = failure === undefined ? [] : [describeLastFailure(failure)];
  return [...failed, ...describeHealth(app.value), ...describeReadiness(app.value), ...describeStart(app.value)];
}

function reasonsOfQueue({ queued }: Evidence): readonly string[] {
  if ('error' in queued) return [`The launch queue could not be read: ${queued.error}`];
  return queued.value === undefined ? [] : describeQueue(queued.value);
}

function reasonsOfOutput({ stderr }: Pick<Evidence, 'stderr'>): readonly string[] {
  if (stderr === undefined) return [];
  const { lines, taskId } = stderr;
  if ('error' in lines) return [`stderr could not be read: ${lines.error}`];
  if (lines.value === undefined) return [`stderr could not be read: Mesos has forgotten task ${taskId} or its files.`];
  return lines.value.length === 0 ? [`Task ${taskId} wrote nothing to stderr.`] : [];
}

function outputOf({ stderr }: Pick<Evidence, 'stderr'>): string | undefined {
  if (stderr === undefined || 'error' in stderr.lines || stderr.lines.value === undefined) return undefined;
  const lines = stderr.lines.value.map((line) => clipText(line, longestLine));
  // The end says what went wrong, so whole lines are left out at the beginning.
  while (lines.length > 1 && lines.join('\n').length > longestOutput) lines.shift();
  return lines.length === 0 ? undefined : lines.join('\n');
}

const asSentence = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`);

/** What was found and what was read of stderr, made ready to be shown: whole sentences, the last lines whole. */
export function toDiagnosis(found: readonly string[], stderr: Evidence['stderr']): Diagnosis {
  const own = stderr === undefined ? {} : { stderr };
  const reasons = [...found, ...reasonsOfOutput(own)].map((reason) =>
    asSentence(clipText(reason.trim(), longestSentence)),
  );
  const output = outputOf(own);
  return output === undefined ? { reasons } : { reasons, output };
}

/** Says why an app does not come up, from what was read about it: what keeps it from being launched first. */
export const diagnose = (evidence: Evidence): Diagnosis =>
  toDiagnosis([...reasonsOfQueue(evidence), ...reasonsOfApp(evidence)], evidence.stderr);
