import { z } from 'zod';

const list = z.union([z.string(), z.array(z.string())]);

/** What a file says of an execution window; `parseWindow` reads it. */
const executionWindow = z.object({
  days: list.optional().describe('Such as `Mon-Fri` or `[Mon, Wed]`. Default: every day.'),
  hours: list.optional().describe("Such as `'09:00-16:00'`, both to the end of their minute. Default: the whole day."),
  timeZone: z.string().optional().describe('Such as `Europe/Berlin`. Default: `DEFAULT_TIME_ZONE`.'),
  freeze: z
    .array(z.string())
    .optional()
    .describe("When it is closed: `2026-12-19/2027-01-03`, `12-19/01-03` of every year, `'Fri 15:00/Mon 08:00'`."),
  jitter: z
    .string()
    .optional()
    .describe(
      'The longest of a random wait after the opening, such as `10m`; or `{ minDelay, maxDelay, skipManual }`, in seconds. Default: none.',
    ),
});

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
  window: executionWindow
    .optional()
    .describe(
      'When it may begin; until then it waits, and its message says so. Those of the environment and the pipeline hold it back as well.',
    ),
  restrictExecutionDuringTimeWindow: z
    .boolean()
    .optional()
    .describe('The spelling of Spinnaker, with `restrictedExecutionWindow`.'),
  restrictedExecutionWindow: z
    .looseObject({})
    .optional()
    .describe('As `window`, in the fields of Spinnaker: `whitelist`, `days` (1 is Sunday), `jitter`.'),
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
