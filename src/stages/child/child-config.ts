import { z } from 'zod';
import type { ChildPipelines } from '../../engine/contracts/child-pipelines';
import type { StageContext } from '../../model/execution';
import { locationSchema } from '../server-group/place';

/** What the tasks around a child ask for. */
export type Needs = { readonly childPipelines: ChildPipelines };

/** Spinnaker writes some flags as text. */
const flag = z.union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false', ''] })]);
const name = z.string().trim().min(1);

const strategyRun = z.object({
  cluster: z.string(),
  location: locationSchema,
  description: z.record(z.string(), z.unknown()),
});

/** What a `pipeline` stage accepts. */
export const childConfig = z.looseObject({
  application: name.optional().describe("The application whose pipeline is run. Default: the stage's own."),
  pipeline: name.describe("The pipeline's name in that application's file; `application/name` says both."),
  environment: name
    .optional()
    .describe('The environment that it is run for, which the application must have. Default: the one of this run.'),
  pipelineParameters: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('Parameters that are passed to it, by name. Default: none.'),
  image: name.optional().describe('The whole image that it deploys, such as `registry.example.com/demo/shop:2.0`.'),
  version: name
    .optional()
    .describe(
      "The tag or digest that it deploys, of its application's own image. Default: the image of this run, where it is of the same application.",
    ),
  waitForCompletion: flag
    .default(true)
    .describe(
      'Whether the stage waits for its end, at most 12 hours unless the stage has a timeout; not counted is how long it only waits for its windows. Default: true.',
    ),
  skipDownstreamOutput: flag
    .default(false)
    .describe("Whether the outputs of its stages are kept from this pipeline's later stages. Default: false."),
  strategyRun: strategyRun
    .optional()
    .meta({ description: 'What a strategy pipeline is run for, as a deploy plans it.', isPlanned: true }),
  skippable: flag
    .default(false)
    .describe('Whether people may go on without waiting for its end; it runs on then. Default: false.'),
});

/** Reads a stage's own context. Throws INVALID_INPUT through the engine where it is of no use. */
export const childConfigOf = (context: StageContext) => childConfig.parse(context);

/** How long a child is waited for, in milliseconds, unless the stage says otherwise. */
export const childTimeoutMs = 12 * 3_600_000;

/** How often a child is looked at that does not say by itself that it has ended, in milliseconds. */
export const pollMs = 15_000;
