import { z } from 'zod';
import type { TaskDefinition, TaskLook, TaskResult } from '../engine/contracts/task';
import { findOwnBuild } from '../jenkins/find-own-build';
import type { JenkinsClient } from '../jenkins/jenkins-client';
import type { JenkinsBuild, JenkinsQueueItem } from '../jenkins/jenkins-schemas';
import { defineStage } from '../services';
import { isNotFound, parameterTexts, type Needs } from './build/build-context';
import { describeStart, readIntent } from './build/start-build';
import { findForgotten } from './build/wait-for-build-start';

const config = z.looseObject({
  startedBuild: z.object({ master: z.string(), job: z.string() }),
  queuedBuild: z.number().optional(),
  buildNumber: z.number().optional(),
  /** Without `queuedBuild`: what the start was about to do, by which its build is found. */
  intent: z.record(z.string(), z.unknown()).optional(),
  key: z.string().default(''),
  parameters: parameterTexts,
});

const pollMs = 2000;
/** How long a build that was told to stop may take before it is told again. */
const tellAgainMs = 30_000;
const memoSchema = z.object({ toldAt: z.number() });

type Where = { readonly queuedBuild: number } | { readonly number: number } | undefined;

/** Absent as undefined. */
async function unlessAbsent<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

async function findQueued(client: JenkinsClient, look: TaskLook<Needs>): Promise<Where> {
  const { startedBuild, queuedBuild, intent, key, parameters } = config.parse(look.stage.context);
  if (queuedBuild !== undefined) return { queuedBuild };
  const known = readIntent(intent);
  if (known === undefined) return undefined;
  const start = describeStart(known, { key, parameters, user: client.user });
  const own = findOwnBuild(await client.listTraces(startedBuild.job, look.signal), start);
  if (own === undefined) return undefined;
  return own.number === undefined ? { queuedBuild: own.queueId } : { number: own.number };
}

/** Whether the start's answer was lost so short ago that its build may still come. */
function mayAppear({ stage, now }: TaskLook<Needs>): boolean {
  const { queuedBuild, intent } = config.parse(stage.context);
  return queuedBuild === undefined && now < (readIntent(intent)?.mayAppearUntil ?? 0);
}

/** Where the build is now: in the queue, a build, or nowhere any more. */
async function locate(client: JenkinsClient, look: TaskLook<Needs>): Promise<Where> {
  const { startedBuild, buildNumber } = config.parse(look.stage.context);
  if (buildNumber !== undefined) return { number: buildNumber };
  const found = await findQueued(client, look);
  if (found === undefined || 'number' in found) return found;
  const { queuedBuild } = found;
  const item: JenkinsQueueItem | undefined = await unlessAbsent(client.getQueueItem(queuedBuild, look.signal));
  if (item?.state === 'cancelled') return undefined;
  if (item?.state === 'waiting') return found;
  if (item?.state === 'started') return { number: item.number };
  const number = await findForgotten(client, { job: startedBuild.job, queuedBuild }, look.signal);
  return number === undefined ? undefined : { number };
}

async function tell(client: JenkinsClient, look: TaskLook<Needs>, where: NonNullable<Where>): Promise<TaskResult> {
  const { memo, now, stage, signal } = look;
  const { job } = config.parse(stage.context).startedBuild;
  const progress = `the build of ${job} is stopped`;
  const again = { status: 'RUNNING', retryAfterMs: pollMs, context: { progress } } as const;
  if (memo === undefined) return { ...again, retryAfterMs: 0, memo: { toldAt: 0 } };
  const { toldAt } = memoSchema.parse(memo);
  if (now - toldAt < tellAgainMs && toldAt > 0 && 'number' in where) return again;
  if ('number' in where) await client.stopBuild({ job, number: where.number }, signal);
  else await client.cancelQueueItem(where.queuedBuild, signal);
  return { ...again, memo: { toldAt: now } };
}

/** Stops the build, wherever it is by now, and waits until it has ended. */
const stop: TaskDefinition<Needs> = {
  name: 'stopJenkinsBuild',
  timeoutMs: 5 * 60_000,
  timeoutFromStage: false,
  acts: 'Jenkins',
  async run(look) {
    const { master, job } = config.parse(look.stage.context).startedBuild;
    const client = look.services.jenkins.find(master);
    const where = await locate(client, look);
    if (where === undefined && mayAppear(look)) return { status: 'RUNNING', retryAfterMs: pollMs };
    if (where === undefined) return { status: 'SUCCEEDED' };
    if (!('number' in where)) return tell(client, look, where);
    const name = { job, number: where.number };
    const build: JenkinsBuild | undefined = await unlessAbsent(client.getBuild(name, look.signal));
    if (build?.building === true) return tell(client, look, where);
    return { status: 'SUCCEEDED', outputs: { buildNumber: where.number, result: build?.result } };
  },
};

/** Stops a build of Jenkins; part of the way back of what has started it. */
export const stopJenkinsBuild = defineStage({
  type: 'stopJenkinsBuild',
  isInternal: true,
  needs: ['jenkins'],
  config,
  tasks: [stop],
});
