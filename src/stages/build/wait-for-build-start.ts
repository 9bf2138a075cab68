import type { TaskDefinition, TaskResult } from '../../engine/contracts/task';
import type { JenkinsClient } from '../../jenkins/jenkins-client';
import { isNotFound, pollMs, startedBuild, type Needs, type StartedBuild } from './build-context';

const numbered = (buildNumber: number): TaskResult => ({
  status: 'SUCCEEDED',
  outputs: { buildNumber },
  context: { buildNumber },
});

/** The number of the build that came of a queue item which Jenkins has forgotten; undefined where none is found. */
export async function findForgotten(
  client: JenkinsClient,
  { job, queuedBuild }: Pick<StartedBuild, 'job' | 'queuedBuild'>,
  signal: AbortSignal,
): Promise<number | undefined> {
  const traces = await client.listTraces(job, signal);
  return traces.find(({ queueId }) => queueId === queuedBuild)?.number;
}

/** Waits until the queue item has become a build. */
export const waitForBuildStart: TaskDefinition<Needs> = {
  name: 'waitForJenkinsJobStart',
  timeoutMs: 2 * 3_600_000,
  timeoutFromStage: true,
  async run({ stage, services, signal }) {
    const build = startedBuild(stage);
    if (build.buildNumber !== undefined) return numbered(build.buildNumber);
    const { master, job, queuedBuild } = build;
    const client = services.jenkins.find(master);
    try {
      const item = await client.getQueueItem(queuedBuild, signal);
      if (item.state === 'started') return numbered(item.number);
      if (item.state === 'cancelled') {
        const reason = `The build of ${job} was taken out of the queue of Jenkins ${master}.`;
        return { status: 'CANCELED', code: 'JOB_FAILED', reason };
      }
      // Jenkins counts down in some of its reasons, which would be a new version of the execution with each look.
      const why = item.why.replace(/ (Expires in|\(ETA:).*$/, '').replace(/\.$/, '');
      return { status: 'RUNNING', retryAfterMs: pollMs, context: { progress: `waits in Jenkins: ${why}` } };
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    const number = await findForgotten(client, build, signal);
    if (number !== undefined) return numbered(number);
    const progress = `Jenkins ${master} knows nothing of queue item ${queuedBuild} of ${job}; it is asked again`;
    return { status: 'RUNNING', retryAfterMs: pollMs, context: { progress } };
  },
};
