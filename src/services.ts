import type { Jobs } from './dcos/jobs';
import type { ServerGroups } from './dcos/server-groups';
import type { ChildPipelines } from './engine/contracts/child-pipelines';
import type { Expiries } from './engine/contracts/expiries';
import type { TrafficGuard } from './engine/contracts/guard';
import type { JobTurns } from './engine/contracts/job-turns';
import type { StageDefinition } from './engine/contracts/stage';
import type { TaskDefinition } from './engine/contracts/task';
import type { FetchPublic } from './http-client/fetch-public';
import type { Webhooks } from './http-client/webhooks';
import type { JenkinsMasters } from './jenkins/jenkins-masters';

/** Everything a stage may ask for; it names what it needs and sees only that. */
export type Services = {
  readonly serverGroups: ServerGroups;
  readonly jobs: Jobs;
  readonly jobTurns: JobTurns;
  readonly trafficGuard: TrafficGuard;
  readonly expiries: Expiries;
  /** The text behind a URL that somebody wrote; see `FetchPublic`. */
  readonly fetchText: FetchPublic;
  readonly jenkins: JenkinsMasters;
  readonly childPipelines: ChildPipelines;
  /** Sends requests to URLs that teams wrote. */
  readonly webhooks: Webhooks;
};

/** A stage type of this product. */
export type CoxswainStage = StageDefinition<Services>;

function limit<N extends keyof Services>(
  needs: readonly N[],
  task: TaskDefinition<Pick<Services, N>>,
): TaskDefinition<Services> {
  return {
    ...task,
    run: (look) => {
      const entries = needs.map((need) => [need, look.services[need]] as const);
      return task.run({ ...look, services: Object.fromEntries(entries) as unknown as Pick<Services, N> });
    },
  };
}

/** Declares a stage type whose tasks see only the services named in `needs`. */
export function defineStage<N extends keyof Services>(
  stage: StageDefinition<Pick<Services, N>> & { readonly needs: readonly N[] },
): CoxswainStage {
  const { needs, tasks, ...rest } = stage;
  const limited: CoxswainStage['tasks'] =
    typeof tasks === 'function'
      ? (input) => tasks(input).map((task) => limit(needs, task))
      : tasks.map((task) => limit(needs, task));
  return { ...rest, tasks: limited };
}
