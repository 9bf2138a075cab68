import type { PlanInput, StagePlan } from '../../engine/contracts/stage';
import { effectKey } from '../../engine/effect-key';
import { jobConfigOf, workPlace } from './job-stage';
import { startedRun, startJob } from './start-job';
import { foreignRun, sentIntent } from './start-memo';
import { waitOnJobCompletion } from './wait-for-job';

/**
 * Ends the run that a stage has started, or may have; nothing where its end has been seen, nor where the stage was not to wait
 * for it: such a run is let go with its start.
 */
export function planStop({ execution, stage }: PlanInput): readonly StagePlan[] {
  const taskOf = (name: string) => stage.tasks.find((task) => task.name === name);
  const start = taskOf(startJob.name);
  const isOver = taskOf(waitOnJobCompletion.name)?.status === 'SUCCEEDED' || stage.failure?.code === 'JOB_FAILED';
  if (start === undefined || isOver) return [];
  const { general, waitForCompletion } = jobConfigOf(stage.context);
  if (start.status === 'SUCCEEDED' && !waitForCompletion) return [];
  const location = workPlace(stage.context);
  const jobId = general.id;
  const plan = (context: StagePlan['context']): readonly StagePlan[] => [
    { type: 'stopJob', name: `Stop ${jobId}`, context: { location, jobId, ...context } },
  ];
  if (start.status === 'SUCCEEDED') return plan({ runId: startedRun(stage).runId });
  const foreign = foreignRun(start.memo);
  if (foreign !== undefined) return plan({ runId: foreign.foreign });
  const intent = sentIntent(start.memo);
  return intent === undefined ? [] : plan({ key: effectKey(execution.id, stage), known: intent.known });
}
