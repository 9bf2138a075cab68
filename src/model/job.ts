import { z } from 'zod';

const digits = z
  .string()
  .regex(/^\d+(\.\d+)?$/)
  .transform(Number);
const amount = z.union([z.number(), digits], 'must be a number');
const count = amount.pipe(z.int().positive());
const plain = z.union([z.string(), z.number(), z.boolean()], 'must be text').transform(String);
const secret = z.looseObject({ secret: z.string() });

const general = z.looseObject({
  id: z.string().min(1).describe('The id of the job in Metronome.'),
  description: z.string().optional().describe('What it is for.'),
  cpus: amount.optional().describe('CPUs.'),
  mem: amount.optional().describe('Memory in MiB.'),
  disk: amount.optional().describe('Disk in MiB.'),
  gpus: amount.optional().describe('GPUs.'),
  cmd: z.string().optional().describe("What is run. Default: the image's own command."),
});

const image = z.looseObject({
  imageId: z.string().optional().describe('The whole image, such as `registry.example.com/demo/smoke:3`.'),
  registry: z.string().optional().describe('The registry, where `imageId` is not there.'),
  repository: z.string().optional().describe('The repository, where `imageId` is not there.'),
  tag: z.string().optional().describe('The tag, where `imageId` is not there.'),
});

const constraint = z.object({
  attribute: z.string().describe('The attribute of agents.'),
  operator: z.string().describe('EQ, LIKE or UNLIKE.'),
  value: z.string().optional().describe('What it is compared with.'),
});
const restartPolicy = z.object({
  policy: z.enum(['NEVER', 'ON_FAILURE']).describe('Whether Metronome starts it again.'),
  activeDeadlineSeconds: count.optional().describe('For how many seconds.'),
});
const artifact = z.object({
  uri: z.string().describe('Where it is.'),
  executable: z.boolean().optional().describe('Whether it can be run.'),
  extract: z.boolean().optional().describe('Whether it is unpacked.'),
  cache: z.boolean().optional().describe('Whether agents keep it.'),
});
const volume = z.object({
  containerPath: z.string().describe('Where the job sees it.'),
  hostPath: z.string().optional().describe('Where it is on the agent.'),
  mode: z.enum(['RO', 'RW']).describe('Whether it can be written.'),
});
const schedule = z.object({
  id: z.string().default('default').describe('Its id.'),
  enabled: z.boolean().default(true).describe('Whether it is followed.'),
  cron: z.string().describe('When, as cron spells it.'),
  timezone: z.string().default('UTC').describe('The time zone of that.'),
  startingDeadlineSeconds: count.optional().describe('How many seconds late a run may start.'),
});

/**
 * What a job is made of, in Spinnaker's spelling (semantics §3, runJob). `general.mem` and `disk` are in MiB, `maxLaunchDelay`
 * in seconds; numbers may stand as text, and values of `env` that are no secrets may be numbers or booleans.
 */
export const jobDescriptionSchema = z.looseObject({
  application: z.string().optional().describe('Whose job it is.'),
  general: general.describe('What is run, and with how much of what.'),
  docker: z
    .looseObject({ image: image.optional().describe('The image.') })
    .optional()
    .describe('The container. Default: the command runs without one.'),
  env: z
    .record(z.string(), z.union([plain, secret], 'must be text or { secret: name }'))
    .optional()
    .describe('Environment variables; a value may be `{ secret: name }`.'),
  secrets: z
    .record(z.string(), z.looseObject({ source: z.string().describe('Where the secret stands.') }))
    .optional()
    .describe('As Metronome has it: the name that `env` uses, and where the secret stands.'),
  labels: z.record(z.string(), plain).optional().describe('Labels of the job.'),
  user: z.string().optional().describe('The user that it runs as.'),
  maxLaunchDelay: count.optional().describe('For how many seconds Metronome looks for an agent. Default: 3600.'),
  constraints: z.array(constraint).optional().describe('Where it may run.'),
  restartPolicy: restartPolicy.optional().describe('What Metronome does when it fails.'),
  artifacts: z.array(artifact).optional().describe('What is fetched before it starts.'),
  volumes: z.array(volume).optional().describe('Folders of the agent.'),
  schedule: schedule.optional().describe('When Metronome runs it by itself.'),
});

/** A job to run; see `jobDescriptionSchema`. */
export type JobDescription = z.output<typeof jobDescriptionSchema>;

/** One run of a job; `taskIds` are the tasks it had, where they are known, so that they need not be searched for. */
export type JobRun = { readonly jobId: string; readonly runId: string; readonly taskIds?: readonly string[] };

/**
 * How a run is doing. `detail` is for people; `taskIds` are the tasks it had, the last the newest, as far as they are known.
 * UNKNOWN: it has ended or never was, and nobody says how.
 */
export type JobState =
  | { readonly status: 'STARTING' | 'RUNNING' | 'UNKNOWN'; readonly detail: string }
  | { readonly status: 'SUCCEEDED' | 'FAILED'; readonly taskIds: readonly string[] };
