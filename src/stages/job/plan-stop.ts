import type { PlanInput, StagePlan } from '../../engine/contracts/stage';
import { effectKey } from '../../engine/effect-key';
import { jobConfigOf, workPlace } from './job-stage';
import { sentIntent, startedRun, startJob } from './start-job';
import { waitOnJobCompletion } from './wait-for-job';

/** Ends the run that a stage has started, or may have; nothing where its end has been seen. */
export function planStop({ execution, stage }: PlanInput): readonly StagePlan[] {
  const taskOf = (name: string) => stage.tasks.find((task) => task.name === name);
  const start = taskOf(startJob.name);
  const isOver = taskOf(waitOnJobCompletion.name)?.status === 'SUCCEEDED' || stage.failure?.code === 'JOB_FAILED';
  if (start === undefined || isOver) return [];
  const location = workPlace(stage.context);
  const jobId = jobConfigOf(stage.context).general.id;
  const plan = (context: StagePlan['context']): readonly StagePlan[] => [
    { type: 'stopJob', name: `Stop ${jobId}`, context: { location, jobId, ...context } },
  ];
  if (start.status === 'SUCCEEDED') return plan({ runId: startedRun(stage).runId });
  const intent = sentIntent(start.memo);
  return intent === undefined ? [] : plan({ key: effectKey(execution.id, stage), known: intent.known });
}
