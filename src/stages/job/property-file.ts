import { z } from 'zod';
import type { Jobs } from '../../dcos/jobs';
import type { TaskLook } from '../../engine/contracts/task';
import type { JobRun } from '../../model/job';
import { flatProperties, mostPropertyBytes, readsProperties, type FoundFile } from '../property/property-file';
import { jobConfigOf, workPlace } from './job-stage';
import { startedRun } from './start-job';

type Needs = { readonly jobs: Jobs };

/** What the stage says itself, whatever its job writes. */
const ownNames = ['jobRun', 'jobTasks', 'jobStatus', 'completionDetails', 'deploy.jobs'];

/** Finds the property file of the run. Throws what reading throws. */
export async function findPropertyFile(look: TaskLook<Needs>, run: JobRun): Promise<FoundFile> {
  const { stage, services, signal } = look;
  const path = jobConfigOf(stage.context).propertyFile;
  const wanted = { path, maxBytes: mostPropertyBytes };
  const file = await services.jobs.readFile(workPlace(stage.context), run, wanted, signal);
  return file === undefined || 'isTooLong' in file ? file : { ...file, name: path };
}

const tasksSchema = z.array(z.string()).catch([]);

/** Reads what a successful job left: each property becomes an output, and all of them `propertyFileContents` (§4.7). */
export const getJobProperties = readsProperties<Needs>({
  name: 'getJobProperties',
  timeoutMs: 5 * 60_000,
  describe: ({ stage }) => {
    const { propertyFile, general } = jobConfigOf(stage.context);
    return { file: propertyFile, job: general.id };
  },
  read: (look) => {
    const taskIds = tasksSchema.parse(look.stage.outputs.jobTasks);
    return findPropertyFile(look, { ...startedRun(look.stage), taskIds });
  },
  put: (_look, properties) => ({ outputs: flatProperties(properties, ownNames) }),
});
