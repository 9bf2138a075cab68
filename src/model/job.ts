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
  id: z.string().min(1),
  description: z.string().optional(),
  cpus: amount.optional(),
  mem: amount.optional(),
  disk: amount.optional(),
  gpus: amount.optional(),
  cmd: z.string().optional(),
});

const image = z.looseObject({
  imageId: z.string().optional(),
  registry: z.string().optional(),
  repository: z.string().optional(),
  tag: z.string().optional(),
});

const constraint = z.object({ attribute: z.string(), operator: z.string(), value: z.string().optional() });
const restartPolicy = z.object({ policy: z.enum(['NEVER', 'ON_FAILURE']), activeDeadlineSeconds: count.optional() });
const artifact = z.object({
  uri: z.string(),
  executable: z.boolean().optional(),
  extract: z.boolean().optional(),
  cache: z.boolean().optional(),
});
const volume = z.object({ containerPath: z.string(), hostPath: z.string().optional(), mode: z.enum(['RO', 'RW']) });
const schedule = z.object({
  id: z.string().default('default'),
  enabled: z.boolean().default(true),
  cron: z.string(),
  timezone: z.string().default('UTC'),
  startingDeadlineSeconds: count.optional(),
});

/**
 * What a job is made of, in Spinnaker's spelling (semantics §3, runJob). `general.mem` and `disk` are in MiB, `maxLaunchDelay`
 * in seconds; numbers may stand as text, and values of `env` that are no secrets may be numbers or booleans.
 */
export const jobDescriptionSchema = z.looseObject({
  application: z.string().optional(),
  general,
  docker: z.looseObject({ image: image.optional() }).optional(),
  env: z.record(z.string(), z.union([plain, secret], 'must be text or { secret: name }')).optional(),
  /** As Metronome has it: the name that `env` uses → where the secret stands. */
  secrets: z.record(z.string(), z.looseObject({ source: z.string() })).optional(),
  labels: z.record(z.string(), plain).optional(),
  user: z.string().optional(),
  maxLaunchDelay: count.optional(),
  constraints: z.array(constraint).optional(),
  restartPolicy: restartPolicy.optional(),
  artifacts: z.array(artifact).optional(),
  volumes: z.array(volume).optional(),
  schedule: schedule.optional(),
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
