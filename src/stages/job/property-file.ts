import { z } from 'zod';
import type { Jobs } from '../../dcos/jobs';
import type { TaskDefinition, TaskLook } from '../../engine/contracts/task';
import { asCoxswainError } from '../../model/errors';
import type { StageContext } from '../../model/execution';
import type { JobRun } from '../../model/job';
import { readProperties } from '../../model/read-properties';
import { jobConfigOf, workPlace } from './job-stage';
import { startedRun } from './start-job';

type Needs = { readonly jobs: Jobs };
type Look = TaskLook<Needs>;

/** All of it stands in the execution, twice. */
const mostBytes = 64 * 1024;
/** An agent may take a moment to tell of a task that has just ended. */
const patienceMs = 10_000;
const retryMs = 2000;

/** What the stage says itself, whatever its job writes. */
const ownNames = ['jobRun', 'jobTasks', 'jobStatus', 'completionDetails', 'deploy.jobs', 'propertyFileContents'];

/** What a file gave, or why it gave nothing; a file that is not there may come. */
type PropertyFile = { readonly properties: StageContext } | { readonly problem: string; readonly mayCome: boolean };

/** Reads a file of the run as properties. Throws what reading throws. */
export async function readPropertyFile(look: Look, run: JobRun, path: string): Promise<PropertyFile> {
  const { stage, services, signal } = look;
  const file = await services.jobs.readFile(workPlace(stage.context), run, { path, maxBytes: mostBytes }, signal);
  if (file === undefined) return { problem: 'there is no such file', mayCome: true };
  if ('isTooLong' in file) return { problem: `it is longer than ${mostBytes / 1024} KiB`, mayCome: false };
  try {
    const properties = readProperties(file.text, path);
    if (Object.keys(properties).length > 0) return { properties };
    return { problem: 'it is empty', mayCome: false };
  } catch (error) {
    return { problem: asCoxswainError(error).message, mayCome: false };
  }
}

const tasksSchema = z.array(z.string()).catch([]);

/** Reads what a successful job left: each property becomes an output, and all of them `propertyFileContents` (§4.7). */
export const getJobProperties: TaskDefinition<Needs> = {
  name: 'getJobProperties',
  timeoutMs: 5 * 60_000,
  timeoutFromStage: false,
  async run(look) {
    const { propertyFile, general } = jobConfigOf(look.stage.context);
    const run = { ...startedRun(look.stage), taskIds: tasksSchema.parse(look.stage.outputs.jobTasks) };
    const read = await readPropertyFile(look, run, propertyFile);
    if ('properties' in read) {
      const flat = Object.entries(read.properties).filter(([name]) => !ownNames.includes(name));
      return {
        status: 'SUCCEEDED',
        outputs: { ...Object.fromEntries(flat), propertyFileContents: read.properties },
      };
    }
    if (read.mayCome && look.now - look.startedAt < patienceMs) {
      return { status: 'RUNNING', retryAfterMs: retryMs, context: { progress: `looks for ${propertyFile}` } };
    }
    const expected = `Expected properties file: ${propertyFile} in job: ${general.id}`;
    return {
      status: 'TERMINAL',
      code: 'JOB_FAILED',
      reason: `${expected} but it was either missing, empty or contained invalid syntax: ${read.problem.replace(/\.$/, '')}.`,
    };
  },
};
