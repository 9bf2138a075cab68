import type { TaskDefinition, TaskLook, TaskResult } from '../../engine/contracts/task';
import type { JenkinsBuild } from '../../jenkins/jenkins-schemas';
import { CoxswainError } from '../../model/errors';
import type { StageContext } from '../../model/execution';
import { buildWishes, isNotFound, numberedBuild, pollMs, type Needs } from './build-context';
import { propertiesOf } from '../property/property-file';
import { findPropertyFile, propertiesInContext } from './property-file';

/** The build as Spinnaker's `buildInfo`; a build that runs has the result BUILDING. */
function infoOf(job: string, { result, ...build }: JenkinsBuild): StageContext {
  return { ...build, name: job, result: build.building ? 'BUILDING' : (result ?? 'NOT_BUILT') };
}

const failures: Readonly<Record<string, string>> = {
  FAILURE: 'Job failed (see Jenkins)',
  UNSTABLE: 'Job is unstable',
  NOT_BUILT: 'Job was not built',
};

/** What a build that failed left nevertheless; what keeps it from being read matters less than the failure. */
async function propertiesOfFailed(look: TaskLook<Needs>, configNames: readonly string[]): Promise<StageContext> {
  if (buildWishes(look.stage.context).propertyFile === undefined) return {};
  try {
    const found = propertiesOf(await findPropertyFile(look));
    return 'properties' in found ? propertiesInContext(look.stage, found.properties, configNames) : {};
  } catch (error) {
    if (error instanceof CoxswainError) return {};
    throw error;
  }
}

type Ended = { readonly job: string; readonly build: JenkinsBuild; readonly configNames: readonly string[] };

async function conclude(look: TaskLook<Needs>, { job, build, configNames }: Ended): Promise<TaskResult> {
  const buildInfo = infoOf(job, build);
  const { result } = build;
  const isGood = result === 'UNSTABLE' && buildWishes(look.stage.context).markUnstableAsSuccessful;
  if (result === 'SUCCESS' || isGood) return { status: 'SUCCEEDED', outputs: { buildInfo }, context: { buildInfo } };
  const what = `${job} #${build.number}, ${build.url}`;
  if (result === 'ABORTED') {
    const reason = `The build was aborted in Jenkins: ${what}`;
    return { status: 'CANCELED', code: 'JOB_FAILED', reason, context: { buildInfo } };
  }
  const reason = `${failures[result ?? 'NOT_BUILT'] ?? `Job ended as ${String(result)}`}: ${what}`;
  const context = { ...(await propertiesOfFailed(look, configNames)), buildInfo };
  return { status: 'TERMINAL', code: 'JOB_FAILED', reason, context };
}

/**
 * Waits for the build's end; what Jenkins does not know at the moment is asked for again (semantics §4.4). `configNames` are
 * the fields of the stage, which no property of a failed build may set.
 */
export const monitorBuild = (configNames: readonly string[]): TaskDefinition<Needs> => ({
  name: 'monitorJenkinsJob',
  timeoutMs: 2 * 3_600_000,
  timeoutFromStage: true,
  async run(look) {
    const { stage, services, signal } = look;
    const { master, job, number } = numberedBuild(stage);
    try {
      const build = await services.jenkins.find(master).getBuild({ job, number }, signal);
      if (!build.building) return await conclude(look, { job, build, configNames });
      const context = { buildInfo: infoOf(job, build), progress: `build #${number} of ${job} runs` };
      return { status: 'RUNNING', retryAfterMs: pollMs, context };
    } catch (error) {
      if (!isNotFound(error)) throw error;
      const progress = `Jenkins ${master} knows nothing of build #${number} of ${job}; it is asked again`;
      return { status: 'RUNNING', retryAfterMs: pollMs, context: { progress } };
    }
  },
});
