import { z } from 'zod';
import type { TaskDefinition, TaskLook } from '../../engine/contracts/task';
import type { Stage, StageContext } from '../../model/execution';
import { flatProperties, mostPropertyBytes, readsProperties, type FoundFile } from '../property/property-file';
import { buildWishes, numberedBuild, type Needs } from './build-context';

/** What the stage says itself, whatever its build writes. */
const ownNames = ['queuedBuild', 'buildNumber', 'buildInfo', 'startedBuild', 'propertiesInContext'];

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
];

/** Finds the property file among what the build archived, by its path or name. Throws what reading throws. */
export async function findPropertyFile({ stage, services, signal }: TaskLook<Needs>): Promise<FoundFile> {
  const { propertyFile } = buildWishes(stage.context);
  const build = numberedBuild(stage);
  const client = services.jenkins.find(build.master);
  const artifacts = await client.listArtifacts(build, signal);
  const found =
    artifacts.find(({ relativePath }) => relativePath === propertyFile) ??
    artifacts.find(({ fileName }) => fileName === propertyFile);
  if (found === undefined) return undefined;
  const wanted = { relativePath: found.relativePath, maxBytes: mostPropertyBytes };
  const file = await client.readArtifact(build, wanted, signal);
  return 'isTooLong' in file ? file : { ...file, name: found.fileName };
}

const names = z.array(z.string()).catch([]);

/** Takes the properties of an earlier attempt out of the context. */
export function withoutProperties({ context }: Pick<Stage, 'context'>): StageContext {
  const gone = [...names.parse(context.propertiesInContext), 'propertiesInContext', 'propertyFileContents'];
  return Object.fromEntries(gone.map((name) => [name, undefined]));
}

/**
 * What properties become in the stage's context: nothing that the stage was written with is hidden by them, and none of its
 * fields (`configNames`) is decided by them, in this attempt or the next.
 */
export function propertiesInContext(
  { context }: Pick<Stage, 'context'>,
  properties: StageContext,
  configNames: readonly string[],
): StageContext {
  const flat = flatProperties(properties, [...Object.keys(context), ...configNames, ...engineNames, ...ownNames]);
  return { ...flat, propertiesInContext: Object.keys(flat), propertyFileContents: properties };
}

/** Reads what a successful build left: each property becomes an output and context, and all of them `propertyFileContents`. */
export const getBuildProperties = (configNames: readonly string[]): TaskDefinition<Needs> =>
  readsProperties({
    name: 'getBuildProperties',
    timeoutMs: 10 * 60_000,
    describe: ({ stage }) => ({
      file: buildWishes(stage.context).propertyFile ?? '',
      job: numberedBuild(stage).job,
    }),
    read: findPropertyFile,
    put: ({ stage }, properties) => ({
      outputs: flatProperties(properties, ownNames),
      context: propertiesInContext(stage, properties, configNames),
    }),
  });
