import type { Application, DefinitionProblem, NameInFile, PipelineCall } from '../model/application';
import { didYouMean } from './did-you-mean';
import { noStrategy, splitPipelineName, strategyRefusal } from './find-pipeline';

type Applications = ReadonlyMap<string, Application>;

/** The applications that can be looked into, and the names of all there are; undefined where nobody can say which there are. */
export type KnownApplications = { readonly applications: Applications; readonly names?: ReadonlySet<string> };

const isComputed = ({ name }: NameInFile): boolean => name.includes('${');

/** Something wrong with what stands in one place of a file. */
type Mistake = { readonly at: NameInFile; readonly message: string };

const unknown = (at: NameInFile, what: string, name: string, known: Iterable<string>): readonly Mistake[] => [
  { at, message: `There is no ${what} '${name}' (${at.label}). ${didYouMean(name, [...known])}` },
];

/** A pipeline that is a strategy where none can be, or none where one must be. */
function refuseKind({ kind, pipeline: at }: PipelineCall, owner: string, name: string, isStrategy: boolean) {
  if ((kind === 'strategy') === isStrategy) return [];
  return [{ at, message: kind === 'strategy' ? noStrategy(owner, name) : strategyRefusal(owner, name) }];
}

/** Where an application is named: by itself, or before the slash of the pipeline's name; nowhere where it is the stage's own. */
function judge(call: PipelineCall, from: string, { applications, names }: KnownApplications): readonly Mistake[] {
  const { pipeline, environment, application = { ...pipeline, name: from } } = call;
  if (isComputed(application)) return [];
  // What is written before the slash of a name that is computed in part may be computed too.
  const [owner, name] = isComputed(pipeline)
    ? [application.name, undefined]
    : splitPipelineName({ application: application.name, pipeline: pipeline.name }, { applications });
  const found = applications.get(owner);
  if (found === undefined) {
    if (names === undefined || names.has(owner)) return [];
    return unknown(owner === application.name ? application : pipeline, 'application', owner, names);
  }
  const inIt = name === undefined ? undefined : found.pipelines.get(name);
  const wrongPipeline =
    name === undefined || inIt !== undefined
      ? []
      : unknown(pipeline, `pipeline of ${owner}`, name, found.pipelines.keys());
  const wrongKind =
    inIt === undefined || name === undefined ? [] : refuseKind(call, owner, name, inIt.strategy === true);
  const isPlace = environment === undefined || isComputed(environment) || isComputed(pipeline);
  const wrongPlace =
    isPlace || found.environments.has(environment.name)
      ? []
      : unknown(environment, `environment of ${owner}`, environment.name, found.environments.keys());
  return [...wrongPipeline, ...wrongKind, ...wrongPlace];
}

/**
 * Reports pipelines, applications and environments that stages of an application's file name and that there are not, and
 * strategies in the place of pipelines and the other way round. Names that are expressions are left out.
 */
export const findCallMistakes = (application: Application, known: KnownApplications): readonly DefinitionProblem[] =>
  [...application.pipelines.values()].flatMap(({ stages }) =>
    stages
      .flatMap(({ calls = [] }) => calls)
      .flatMap((call) => judge(call, application.name, known))
      .map(({ at: { line, column }, message }) => ({ file: application.file, line, column, message })),
  );
