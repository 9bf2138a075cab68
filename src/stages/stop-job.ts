import { z } from 'zod';
import type { Jobs } from '../dcos/jobs';
import type { TaskDefinition, TaskLook } from '../engine/contracts/task';
import { defineStage } from '../services';
import { placeOf } from './server-group/place';

type Needs = { readonly jobs: Jobs };

const config = z.looseObject({
  jobId: z.string(),
  /** The run to stop; without it, those that were started with `key` and are not `known`. */
  runId: z.string().optional(),
  key: z.string().default(''),
  known: z.object({ ids: z.array(z.string()), since: z.number() }).default({ ids: [], since: 0 }),
});

const pollMs = 2000;

async function findRuns({ stage, services, signal }: TaskLook<Needs>) {
  const { jobId, runId, key, known } = config.parse(stage.context);
  if (runId !== undefined) return { runIds: [runId], isOpen: false };
  return services.jobs.startedRuns(placeOf(stage.context), { jobId, key, known }, signal);
}

/** Stops what still runs, and waits until nothing does. */
const stop: TaskDefinition<Needs> = {
  name: 'stopJob',
  timeoutMs: 5 * 60_000,
  timeoutFromStage: false,
  acts: 'Metronome',
  async run(look) {
    const { stage, memo, services, signal } = look;
    const { jobId } = config.parse(stage.context);
    const place = placeOf(stage.context);
    const { runIds, isOpen } = await findRuns(look);
    const states = await Promise.all(
      runIds.map(async (runId) => ({ runId, ...(await services.jobs.look(place, { jobId, runId }, signal)) })),
    );
    const active = states.filter(({ status }) => status === 'STARTING' || status === 'RUNNING');
    if (active.length === 0 && !isOpen) return { status: 'SUCCEEDED', outputs: { stoppedRuns: runIds } };
    const stopping = active.map(({ runId }) => runId);
    if (memo === undefined) return { status: 'RUNNING', retryAfterMs: 0, memo: { stopping } };
    await Promise.all(stopping.map((runId) => services.jobs.cancel(place, { jobId, runId }, signal)));
    const progress = isOpen ? `looks for a run of ${jobId} that may have started` : `${jobId} is stopped`;
    return { status: 'RUNNING', retryAfterMs: pollMs, context: { progress } };
  },
};

/** Stops a run of a job; part of the way back of what has started it. */
export const stopJob = defineStage({ type: 'stopJob', isInternal: true, needs: ['jobs'], config, tasks: [stop] });
