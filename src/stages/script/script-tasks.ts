import type { JobTurns } from '../../engine/contracts/job-turns';
import type { PlanInput, StagePlan } from '../../engine/contracts/stage';
import type { TaskDefinition } from '../../engine/contracts/task';
import type { Jobs } from '../../dcos/jobs';
import type { JenkinsMasters, ScriptJob } from '../../jenkins/jenkins-masters';
import type { Stage, StageContext } from '../../model/execution';
import { buildWishes } from '../build/build-context';
import { buildTasks } from '../build/build-tasks';
import { planStop as planStopOfBuild } from '../build/plan-stop';
import { planStop as planStopOfJob } from '../job/plan-stop';
import { getJobProperties } from '../job/property-file';
import { startJob } from '../job/start-job';
import { waitOnJobCompletion } from '../job/wait-for-job';
import { asJobStage } from './script-as-job';
import { scriptConfig, scriptParameters } from './script-config';

type Needs = { readonly jenkins: JenkinsMasters; readonly jobs: Jobs; readonly jobTurns: JobTurns };
type Task = TaskDefinition<Needs>;

function jobOf(context: StageContext, masters: JenkinsMasters): ScriptJob {
  const { master, job } = scriptConfig.parse(context);
  if (master !== undefined && job !== undefined) return { master, job };
  const configured = masters.scriptJob(master);
  return { master: configured.master, job: job ?? configured.job };
}

/** Whether the first task found no Jenkins to run the script through. */
const isOnMetronome = ({ tasks }: Stage): boolean => tasks[0]?.status === 'SKIPPED';

const noJenkins = 'no Jenkins is configured, so that the script runs in Metronome';
const hasJenkins = 'the script runs through Jenkins';

function throughJenkins(task: Task, index: number): Task {
  const skips: Task['run'] = () => Promise.resolve({ status: 'SKIPPED', reason: noJenkins });
  return {
    ...task,
    run: (look) => {
      const { master, job } = scriptConfig.parse(look.stage.context);
      const isLeft = master === undefined && job === undefined && !look.services.jenkins.isConfigured();
      const isSkipped = index === 0 ? look.memo === undefined && isLeft : isOnMetronome(look.stage);
      return isSkipped ? skips(look) : task.run(look);
    },
  };
}

const asJob = (task: TaskDefinition<Pick<Needs, 'jobs' | 'jobTurns'>>): Task => ({
  ...task,
  run: (look) =>
    isOnMetronome(look.stage)
      ? task.run({ ...look, stage: asJobStage(look.execution, look.stage) })
      : Promise.resolve({ status: 'SKIPPED', reason: hasJenkins }),
});

const buildsOf = buildTasks({ job: jobOf, parameters: scriptParameters }, Object.keys(scriptConfig.shape));

/** The tasks of a build, and those of a job; which of them are skipped is seen when the first looks for a Jenkins. */
export function scriptTasks(input: PlanInput): readonly Task[] {
  const builds = buildsOf(input).map(throughJenkins);
  const { waitForCompletion, propertyFile } = buildWishes(input.stage.context);
  const waits = waitForCompletion ? [waitOnJobCompletion] : [];
  const reads = waitForCompletion && propertyFile !== undefined ? [getJobProperties] : [];
  return [...builds, ...[startJob, ...waits, ...reads].map(asJob)];
}

/** Stops what the script runs in; nothing where its end has been seen. */
export function stopScript(input: PlanInput): readonly StagePlan[] {
  const { stage, execution } = input;
  if (isOnMetronome(stage)) return planStopOfJob({ ...input, stage: asJobStage(execution, stage) });
  return planStopOfBuild(input, scriptParameters(stage.context));
}
