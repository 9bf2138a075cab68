import type { Strategy } from './strategy';

/** The pipeline as a deploy names it: `foo/gently`, or `gently` of the application's own file. */
const pipelineText = ({ strategyApplication, strategyPipeline = '?' }: Parameters<Strategy['summary']>[0]): string =>
  strategyApplication === undefined ? strategyPipeline : `${strategyApplication}/${strategyPipeline}`;

/**
 * A strategy pipeline creates the new server group and decides what becomes of the others (semantics §5). Nothing of it is
 * planned here: the creation runs that pipeline in the place of its own tasks.
 */
export const custom: Strategy = {
  name: 'custom',
  summary: (deployment, old) =>
    `custom: pipeline ${pipelineText(deployment)} deploys ${deployment.desiredCapacity} new` +
    (old === undefined ? '' : `, and decides what becomes of the old ${old}`),
  promise:
    'A strategy pipeline, which is one marked `strategy: true` that nothing else may run, creates the new server group and decides what becomes of the others: what serves meanwhile is what its stages leave. A `deploy` in it takes the description of this deploy, with strategy `none`; its other stages act in the place and on the cluster of this deploy. It gets the parameters `application`, `credentials`, `cluster`, `region`, `cloudProvider`, `strategy`, `clone`, `parentPipelineId` and `parentStageId` beside `pipelineParameters`. `timeout` is the time for all of it; regions follow one another, since each run has the cluster for itself. A new server group that does not come up goes out of service and is kept for diagnosis, as with `none`; what came up stays as the failed pipeline left it, unless `rollback: { onFailure: true }` brings back at full size what served before. A cancel always does.',
  after: () => [],
  keepsWayBack: true,
};
