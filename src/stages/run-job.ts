import { z } from 'zod';
import type { Jobs } from '../dcos/jobs';
import type { JobTurns } from '../engine/contracts/job-turns';
import type { PlanInput, StagePlan } from '../engine/contracts/stage';
import type { TaskDefinition } from '../engine/contracts/task';
import { withoutFailureChoice } from '../engine/failure-status';
import { childrenOf } from '../engine/graph';
import { locationName, safeRegion } from '../model/server-group';
import { defineStage } from '../services';
import { jobConfig, jobConfigOf, jobPlace, jobPlaces, workPlace } from './job/job-stage';
import { planStop } from './job/plan-stop';
import { getJobProperties } from './job/property-file';
import { startJob } from './job/start-job';
import { waitOnJobCompletion } from './job/wait-for-job';

type Needs = { readonly jobs: Jobs; readonly jobTurns: JobTurns };

/** Of several places each has a stage of its own; their outputs stand by place in `jobs`. */
const completeParallelJobs: TaskDefinition<Needs> = {
  name: 'completeParallelJobs',
  timeoutMs: 60_000,
  timeoutFromStage: false,
  run: ({ execution, stage }) => {
    const jobs = childrenOf(execution, stage)
      .filter(({ status }) => status === 'SUCCEEDED')
      .map(({ context, outputs }) => [safeRegion(workPlace(context)), outputs] as const);
    return Promise.resolve({ status: 'SUCCEEDED', outputs: { jobs: Object.fromEntries(jobs) } });
  },
};

function tasksOf({ stage }: PlanInput): readonly TaskDefinition<Needs>[] {
  if (jobPlace(stage.context) === undefined) return [completeParallelJobs];
  const { waitForCompletion, propertyFile } = jobConfigOf(stage.context);
  if (!waitForCompletion) return [startJob];
  return propertyFile === '' ? [startJob, waitOnJobCompletion] : [startJob, waitOnJobCompletion, getJobProperties];
}

function planPlaces({ stage }: PlanInput): readonly StagePlan[] {
  if (jobPlace(stage.context) !== undefined) return [];
  const { locations, ...context } = stage.context;
  const { general } = jobConfigOf(stage.context);
  return jobPlaces(stage.context).map(({ jobId = general.id, ...location }) => ({
    type: 'runJob',
    name: `Run in ${locationName(location)}`,
    context: { ...withoutFailureChoice(context), general: { ...general, id: jobId }, location },
  }));
}

const stopOwn = (input: PlanInput): readonly StagePlan[] =>
  jobPlace(input.stage.context) === undefined ? [] : planStop(input);

const jobName = z.object({ general: z.object({ id: z.string() }) });

/** Runs a job once and waits for its end (semantics §3, §4.7; decision 14); several places at the same time. */
export const runJob = defineStage({
  type: 'runJob',
  about: {
    summary: 'Runs a job once as a Metronome job of DC/OS and waits for its end; in several places at the same time.',
    shorthand: {
      job: 'A job of the file, by its name below `jobs`; then only `regions`, `propertyFile` and `waitForCompletion` stand beside it.',
      regions: 'With `job`: the places, as `account/region`. Default: all of the run.',
    },
    puts: {
      jobStatus: 'How the run ended.',
      completionDetails: '`{ successful, location, jobId, taskId }`.',
      'deploy.jobs': 'By cluster, the id of the run.',
      propertyFileContents: 'All of the property file.',
      '<property>': 'Each property of the file, flat.',
      jobs: 'Of several places: the outputs of each, by region.',
    },
    cancel:
      'The run is stopped, also where its start was not answered; so it is when the stage runs out of time. One that is not waited for is let go with its start.',
    restart: 'Starts another run.',
  },
  needs: ['jobs', 'jobTurns'],
  config: jobConfig,
  tasks: tasksOf,
  parallelBefore: true,
  before: planPlaces,
  onFailure: stopOwn,
  onIgnoredFailure: stopOwn,
  onCancel: (input) => (jobPlace(input.stage.context) === undefined ? undefined : planStop(input)),
  render: ({ status, context }) => (status === 'SUCCEEDED' ? jobName.safeParse(context).data?.general.id : undefined),
});
