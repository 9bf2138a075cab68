import { z } from 'zod';
import type { Application, Definitions, Environment, Pipeline, PipelineStage } from '../model/application';
import { clusterOf } from '../model/cluster-of';
import type { StageContext } from '../model/execution';
import { parseMoniker } from '../model/moniker';
import { isClusterGiven } from './open-parts';

/** The types of stages that change server groups; any other type at most reads them. */
export const changingTypes: readonly string[] = [
  'adoptServerGroup',
  'cloneServerGroup',
  'createServerGroup',
  'deploy',
  'destroyServerGroup',
  'disableCluster',
  'disableServerGroup',
  'enableServerGroup',
  'resizeServerGroup',
  'rollbackCluster',
  'rollbackServerGroup',
  'scaleDownCluster',
  'shrinkCluster',
  'terminateInstanceAndDecrementServerGroup',
  'terminateInstances',
];

/** An environment whose cluster a stage of a pipeline names, though the pipeline is run for another. */
export type ForeignCluster = {
  readonly application: Application;
  readonly environment: Environment;
  /** The cluster of that environment, such as `foo-prod`. */
  readonly cluster: string;
  /** The name of the first stage that names it. */
  readonly stage: string;
};

/** Stages, and the names of what they are run for. */
type NamedPlace = {
  readonly application: Pick<Application, 'name'>;
  readonly environment: Pick<Environment, 'name'>;
  readonly pipeline: { readonly stages: readonly Pick<PipelineStage, 'type' | 'name' | 'context'>[] };
};

const changes = ({ type }: Pick<PipelineStage, 'type'>): boolean => changingTypes.includes(type);

/** Whether a pipeline changes or reads server groups, so that nobody else may work on its cluster meanwhile. */
export const touchesCluster = ({ stages }: Pick<Pipeline, 'stages'>): boolean =>
  stages.some(
    (stage) => changes(stage) || stage.leavesOpen?.includes('places') === true || isClusterGiven(stage.context),
  );

const text = z.string().optional().catch(undefined);
const part = z.looseObject({}).optional().catch(undefined);
const texts = z.array(z.string()).catch([]);
const naming = z.object({
  cluster: text,
  targetCluster: text,
  serverGroupName: text,
  asgName: text,
  rollbackServerGroupName: text,
  restoreServerGroupName: text,
  application: text,
  stack: text,
  instance: text,
  instanceId: text,
  instanceIds: texts,
  moniker: part,
  source: part,
  rollbackContext: part,
  clusters: z.array(z.looseObject({})).catch([]),
});

type Names = { readonly groups: readonly string[]; readonly instances: readonly string[] };

/** All names of clusters and server groups in a context, and the ids of instances. Expressions are among them. */
function namesIn(context: StageContext): Names {
  const { application, stack, instance, instanceId, instanceIds, moniker, source, rollbackContext, clusters, ...own } =
    naming.parse(context);
  const spelled = application === undefined || stack === undefined ? [] : [`${application}-${stack}`];
  const parts = [moniker, source, rollbackContext, ...clusters].flatMap((each) =>
    each === undefined ? [] : namesIn(each),
  );
  const named = [...Object.values(own), ...spelled].flatMap((name) => name ?? []);
  return {
    groups: [...named, ...parts.flatMap(({ groups }) => groups)],
    instances: [instance ?? [], instanceId ?? [], instanceIds].flat(),
  };
}

/** Whether a name is of an environment's clusters: `foo-prod`, `foo-prod-canary`, `foo-prod-v003`. */
function isOf(name: string, application: Application, environment: Environment): boolean {
  const moniker = parseMoniker(name);
  return moniker?.app === application.name && moniker.stack === environment.name;
}

/** The ids of Mesos tasks begin with the path of their app, its slashes as underscores. */
const isInstanceOf = (id: string, cluster: string): boolean => {
  const [before, after] = id.split(`${cluster}-`, 2);
  return after !== undefined && (before === '' || before?.endsWith('_') === true);
};

/**
 * The environments, other than the one that a pipeline is run for, whose clusters its stages name and change. What only
 * reads is left out, and so are names that are expressions, which are not known before their stage starts.
 */
export function foreignClusters(
  { applications }: Pick<Definitions, 'applications'>,
  { application: own, environment: at, pipeline }: NamedPlace,
): readonly ForeignCluster[] {
  const changing = pipeline.stages.filter(changes).map((stage) => ({ stage, names: namesIn(stage.context) }));
  const all = [...applications.values()].flatMap((application) =>
    [...application.environments.values()].map((environment) => ({ application, environment })),
  );
  return all.flatMap(({ application, environment }) => {
    if (application.name === own.name && environment.name === at.name) return [];
    const cluster = clusterOf(application, environment);
    const found = changing.find(
      ({ names: { groups, instances } }) =>
        groups.some((name) => isOf(name, application, environment)) ||
        instances.some((id) => isInstanceOf(id, cluster)),
    );
    return found === undefined ? [] : [{ application, environment, cluster, stage: found.stage.name }];
  });
}
