import { z } from 'zod';
import { isPattern } from '../constraints';
import { notValid } from '../marathon-error';
import type { JobSpec } from './job';

const name = '[a-z0-9]+(-+[a-z0-9]+)*';
const jobId = z.string().regex(new RegExp(`^${name}(\\.${name})*$`));

const docker = z.strictObject({
  image: z.string(),
  forcePullImage: z.boolean().optional(),
  privileged: z.boolean().optional(),
  parameters: z.array(z.strictObject({ key: z.string(), value: z.string() })).optional(),
});

const ucr = z.strictObject({
  image: z.strictObject({
    id: z.string(),
    kind: z.enum(['docker', 'appc']).default('docker'),
    forcePull: z.boolean().default(false),
  }),
  privileged: z.boolean().optional(),
});

const artifact = z.strictObject({
  uri: z.string(),
  extract: z.boolean().default(true),
  executable: z.boolean().default(false),
  cache: z.boolean().default(false),
});

const constraint = z
  .strictObject({
    attribute: z.string(),
    operator: z.enum(['IS', 'EQ', 'LIKE', 'UNLIKE']),
    value: z.string().optional(),
  })
  .refine(({ operator, value }) => !operator.endsWith('LIKE') || isPattern(value), 'not a regular expression');

const volume = z.strictObject({
  containerPath: z.string().min(1),
  hostPath: z.string().min(1).optional(),
  mode: z.enum(['RO', 'RW']).optional(),
  secret: z.string().min(1).optional(),
});

const network = z.strictObject({
  name: z.string().optional(),
  mode: z.enum(['host', 'container/bridge', 'container']),
  labels: z.record(z.string(), z.string()).optional(),
});

const restart = z.strictObject({
  policy: z.enum(['NEVER', 'ON_FAILURE']),
  activeDeadlineSeconds: z.int().optional(),
});

const run = z.strictObject({
  cpus: z.number().min(0.01),
  mem: z.number().min(32),
  disk: z.number().min(0),
  gpus: z.int().min(0).default(0),
  cmd: z.string().min(1).optional(),
  args: z.array(z.string()).optional(),
  user: z.string().optional(),
  env: z.record(z.string(), z.union([z.string(), z.looseObject({ secret: z.string() })])).default({}),
  placement: z.strictObject({ constraints: z.array(constraint).default([]) }).default({ constraints: [] }),
  artifacts: z.array(artifact).default([]),
  maxLaunchDelay: z.int().min(1).default(3600),
  docker: docker.optional(),
  ucr: ucr.optional(),
  volumes: z.array(volume).default([]),
  restart: restart.default({ policy: 'NEVER' }),
  secrets: z.record(z.string(), z.looseObject({ source: z.string().optional() })).default({}),
  networks: z.array(network).default([]),
  taskKillGracePeriodSeconds: z.number().optional(),
});

const job = z.strictObject({
  id: jobId,
  description: z.string().optional(),
  labels: z.record(z.string(), z.string()).default({}),
  dependencies: z.array(z.looseObject({ id: jobId })).default([]),
  schedules: z.array(z.unknown()).optional(),
  run,
});

/**
 * Reads a job out of a request body and fills in the defaults; throws 422 with what is wrong, which an unknown field is
 * too. Schedules in it are not taken: in v1 they have routes of their own.
 */
export function readJob(body: unknown): JobSpec {
  const { schedules, ...spec } = parse(job, body);
  const wrong = (error: string) => notValid([{ path: '/run', errors: [error] }]);
  const { cmd, args } = spec.run;
  const images = [spec.run.docker, spec.run.ucr].filter((image) => image !== undefined);
  if (images.length > 1) throw wrong('Either Docker or UCR should be provided, but not both');
  if (cmd !== undefined && args !== undefined) throw wrong('Either cmd or args may be specified, but not both');
  if (cmd === undefined && args === undefined && images.length === 0) {
    throw wrong('Cmd, args or an image must be specified');
  }
  return spec;
}

/** Reads a value by a schema; throws 422 with every complaint and its path. */
export function parse<S extends z.ZodType>(schema: S, value: unknown): z.infer<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw notValid(
    result.error.issues.flatMap((issue) => {
      const extras: readonly string[][] = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [key]) : [[]];
      return extras.map((extra) => ({
        path: `/${[...issue.path.map(String), ...extra].join('/')}`,
        errors: [issue.message],
      }));
    }),
  );
}
