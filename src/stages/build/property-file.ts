import type { TaskDefinition } from '../../engine/contracts/task';
import type { BuildName, JenkinsClient } from '../../jenkins/jenkins-client';
import { asCoxswainError, CoxswainError } from '../../model/errors';
import type { Stage, StageContext } from '../../model/execution';
import { readProperties } from '../../model/read-properties';
import { buildWishes, numberedBuild, type Needs } from './build-context';

/** What is read is kept in the execution, more than once. */
const longest = 65_536;

/** What the stage says itself, whatever its build writes. */
const ownNames = ['queuedBuild', 'buildNumber', 'buildInfo', 'startedBuild', 'propertyFileContents'];

/** What the engine reads of a stage; a build must not decide how its own failure counts. */
const engineNames = [
  'failPipeline',
  'continuePipeline',
  'completeOtherBranchesThenFail',
  'stageEnabled',
  'stageTimeoutMs',
  'restrictExecutionDuringTimeWindow',
  'restrictedExecutionWindow',
  'failOnFailedExpressions',
  'expressionEvaluationSummary',
  'notifications',
  'progress',
  'lastError',
  'skipReason',
  'diagnosis',
  'capacityNow',
  // As a key of contexts that are merged it would change what they inherit.
  '__proto__',
];

function unusable(file: string, job: string, why: string): CoxswainError {
  return new CoxswainError('JOB_FAILED', {
    message: `Expected properties file ${file} of ${job} but it was either missing, empty or contained invalid syntax: ${why.replace(/\.$/, '')}.`,
  });
}

/** Reads the file of a build that has this name or path. Throws JOB_FAILED where it is of no use, and what reading throws. */
export async function readPropertyFile(
  client: JenkinsClient,
  build: BuildName,
  file: string,
  signal: AbortSignal,
): Promise<StageContext> {
  const artifacts = await client.listArtifacts(build, signal);
  const found =
    artifacts.find(({ relativePath }) => relativePath === file) ?? artifacts.find(({ fileName }) => fileName === file);
  if (found === undefined) throw unusable(file, build.job, 'the build archived no such file');
  const text = await client.readArtifact(build, found.relativePath, signal);
  if (text.length > longest) throw unusable(file, build.job, `it is longer than ${longest} characters`);
  let properties: StageContext;
  try {
    properties = readProperties(text, found.fileName);
  } catch (error) {
    throw unusable(file, build.job, asCoxswainError(error).message);
  }
  if (Object.keys(properties).length === 0) throw unusable(file, build.job, 'it is empty');
  return properties;
}

const without = (properties: StageContext, names: readonly string[]): StageContext =>
  Object.fromEntries(Object.entries(properties).filter(([name]) => !names.includes(name)));

/** What properties become in the stage's context: nothing that the stage was written with is hidden by them. */
export function propertiesInContext({ context }: Pick<Stage, 'context'>, properties: StageContext): StageContext {
  const earlier = Object.keys((context.propertyFileContents as StageContext | undefined) ?? {});
  const written = Object.keys(context).filter((name) => !earlier.includes(name));
  return { ...without(properties, [...written, ...engineNames, ...ownNames]), propertyFileContents: properties };
}

/** Reads what a successful build left: each property becomes an output and context, and all of them `propertyFileContents`. */
export const getBuildProperties: TaskDefinition<Needs> = {
  name: 'getBuildProperties',
  timeoutMs: 10 * 60_000,
  timeoutFromStage: false,
  async run({ stage, services, signal }) {
    const { propertyFile = '' } = buildWishes(stage.context);
    const build = numberedBuild(stage);
    const properties = await readPropertyFile(services.jenkins.find(build.master), build, propertyFile, signal);
    const flat = without(properties, [...ownNames, '__proto__']);
    return {
      status: 'SUCCEEDED',
      outputs: { ...flat, propertyFileContents: properties },
      context: propertiesInContext(stage, properties),
    };
  },
};
