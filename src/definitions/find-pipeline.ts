import type { Application, Definitions, Environment, Pipeline } from '../model/application';
import { CoxswainError } from '../model/errors';
import { imageOfVersion } from '../model/image-of-version';
import { didYouMean } from './did-you-mean';
import { isDescribed } from './resolve-pipeline';

/** A pipeline of a file, and what it is run for. */
export type PipelinePlace = {
  readonly application: Application;
  readonly pipeline: Pipeline;
  readonly environment: Environment;
  /** Whose file has the pipeline, where that is another's: a strategy's. */
  readonly owner?: Application;
};

/** The words by which a pipeline is asked for; `pipeline` may be `application/name`. */
export type PipelineWords = {
  readonly application: string;
  readonly pipeline: string;
  readonly environment: string;
};

const missing = (what: string, name: string, known: Iterable<string>) =>
  new CoxswainError('NOT_FOUND', { message: `There is no ${what} '${name}'. ${didYouMean(name, [...known])}` });

function find<T>(what: string, name: string, known: ReadonlyMap<string, T>): T {
  const found = known.get(name);
  if (found === undefined) throw missing(what, name, known.keys());
  return found;
}

/** The parts of `application/name`; a name with a slash in it that the application has stays whole. */
export function splitPipelineName(
  { application, pipeline }: Pick<PipelineWords, 'application' | 'pipeline'>,
  { applications }: Pick<Definitions, 'applications'>,
): readonly [application: string, pipeline: string] {
  const slash = pipeline.indexOf('/');
  if (slash < 1 || applications.get(application)?.pipelines.has(pipeline) === true) return [application, pipeline];
  return [pipeline.slice(0, slash), pipeline.slice(slash + 1)];
}

/** Finds a pipeline and what it is run for. Throws NOT_FOUND, naming the nearest and all there are. */
export function findPipeline(definitions: Definitions, words: PipelineWords): PipelinePlace {
  const [applicationName, name] = splitPipelineName(words, definitions);
  const application = find('application', applicationName, definitions.applications);
  const pipeline = find(`pipeline of ${applicationName}`, name, application.pipelines);
  if (pipeline.strategy === true)
    throw new CoxswainError('INVALID_INPUT', { message: strategyRefusal(applicationName, name) });
  return {
    application,
    pipeline,
    environment: find(`environment of ${applicationName}`, words.environment, application.environments),
  };
}

/** Why a strategy pipeline is not run as others are. */
export const strategyRefusal = (application: string, pipeline: string): string =>
  `Pipeline ${application}/${pipeline} is a strategy: only a deploy with strategy: custom may run it.`;

/** Why a pipeline cannot be the strategy of a deploy. */
export const noStrategy = (application: string, pipeline: string): string =>
  `Pipeline ${application}/${pipeline} is no strategy. Mark it with strategy: true beside its stages, or name another.`;

/**
 * Finds the strategy pipeline that a deploy of `user` names, to be run for the deploy's own application and environment. Throws
 * NOT_FOUND for a name that is not known, INVALID_INPUT for a pipeline that is no strategy.
 */
export function findStrategyPipeline(
  definitions: Definitions,
  { application: ownerName, pipeline: written }: Pick<PipelineWords, 'application' | 'pipeline'>,
  user: Pick<PipelineWords, 'application' | 'environment'>,
): PipelinePlace {
  const [applicationName, name] = splitPipelineName({ application: ownerName, pipeline: written }, definitions);
  const owner = find('application', applicationName, definitions.applications);
  const application = find('application', user.application, definitions.applications);
  const pipeline = find(`pipeline of ${applicationName}`, name, owner.pipelines);
  if (pipeline.strategy !== true)
    throw new CoxswainError('INVALID_INPUT', { message: noStrategy(applicationName, name) });
  const environment = find(`environment of ${user.application}`, user.environment, application.environments);
  return { application, pipeline, environment, owner };
}

/**
 * The image that a pipeline deploys: the one that was asked for, or else the one at hand; undefined where it needs none.
 * Throws INVALID_INPUT where it needs one, or the version is none.
 */
export function chooseImage(
  { application, pipeline, environment }: PipelinePlace,
  asked: { readonly image?: string | undefined; readonly version?: string | undefined },
  atHand: string | undefined,
): string | undefined {
  const { image, version } = asked;
  if (image !== undefined && version !== undefined)
    throw new CoxswainError('INVALID_INPUT', { message: "Give 'image' or 'version', not both." });
  const named = version === undefined ? image : imageOfVersion(application.image, version);
  if (version !== undefined && named === undefined) {
    throw new CoxswainError('INVALID_INPUT', {
      message: `'${version}' is not a version: give a tag such as 1.9.0, or sha256: and 64 hex digits.`,
    });
  }
  const chosen = named ?? atHand;
  const what = `${application.name}/${pipeline.name}`;
  if (chosen === undefined && pipeline.stages.some(isDescribed)) {
    throw new CoxswainError('INVALID_INPUT', {
      message: `Pipeline ${what} deploys ${application.name} to ${environment.name}, but nothing says which version. Give the stage 'version' or 'image'.`,
    });
  }
  return chosen;
}
