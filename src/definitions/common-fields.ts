import { z } from 'zod';

/** What any stage of a file may say, whatever its type; `parseStage` reads it, docs/stages.md tells it. */
export const commonFields = z.object({
  type: z.string().describe('The stage type.'),
  name: z.string().optional().describe('What people and other stages call it. Default: its type in words.'),
  after: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe('The names of the stages that it waits for. Default: the one above it; `[]`: none.'),
  refId: z
    .string()
    .optional()
    .describe('A short name for `requisiteStageRefIds`. Default: its place in the list, from 1.'),
  requisiteStageRefIds: z.array(z.string()).optional().describe('As `after`, by `refId`.'),
  timeout: z
    .string()
    .optional()
    .describe('How long its waiting tasks may take, such as `10m`. Default: as its tasks say below.'),
  stageTimeoutMs: z.number().optional().describe('As `timeout`, in milliseconds.'),
  backoffPeriodMs: z
    .number()
    .optional()
    .describe(
      'How long its tasks wait at least before they look again, in milliseconds. Default: as each task does by itself.',
    ),
  comments: z.string().optional().describe('A note for people.'),
  stageEnabled: z
    .object({
      type: z.literal('expression').describe('The spelling of Spinnaker.'),
      expression: z.string().describe('The expression.'),
    })
    .or(z.string())
    .optional()
    .describe('An expression; where it is false the stage is SKIPPED. Default: it runs.'),
  failOnFailedExpressions: z
    .boolean()
    .optional()
    .describe('Whether an expression without a value fails the stage. Default: true in YAML.'),
});

/** What becomes of the pipeline when a stage fails. */
export const failureChoices = z.object({
  failPipeline: z.boolean().optional().describe('Whether its failure ends the whole pipeline. Default: true.'),
  continuePipeline: z
    .boolean()
    .optional()
    .describe('Whether the stages after it run although it failed. Default: false.'),
  completeOtherBranchesThenFail: z
    .boolean()
    .optional()
    .describe('With `failPipeline: false`: the pipeline fails once its other branches are through. Default: false.'),
});
