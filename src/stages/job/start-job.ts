import { z } from 'zod';
import type { Jobs } from '../../dcos/jobs';
import type { TaskDefinition, TaskLook, TaskResult } from '../../engine/contracts/task';
import { landingMs } from '../../engine/landing';
import { asCoxswainError } from '../../model/errors';
import type { Memo, Stage } from '../../model/execution';
import type { JobRun } from '../../model/job';
import { locationName } from '../../model/server-group';
import { jobConfigOf, workPlace } from './job-stage';

type Needs = { readonly jobs: Jobs };
type Look = TaskLook<Needs>;

const known = z.object({ ids: z.array(z.string()), since: z.number() });
const intentSchema = z.object({
  known,
  /** When it was decided to start a run. */
  at: z.number().optional(),
  /** A request was sent whose answer did not come. */
  sent: z.boolean().default(false),
});

/** What a stage meant to start: the runs there were before. */
export type StartIntent = z.output<typeof intentSchema>;

/** The intent in a task's memo; undefined where nothing can have been sent by it. */
export function sentIntent(memo: Memo | undefined): StartIntent | undefined {
  const { data } = intentSchema.safeParse(memo);
  return data?.at === undefined ? undefined : data;
}

/**
 * How old a decision may be that is acted upon at once: the look that acts follows the one that decided. An older one may have
 * been acted upon already by somebody who has died since.
 */
const freshMs = 1000;
const retryMs = 2000;

const startedSchema = z.object({ jobId: z.string(), runId: z.string() });

/** The run that a stage has started. */
export const startedRun = (stage: Stage): JobRun => startedSchema.parse(stage.outputs.jobRun);

/** What a failed run before this one had left in the context. */
const forgotten = {
  jobStatus: undefined,
  jobTasks: undefined,
  completionDetails: undefined,
  propertyFileContents: undefined,
  diagnosis: undefined,
};

function started({ stage, execution }: Look, runId: string): TaskResult {
  const { application, general } = jobConfigOf(stage.context);
  const { dcosCluster } = workPlace(stage.context);
  const name = `${application ?? execution.application}-${general.id}-${runId}`;
  return {
    status: 'SUCCEEDED',
    outputs: { jobRun: { jobId: general.id, runId }, 'deploy.jobs': { [dcosCluster]: [name] } },
    context: { ...forgotten, progress: `${general.id} is started` },
  };
}

async function act(look: Look, intent: StartIntent): Promise<TaskResult> {
  const { stage, services, key, signal } = look;
  try {
    return started(look, await services.jobs.run(workPlace(stage.context), jobConfigOf(stage.context), key, signal));
  } catch (error) {
    const { canRetry, message } = asCoxswainError(error);
    if (!canRetry) throw error;
    // The run may have been started all the same.
    const memo = { ...intent, sent: true };
    return { status: 'RUNNING', retryAfterMs: retryMs, memo, context: { lastError: message, progress: message } };
  }
}

/** What was decided may have happened already: nothing is sent again before it would be seen, and told from others. */
function awaitLanding({ now, stage }: Look, { at = now, known: before }: StartIntent, isOpen: boolean): TaskResult {
  const leftMs = at + freshMs + landingMs - now;
  if (leftMs <= 0 && !isOpen) return { status: 'RUNNING', retryAfterMs: 0, memo: { known: before } };
  const place = locationName(workPlace(stage.context));
  const jobId = jobConfigOf(stage.context).general.id;
  const progress = isOpen
    ? `a run of ${jobId} waits for an agent in ${place}, and may be this stage's own, because an answer was lost`
    : `looks whether a run has started in ${place}, because an answer was lost`;
  return { status: 'RUNNING', retryAfterMs: isOpen ? retryMs : Math.min(retryMs, leftMs), context: { progress } };
}

/** Nothing was sent since the runs were looked at, so that the new one is somebody else's: it counts among those before. */
async function passBy({ stage, services, signal }: Look): Promise<TaskResult> {
  const place = workPlace(stage.context);
  const jobId = jobConfigOf(stage.context).general.id;
  const progress = `a run of ${jobId} that somebody else has started waits for an agent in ${locationName(place)}`;
  const memo = { known: await services.jobs.knownRuns(place, jobId, signal) };
  return { status: 'RUNNING', retryAfterMs: retryMs, memo, context: { progress } };
}

/**
 * Starts one run of the job. Metronome takes no key with a run, so that three looks are needed: the runs there were, the
 * decision, the start. Whatever happens in between, a new run is adopted, and none is started while one may be on its way.
 */
export const startJob: TaskDefinition<Needs> = {
  name: 'runJob',
  timeoutMs: 10 * 60_000,
  timeoutFromStage: false,
  async run(look) {
    const { stage, memo, services, key, now, signal } = look;
    const place = workPlace(stage.context);
    const jobId = jobConfigOf(stage.context).general.id;
    const loaded = intentSchema.safeParse(memo);
    if (!loaded.success) {
      return {
        status: 'RUNNING',
        retryAfterMs: 0,
        memo: { known: await services.jobs.knownRuns(place, jobId, signal) },
      };
    }
    const intent = loaded.data;
    if (intent.at === undefined) return { status: 'RUNNING', retryAfterMs: 0, memo: { known: intent.known, at: now } };
    const found = await services.jobs.startedRuns(place, { jobId, key, known: intent.known }, signal);
    const [runId] = found.runIds;
    if (runId !== undefined) return started(look, runId);
    const isFresh = !intent.sent && now - intent.at <= freshMs;
    if (!isFresh) return awaitLanding(look, intent, found.isOpen);
    return found.isOpen ? passBy(look) : act(look, intent);
  },
};
