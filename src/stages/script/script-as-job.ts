import { posix } from 'node:path';
import type { Execution, Stage, StageContext } from '../../model/execution';
import type { Location } from '../../model/server-group';
import { buildWishes } from '../build/build-context';
import { jobPlace } from '../job/job-stage';
import { scriptConfig, scriptParameters } from './script-config';

/** Enough for a script; one that needs more is a runJob stage. */
const resources = { cpus: 0.5, mem: 512 };
const cloneFolder = 'script';

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** The shell's lines: the repository is fetched and the folder entered, or nothing is run. */
function commandOf(context: StageContext): string {
  const { command, scriptPath, repoUrl, repoBranch } = scriptConfig.parse(context);
  const branch = repoBranch === '' ? '' : ` --branch ${quote(repoBranch)}`;
  const clone = `git clone --quiet --depth 1${branch} -- ${quote(repoUrl)} ${cloneFolder} && cd ${cloneFolder} || exit 1`;
  return [
    ...(repoUrl === '' ? [] : [clone]),
    ...(scriptPath === '' ? [] : [`cd -- ${quote(scriptPath)} || exit 1`]),
    command,
  ].join('\n');
}

/** Where a file stands that the command writes beside itself, below the folder that the job starts in. */
function propertyPath(context: StageContext): string {
  const { scriptPath, repoUrl } = scriptConfig.parse(context);
  const { propertyFile } = buildWishes(context);
  if (propertyFile === undefined) return '';
  return posix.isAbsolute(scriptPath)
    ? propertyFile
    : posix.join(repoUrl === '' ? '' : cloneFolder, scriptPath, propertyFile);
}

const segment = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

/** Like the id of a job of the file: that of the place, then what runs there. */
function jobIdOf(execution: Execution, stage: Stage, place: Location | undefined): string {
  const pipeline = execution.pipelineConfigId?.split('/').slice(1) ?? [];
  const { application, definition } = execution;
  const name = segment([application, definition.environment, ...pipeline, 'script', stage.refId].join('-'));
  return [place?.account ?? '', ...(place?.group.split('/') ?? []), name].map(segment).filter(Boolean).join('.');
}

/**
 * A script stage as the runJob stage that does the same in Metronome: `command` in the Docker image `image`, or without one
 * in a plain container of the agent, as a shell of it takes it. `repoUrl` is cloned first, which needs git there; `scriptPath`
 * is the folder that the command runs in and `propertyFile` stands in. The parameters that Jenkins would get are the
 * command's environment. It runs once, for `account` in `region` (or `dcosCluster`), or else in the first place of the run.
 */
export function asJobStage(execution: Execution, stage: Stage): Stage {
  const { context } = stage;
  const { account, region, dcosCluster, location, image } = scriptConfig.parse(context);
  const named = account === '' ? { location } : { account, region, dcosCluster };
  const job: StageContext = {
    application: execution.application,
    general: { ...resources, id: 'script', cmd: commandOf(context) },
    ...(image === '' ? {} : { docker: { image: { imageId: image } } }),
    env: scriptParameters(context),
    ...named,
    propertyFile: propertyPath(context),
    waitForCompletion: buildWishes(context).waitForCompletion,
  };
  const id = jobIdOf(execution, stage, jobPlace(job));
  return { ...stage, context: { ...job, general: { ...resources, id, cmd: commandOf(context) } } };
}
