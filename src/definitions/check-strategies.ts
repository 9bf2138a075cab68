import type { Application, DefinitionProblem, Pipeline, PipelineStage } from '../model/application';
import { commonFields, failureChoices } from './common-fields';
import { didYouMean } from './did-you-mean';
import { noStrategy, splitPipelineName, strategyRefusal } from './find-pipeline';
import type { YamlValue } from './yaml-value';

type Applications = ReadonlyMap<string, Application>;

/** What a deploy of a strategy may say: all else the deploy says that runs the strategy. */
const ofDeploy = [...Object.keys(commonFields.shape), ...Object.keys(failureChoices.shape), 'keepFailed'];

/** Refuses what a deploy of a strategy pipeline cannot decide: `value` is the list of its stages. */
export function checkStrategyStages(value: YamlValue): void {
  const stages = value.isList ? (value.list() ?? []) : [];
  for (const stage of stages) {
    const fields = stage.isObject ? stage.object({ known: undefined }) : undefined;
    if (fields?.get('type')?.data() !== 'deploy') continue;
    for (const [name, field] of fields.entries()) {
      if (ofDeploy.includes(name)) continue;
      field.failAtKey(
        `'${name}' cannot stand in a strategy: its deploy creates what the deploy describes that uses the strategy. Remove it.`,
      );
    }
  }
}

/** A pipeline that a stage names, as far as the names are written; `isStrategy` is what it must be. */
function callOf({ type, context }: PipelineStage, application: string) {
  const isStrategy = type === 'deploy' && context.strategy === 'custom';
  if (type !== 'pipeline' && !isStrategy) return undefined;
  const owner = (isStrategy ? context.strategyApplication : context.application) ?? application;
  const name = isStrategy ? context.strategyPipeline : context.pipeline;
  if (typeof owner !== 'string' || typeof name !== 'string' || `${owner}${name}`.includes('${')) return undefined;
  return { owner, name, isStrategy };
}

function refuseStage(stage: PipelineStage, from: string, applications: Applications): string | undefined {
  const call = callOf(stage, from);
  if (call === undefined) return undefined;
  const words = { application: call.owner, pipeline: call.name };
  const [owner, name] = splitPipelineName(words, { applications });
  const known = applications.get(owner)?.pipelines;
  const found: Pipeline | undefined = known?.get(name);
  if (known === undefined) return undefined;
  if (found === undefined && !call.isStrategy) return undefined;
  if (found === undefined) return `There is no pipeline of ${owner} '${name}'. ${didYouMean(name, [...known.keys()])}`;
  if ((found.strategy === true) === call.isStrategy) return undefined;
  return call.isStrategy ? noStrategy(owner, name) : strategyRefusal(owner, name);
}

/**
 * Reports deploys whose strategy is no strategy pipeline, and other stages that run one, as far as the files say which they
 * mean.
 */
export function findStrategyMistakes(applications: Applications): readonly DefinitionProblem[] {
  return [...applications.values()].flatMap(({ name, file, pipelines }) =>
    [...pipelines.values()].flatMap(({ stages }) =>
      stages.flatMap((stage) => {
        const message = refuseStage(stage, name, applications);
        return message === undefined ? [] : [{ file, line: 1, column: 1, ...stage.at, message }];
      }),
    ),
  );
}
