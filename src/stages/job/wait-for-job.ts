import { z } from 'zod';
import type { Jobs } from '../../dcos/jobs';
import type { TaskDefinition, TaskLook, TaskResult } from '../../engine/contracts/task';
import { durationText } from '../../engine/task-timeout';
import type { JobRun, JobState } from '../../model/job';
import { jobConfigOf, workPlace } from './job-stage';
import { propertiesOf } from '../property/property-file';
import { findPropertyFile } from './property-file';
import { startedRun } from './start-job';

type Needs = { readonly jobs: Jobs };
type Look = TaskLook<Needs>;
type Ended = Extract<JobState, { taskIds: readonly string[] }>;

/** A job that takes longer than a minute is not looked at so often. */
const soonMs = 2000;
const laterMs = 5000;
const longMs = 60_000;
/** How long nobody may know of a run before it counts as failed (decision 14). */
const unknownMs = 5 * 60_000;

const memoSchema = z.object({ unknownSince: z.number() });

/** How a run ended, under Spinnaker's names (semantics §4.7). */
function endOf({ stage }: Pick<Look, 'stage'>, { jobId }: JobRun, { status, taskIds }: Ended) {
  const successful = status === 'SUCCEEDED';
  const location = workPlace(stage.context).dcosCluster;
  return {
    jobStatus: successful ? 'Succeeded' : 'Failed',
    completionDetails: { successful, location, jobId, taskId: taskIds.at(-1) ?? null },
    jobTasks: taskIds,
  };
}

/** What a failed job left is a help, not a promise: it is kept where it can be read. */
async function propertiesOfFailed(look: Look, run: JobRun) {
  const { propertyFile } = jobConfigOf(look.stage.context);
  if (propertyFile === '') return {};
  try {
    const read = propertiesOf(await findPropertyFile(look, run));
    return 'properties' in read ? { propertyFileContents: read.properties } : {};
  } catch {
    return {};
  }
}

async function fail(look: Look, run: JobRun, state: Ended): Promise<TaskResult> {
  const { stage, services, signal } = look;
  const known = { ...run, taskIds: state.taskIds };
  const [diagnosis, properties] = await Promise.all([
    services.jobs.explain(workPlace(stage.context), known, signal),
    propertiesOfFailed(look, known),
  ]);
  return {
    status: 'TERMINAL',
    code: 'JOB_FAILED',
    reason: `Job: '${run.jobId}' failed.`,
    context: { ...endOf(look, run, state), ...properties, diagnosis },
  };
}

function wonder({ memo, now }: Look, { jobId, runId }: JobRun, detail: string): TaskResult {
  const since = memoSchema.safeParse(memo).data?.unknownSince ?? now;
  if (now - since < unknownMs) {
    const context = { progress: `${jobId}: ${detail}` };
    return { status: 'RUNNING', retryAfterMs: laterMs, memo: { unknownSince: since }, context };
  }
  const reason = `Nobody can say how run ${runId} of job '${jobId}' ended, for ${durationText(now - since)}: ${detail}.`;
  return { status: 'TERMINAL', code: 'JOB_FAILED', reason };
}

/** Waits for the end of the run; 2 h unless the stage says otherwise. */
export const waitOnJobCompletion: TaskDefinition<Needs> = {
  name: 'waitOnJobCompletion',
  timeoutMs: 2 * 3_600_000,
  timeoutFromStage: true,
  firstLookMs: soonMs,
  async run(look) {
    const { stage, services, memo, now, startedAt, signal } = look;
    const run = startedRun(stage);
    const state = await services.jobs.look(workPlace(stage.context), run, signal);
    if ('taskIds' in state) {
      const isGood = state.status === 'SUCCEEDED';
      return isGood ? { status: 'SUCCEEDED', outputs: endOf(look, run, state) } : fail(look, run, state);
    }
    if (state.status === 'UNKNOWN') return wonder(look, run, state.detail);
    const forget = memo === undefined ? {} : { memo: {} };
    const retryAfterMs = now - startedAt < longMs ? soonMs : laterMs;
    return { status: 'RUNNING', retryAfterMs, ...forget, context: { progress: `${run.jobId} ${state.detail}` } };
  },
};
