import type { Application, Definitions, Environment, PipelineStage } from '../model/application';
import type { StageContext } from '../model/execution';
import { splitPipelineName } from './find-pipeline';
import { foreignClusters } from './touched-clusters';

type Applications = Pick<Definitions, 'applications'>;

/** Stages, what they are run for, and whose file has them, where that is another's. */
export type Reaching = {
  readonly application: Pick<Application, 'name'>;
  readonly environment: Pick<Environment, 'name'>;
  readonly stages: readonly PipelineStage[];
  readonly owner?: Pick<Application, 'name'> | undefined;
};

/** An environment that stages change besides the one that they are run for, by themselves or through what they run. */
export type ReachedEnvironment = {
  readonly application: Application;
  readonly environment: Environment;
  /** Which stage, and what it does: `stage 'Shrink' names foo-prod`. */
  readonly why: string;
  /** The cluster that one of the stages themselves names; absent where only what they run reaches the environment. */
  readonly named?: string;
};

/** A pipeline that a stage runs, and what for. */
type Call = Required<Reaching> & {
  readonly stage: PipelineStage;
  readonly id: string;
  readonly application: Application;
  readonly environment: Environment;
};

const textOr = (value: unknown, fallback: string): string => (typeof value === 'string' ? value : fallback);

/** The contexts of a stage that may name a strategy: its own, and those of the clusters that it lists. */
const contextsOf = ({ context }: PipelineStage): readonly StageContext[] => [
  context,
  ...(Array.isArray(context.clusters) ? (context.clusters as readonly StageContext[]) : []),
];

/** The words by which a stage names what it runs; a strategy is run for what its deploy is. */
function wordsOf(stage: PipelineStage, from: Reaching) {
  const { application, environment, owner = application } = from;
  const { context } = stage;
  if (stage.type === 'pipeline' && context.strategyRun === undefined) {
    const place = { application: undefined, environment: textOr(context.environment, environment.name) };
    return [{ owner: textOr(context.application, owner.name), name: context.pipeline, ...place }];
  }
  const place = { application: application.name, environment: environment.name };
  if (stage.type === 'pipeline')
    return [{ owner: textOr(context.application, owner.name), name: context.pipeline, ...place }];
  return contextsOf(stage)
    .filter(({ strategy }) => typeof strategy === 'string' && strategy.toLowerCase() === 'custom')
    .map(({ strategyApplication, strategyPipeline }) => ({
      owner: textOr(strategyApplication, owner.name),
      name: strategyPipeline,
      ...place,
    }));
}

/** What a stage runs, as far as its names are known and lead to something. */
function callsOf(stage: PipelineStage, from: Reaching, definitions: Applications): readonly Call[] {
  return wordsOf(stage, from).flatMap((words): readonly Call[] => {
    if (typeof words.name !== 'string') return [];
    const [ownerName, name] = splitPipelineName({ application: words.owner, pipeline: words.name }, definitions);
    const owner = definitions.applications.get(ownerName);
    const application = definitions.applications.get(words.application ?? ownerName);
    const environment = application?.environments.get(words.environment);
    const found = owner?.pipelines.get(name);
    if (owner === undefined || application === undefined || environment === undefined || found === undefined) return [];
    return [{ stage, id: `${ownerName}/${name}`, application, environment, stages: found.stages, owner }];
  });
}

const nameOf = ({ application, environment }: Pick<Reaching, 'application' | 'environment'>): string =>
  `${application.name} ${environment.name}`;

/** Stages that are looked at, and of which pipeline they are; undefined for those that the question is about. */
type Layer = { readonly from: Reaching; readonly id?: string };

/** What stages reach themselves, by the names in them and by what they run. */
function reachedBy(
  { from, id }: Layer,
  calls: readonly Call[],
  definitions: Applications,
): readonly ReachedEnvironment[] {
  const of = id === undefined ? '' : ` of pipeline ${id}`;
  const named = foreignClusters(definitions, { ...from, pipeline: from }).map(({ stage, cluster, ...there }) => {
    const why = `stage '${stage}'${of} names ${cluster}`;
    return { ...there, why, ...(id === undefined ? { named: cluster } : {}) };
  });
  const run = calls.map(({ application, environment, stage, id: callee }) => {
    const why = `stage '${stage.name}'${of} runs ${callee} for ${application.name} ${environment.name}`;
    return { application, environment, why };
  });
  return [...named, ...run];
}

/** The layers below one, each pipeline once for each environment. */
function below(calls: readonly Call[], seen: Set<string>): readonly Layer[] {
  return calls.flatMap((call) => {
    const key = `${call.id} ${nameOf(call)}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ from: call, id: call.id }];
  });
}

/**
 * Every environment that stages reach besides the one they are run for: whose clusters they name, for which they run pipelines,
 * and what those and strategy pipelines reach in turn, as the files are now; each once, by the shortest way. Names that are
 * expressions lead nowhere: what they mean is known only when their stage starts, and judged then.
 */
export function reachedEnvironments(definitions: Applications, from: Reaching): readonly ReachedEnvironment[] {
  const reached = new Map<string, ReachedEnvironment>();
  const seen = new Set<string>();
  let layers: readonly Layer[] = [{ from }];
  while (layers.length > 0) {
    layers = layers.flatMap((layer) => {
      const calls = layer.from.stages.flatMap((stage) => callsOf(stage, layer.from, definitions));
      for (const found of reachedBy(layer, calls, definitions)) {
        const key = nameOf(found);
        if (key !== nameOf(from) && !reached.has(key)) reached.set(key, found);
      }
      return below(calls, seen);
    });
  }
  return [...reached.values()];
}
