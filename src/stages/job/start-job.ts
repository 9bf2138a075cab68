import { z } from 'zod';
import type { Jobs } from '../../dcos/jobs';
import type { JobTurns } from '../../engine/contracts/job-turns';
import type { TaskDefinition, TaskLook, TaskResult } from '../../engine/contracts/task';
import { landingMs } from '../../engine/landing';
import { asCoxswainError, type CoxswainError } from '../../model/errors';
import type { Stage } from '../../model/execution';
import type { JobRun } from '../../model/job';
import { locationName } from '../../model/server-group';
import { jobConfigOf, workPlace } from './job-stage';
import { changesIn, foreignRun, startIntent, type ForeignRun, type StartIntent } from './start-memo';

type Needs = { readonly jobs: Jobs; readonly jobTurns: JobTurns };
type Look = TaskLook<Needs>;

/**
 * How old a decision may be that is acted upon at once: the look that acts follows the one that decided. An older one may have
 * been acted upon already by somebody who has died since.
 */
const freshMs = 1000;
const retryMs = 2000;
/** Whose turn it is does not take long: three looks. */
const turnMs = 1000;
/** Who changes a job that often while it is started goes on doing it. */
const mostChanges = 3;

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

const turnOf = ({ stage, execution, key }: Look) => {
  const { dcosCluster } = workPlace(stage.context);
  return { dcosCluster, jobId: jobConfigOf(stage.context).general.id, key, who: execution.name };
};

/** Others need not wait for the turn's end, which comes by itself where this fails. */
async function endTurn(look: Look): Promise<void> {
  await look.services.jobTurns.release(turnOf(look)).catch(() => undefined);
}

async function started(look: Look, runId: string): Promise<TaskResult> {
  const { stage, execution } = look;
  const { application, general } = jobConfigOf(stage.context);
  const { dcosCluster } = workPlace(stage.context);
  const name = `${application ?? execution.application}-${general.id}-${runId}`;
  await endTurn(look);
  return {
    status: 'SUCCEEDED',
    outputs: { jobRun: { jobId: general.id, runId }, 'deploy.jobs': { [dcosCluster]: [name] } },
    context: { ...forgotten, progress: `${general.id} is started` },
  };
}

/** Waits for its turn, and looks at the runs that there are then: they stay all there are until it starts its own. */
async function prepare(look: Look, changes: number, progress?: string): Promise<TaskResult> {
  const { stage, services, signal } = look;
  const asked = turnOf(look);
  const answer = await services.jobTurns.take(asked);
  if (!answer.isOwn) {
    const context = { progress: `waits for ${answer.holder} to start job ${asked.jobId}` };
    // A memo says that something is meant; until now nothing is.
    const memo = look.memo === undefined && changes === 0 ? {} : { memo: { changes } };
    return { status: 'RUNNING', retryAfterMs: turnMs, ...memo, context };
  }
  const known = await services.jobs.knownRuns(workPlace(stage.context), asked.jobId, signal);
  const memo = { known, turn: answer.turn, changes };
  if (progress === undefined) return { status: 'RUNNING', retryAfterMs: 0, memo };
  return { status: 'RUNNING', retryAfterMs: retryMs, memo, context: { progress } };
}

async function handleFailure(look: Look, intent: StartIntent, error: CoxswainError): Promise<TaskResult> {
  const { canRetry, message, code, fields } = error;
  const context = { lastError: message, progress: message };
  if (code === 'METRONOME_CHANGED') {
    const memo = { foreign: String(fields.runId), changes: intent.changes + 1 };
    return { status: 'RUNNING', retryAfterMs: 0, memo, context };
  }
  if (!canRetry) {
    await endTurn(look);
    throw error;
  }
  // The run may have been started all the same.
  return { status: 'RUNNING', retryAfterMs: retryMs, memo: { ...intent, sent: true }, context };
}

async function act(look: Look, intent: StartIntent): Promise<TaskResult> {
  const { stage, services, key, signal } = look;
  const { turn } = intent;
  const answer = turn === undefined ? 'lost' : await services.jobTurns.spend({ ...turnOf(look), turn });
  // Others may have started runs meanwhile that the intent does not know.
  if (answer === 'lost') return prepare(look, intent.changes);
  if (answer === 'spent') return { status: 'RUNNING', retryAfterMs: retryMs, memo: { ...intent, sent: true } };
  let runId: string;
  try {
    runId = await services.jobs.run(workPlace(stage.context), jobConfigOf(stage.context), key, signal);
  } catch (error) {
    return handleFailure(look, intent, asCoxswainError(error));
  }
  return started(look, runId);
}

/** Ends a run that may be of another's definition; after some of them it is no accident. */
async function stopForeign(look: Look, { foreign: runId, changes }: ForeignRun): Promise<TaskResult> {
  const { stage, services, signal } = look;
  const place = workPlace(stage.context);
  const jobId = jobConfigOf(stage.context).general.id;
  await services.jobs.cancel(place, { jobId, runId }, signal);
  if (changes < mostChanges) return { status: 'RUNNING', retryAfterMs: 0, memo: { changes } };
  await endTurn(look);
  return {
    status: 'TERMINAL',
    code: 'METRONOME_CHANGED',
    reason: `Somebody else changed job ${jobId} in ${locationName(place)} ${changes} times while a run of it was started, and each of these runs was stopped. Find out what else changes the job, or give the job of this stage an id of its own; then retry the stage.`,
  };
}

/** What was decided may have happened already: nothing is sent again before it would be seen, and told from others. */
function awaitLanding(look: Look, { at = look.now, changes }: StartIntent, isOpen: boolean): TaskResult {
  const { now, stage } = look;
  const leftMs = at + freshMs + landingMs - now;
  if (leftMs <= 0 && !isOpen) return { status: 'RUNNING', retryAfterMs: 0, memo: { changes } };
  const place = locationName(workPlace(stage.context));
  const jobId = jobConfigOf(stage.context).general.id;
  const progress = isOpen
    ? `a run of ${jobId} waits for an agent in ${place}, and may be this stage's own, because an answer was lost`
    : `looks whether a run has started in ${place}, because an answer was lost`;
  return { status: 'RUNNING', retryAfterMs: isOpen ? retryMs : Math.min(retryMs, leftMs), context: { progress } };
}

/** Nothing was sent since the runs were looked at, so that the new one is somebody else's: it counts among those before. */
function passBy(look: Look, { changes }: StartIntent): Promise<TaskResult> {
  const place = locationName(workPlace(look.stage.context));
  const jobId = jobConfigOf(look.stage.context).general.id;
  return prepare(look, changes, `a run of ${jobId} that somebody else has started waits for an agent in ${place}`);
}

/**
 * Starts one run of the job. Metronome takes no key with a run, so that three looks are needed: the runs there were, the
 * decision, the start; from the first to the last it is this stage's turn to define and start the job. Whatever happens in
 * between, a new run is adopted, and none is started while one may be on its way.
 */
export const startJob: TaskDefinition<Needs> = {
  name: 'runJob',
  timeoutMs: 10 * 60_000,
  timeoutFromStage: false,
  acts: 'Metronome',
  async run(look) {
    const { stage, memo, services, key, now, signal } = look;
    const foreign = foreignRun(memo);
    if (foreign !== undefined) return stopForeign(look, foreign);
    const intent = startIntent(memo);
    if (intent === undefined) return prepare(look, changesIn(memo));
    if (intent.at === undefined) return { status: 'RUNNING', retryAfterMs: 0, memo: { ...intent, at: now } };
    const query = { jobId: jobConfigOf(stage.context).general.id, key, known: intent.known };
    const found = await services.jobs.startedRuns(workPlace(stage.context), query, signal);
    const [runId] = found.runIds;
    if (runId !== undefined) return started(look, runId);
    const isFresh = !intent.sent && now - intent.at <= freshMs;
    if (!isFresh) return awaitLanding(look, intent, found.isOpen);
    return found.isOpen ? passBy(look, intent) : act(look, intent);
  },
};
