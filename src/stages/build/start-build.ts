import { z } from 'zod';
import { landingMs } from '../../engine/landing';
import type { TaskDefinition, TaskLook, TaskResult } from '../../engine/contracts/task';
import { findOwnBuild, keyParameter, type StartedBuild } from '../../jenkins/find-own-build';
import type { JenkinsClient } from '../../jenkins/jenkins-client';
import { mayHaveHappened } from '../../jenkins/jenkins-failure';
import type { ScriptJob } from '../../jenkins/jenkins-masters';
import type { JenkinsJob } from '../../jenkins/jenkins-schemas';
import { asCoxswainError, CoxswainError } from '../../model/errors';
import type { Memo, StageContext } from '../../model/execution';
import type { Needs, Wanted } from './build-context';
import { withoutProperties } from './property-file';

type WantedBuild = ScriptJob & { readonly parameters: Readonly<Record<string, string>> };

type Look = TaskLook<Needs>;

const lookAgainMs = 2000;

const intentSchema = z.object({
  master: z.string(),
  job: z.string(),
  /** The newest queue item of the job before the build. */
  after: z.number(),
  carriesKey: z.boolean(),
  isParameterized: z.boolean(),
  /** Until when a build whose answer was lost may still appear. */
  mayAppearUntil: z.number().optional(),
  /** How many starts were not answered. */
  unanswered: z.number().default(0),
});

/** What the start of a build is about to do; undefined where it is about to do nothing. */
export type Intent = z.output<typeof intentSchema>;

/** Reads the memo of the start task. */
export const readIntent = (memo: Memo | undefined): Intent | undefined => intentSchema.safeParse(memo).data;

const refuse = (message: string) => new CoxswainError('INVALID_INPUT', { message });

/** Throws INVALID_INPUT where the job cannot be built with these parameters. */
function checkParameters({ parameters: declared }: JenkinsJob, { job, parameters }: WantedBuild): void {
  const names = Object.keys(parameters);
  if (declared.length === 0 && names.length > 0) {
    throw refuse(
      `Job ${job} takes no parameters, but the stage passes ${names.join(', ')}. Remove them, or declare them in the job.`,
    );
  }
  for (const { name, choices } of declared) {
    const value = parameters[name];
    if (choices === undefined || value === undefined || choices.includes(value)) continue;
    throw refuse(
      `'${value}' is not a valid choice for '${name}' of job ${job}. Valid choices are: ${choices.join(', ')}.`,
    );
  }
}

async function intend(client: JenkinsClient, wanted: WantedBuild, signal: AbortSignal): Promise<Intent> {
  const { master, job } = wanted;
  const found = await client.getJob(job, signal);
  if (!found.isBuildable) throw refuse(`Job ${job} is disabled in Jenkins ${master}. Enable it there.`);
  checkParameters(found, wanted);
  const [newest] = await client.listTraces(job, signal);
  return {
    master,
    job,
    after: newest?.queueId ?? 0,
    carriesKey: found.parameters.some(({ name }) => name === keyParameter),
    isParameterized: found.parameters.length > 0,
    unanswered: 0,
  };
}

/** What a build was started with, as far as the intent and the stage tell. */
export function describeStart(
  { after, carriesKey }: Intent,
  { key, parameters, user }: Pick<StartedBuild, 'key' | 'parameters' | 'user'>,
): StartedBuild {
  return { key, user, after, carriesKey, parameters: carriesKey ? { ...parameters, [keyParameter]: key } : parameters };
}

function started({ stage }: Look, { master, job }: Intent, queuedBuild: number, buildNumber?: number): TaskResult {
  // What an earlier attempt knew of its build says nothing of this one.
  const forgotten = { ...withoutProperties(stage), buildInfo: undefined };
  const context: StageContext = { ...forgotten, startedBuild: { master, job }, queuedBuild, buildNumber };
  return { status: 'SUCCEEDED', outputs: { queuedBuild }, context };
}

/** Without a key a build that is not recognised may be ours nevertheless: only so often one more is started beside it. */
const mostBlindStarts = 2;

function giveUp({ master, job }: Intent): TaskResult {
  const reason = `Jenkins ${master} was asked twice to build ${job}, did not answer, and none of the builds there can be told to be ours. Look there before this is tried again, and declare a parameter ${keyParameter} in the job, by which its builds are known.`;
  return { status: 'TERMINAL', code: 'JOB_FAILED', reason };
}

async function act(look: Look, intent: Intent, wanted: WantedBuild['parameters']): Promise<TaskResult> {
  const { services, key, now, signal } = look;
  const client = services.jenkins.find(intent.master);
  const start = describeStart(intent, { key, parameters: wanted, user: client.user });
  const own = findOwnBuild(await client.listTraces(intent.job, signal), start);
  if (own !== undefined) return started(look, intent, own.queueId, own.number);
  if (now < (intent.mayAppearUntil ?? 0)) return { status: 'RUNNING', retryAfterMs: lookAgainMs };
  if (!intent.carriesKey && intent.unanswered >= mostBlindStarts) return giveUp(intent);
  try {
    const parameters = intent.isParameterized ? start.parameters : undefined;
    return started(look, intent, await client.startBuild(intent.job, parameters, signal));
  } catch (error) {
    if (!mayHaveHappened(error)) throw error;
    const progress = `${asCoxswainError(error).message} Whether a build has started is looked for.`;
    const memo = { ...intent, mayAppearUntil: now + landingMs, unanswered: intent.unanswered + 1 };
    return { status: 'RUNNING', retryAfterMs: lookAgainMs, memo, context: { progress, lastError: progress } };
  }
}

/**
 * Puts the build into Jenkins's queue. What is about to be done is saved first; on each later look the build is looked for
 * before one is started, and for 15 s after an answer was lost. Where the job declares no COXSWAIN_KEY, two lost answers end it.
 */
export const startBuild = (wanted: Wanted): TaskDefinition<Needs> => ({
  name: 'startJenkinsJob',
  timeoutMs: 15 * 60_000,
  timeoutFromStage: false,
  acts: 'Jenkins',
  async run(look) {
    const { stage, memo, services, signal } = look;
    const parameters = wanted.parameters(stage.context);
    const intent = readIntent(memo);
    if (intent !== undefined) return act(look, intent, parameters);
    const job = wanted.job(stage.context, services.jenkins);
    const fresh = await intend(services.jenkins.find(job.master), { ...job, parameters }, signal);
    return { status: 'RUNNING', retryAfterMs: 0, memo: fresh };
  },
});
