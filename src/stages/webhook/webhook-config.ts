import { z } from 'zod';
import { refuseJsonPath } from '../../engine/json-path';
import { secretVariable } from '../../http-client/webhook-secrets';
import type { StageContext } from '../../model/execution';
import { flag } from '../build/build-context';

const upperCase = (value: unknown): unknown => (typeof value === 'string' ? value.toUpperCase() : value);
const method = z.preprocess(upperCase, z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']));

const path = z
  .string()
  .default('')
  .superRefine((text, context) => {
    const why = text.trim() === '' ? undefined : refuseJsonPath(text);
    if (why !== undefined) context.addIssue({ code: 'custom', message: why });
  });

const variable = z.object({
  env: z.string().regex(secretVariable, 'must name a variable that begins with WEBHOOK_SECRET_, in capitals'),
});
const word = z
  .union([z.string(), z.number(), z.boolean()])
  .transform(String)
  .refine((text) => /^[\t\x20-\x7e\x80-\xff]*$/.test(text), 'must be one line of Latin characters');
const headerValue = z.union([word, z.array(word).transform((list) => list.join(', ')), variable], {
  error: 'must be text, a list of texts or { env: WEBHOOK_SECRET_NAME }',
});
/** Those that say how a request is framed are not a team's to set. */
const framing = /^(host|connection|content-length|transfer-encoding|upgrade|te|trailer|expect)$/i;
/** Why a header may not be set; undefined where it may. */
function refuseHeader(name: string): string | undefined {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return 'is no name of a header';
  return framing.test(name) ? 'is a header that is set by itself' : undefined;
}

const refuseCode = (code: string): string | undefined =>
  /^[1-5]\d\d$/.test(code) ? undefined : 'must be an HTTP status';

/** A map whose keys are judged one by one, so that what is said is about the key. */
const mapOf = <V extends z.ZodType>(values: V, refuse: (key: string) => string | undefined) =>
  z.record(z.string(), values).superRefine((map, context) => {
    for (const key of Object.keys(map)) {
      const message = refuse(key);
      if (message !== undefined) context.addIssue({ code: 'custom', message, path: [key] });
    }
  });

const status = z.coerce.number().int().min(100).max(599);
const split = (value: unknown): unknown =>
  typeof value === 'string' ? value.split(',').filter((part) => part.trim() !== '') : value;
const statuses = z.preprocess(split, z.array(status));
const words = z.string().default('');

const seconds = z.preprocess((value) => (value === '' ? 0 : value), z.coerce.number());

/** What a webhook stage accepts, under Spinnaker's names (semantics §4.4). */
export const webhookConfig = z
  .looseObject({
    url: z.string().min(1).describe('Where the request is sent: an http or https URL without a user name.'),
    method: method.default('POST').describe('The method of the request; case does not matter. Default: POST.'),
    payload: z
      .unknown()
      .optional()
      .describe('What is sent: JSON, or text as it is; a form where Content-Type says so. Default: nothing.'),
    customHeaders: mapOf(headerValue, refuseHeader)
      .nullish()
      .transform((headers) => headers ?? {})
      .describe(
        'Headers to send, by name; `{ env: WEBHOOK_SECRET_NAME }` is a value that nobody may see. Default: none.',
      ),
    waitForCompletion: flag
      .default(false)
      .describe('Whether to ask for the status until what was started has ended. Default: false.'),
    statusUrlResolution: z
      .enum(['getMethod', 'locationHeader', 'webhookResponse'])
      .default('getMethod')
      .describe('Where the status is asked for: at `url`, at the Location of the answer, or at a URL in the answer.'),
    statusUrlJsonPath: path.describe('JSONPath of the status URL in the answer, for `webhookResponse`.'),
    statusJsonPath: path.describe('JSONPath of the status. Default: the first 2xx answer is the end.'),
    successStatuses: words.describe('Statuses of success, separated by commas; case does not matter. Default: none.'),
    canceledStatuses: words.describe('Statuses that cancel the stage, separated by commas. Default: none.'),
    terminalStatuses: words.describe('Statuses of failure, separated by commas. Default: none.'),
    progressJsonPath: path.describe('JSONPath of a text that says how far it is. Default: none.'),
    waitBeforeMonitor: seconds.default(0).describe('Seconds to wait before the status is asked for first. Default: 0.'),
    monitorOnly: flag
      .default(false)
      .describe('Whether nothing is sent, and only the status at `url` is asked for. Default: false.'),
    failFastStatusCodes: statuses
      .optional()
      .describe('HTTP statuses that fail the stage at once. Default: 504, where it is not to be retried.'),
    retryStatusCodes: statuses
      .default([])
      .describe('HTTP statuses, beside 429 and 5xx, after which the status is asked for again. Default: none.'),
    webhookRetryStatusCodes: statuses
      .default([])
      .describe('HTTP statuses, beside 429 and 5xx, after which the request is sent again. Default: none.'),
    retries: mapOf(z.looseObject({ maxAttempts: z.coerce.number().int().min(1) }), refuseCode)
      .default({})
      .describe(
        'How often the request is sent in all while it is answered with an HTTP status: `{ 404: { maxAttempts: 3 } }`. Default: no limit but the time.',
      ),
    cancelEndpoint: words.describe(
      'Where to send a request when the stage is canceled or out of time. Default: nowhere.',
    ),
    cancelMethod: method.default('POST').describe('The method of that request. Default: POST.'),
    cancelPayload: z.unknown().optional().describe('What that request sends. Default: nothing.'),
  })
  .refine(({ monitorOnly, waitForCompletion }) => !monitorOnly || waitForCompletion, {
    message: 'needs waitForCompletion: true',
    path: ['monitorOnly'],
  })
  .refine(
    ({ statusUrlResolution, statusUrlJsonPath, waitForCompletion, monitorOnly }) =>
      !waitForCompletion || monitorOnly || statusUrlResolution !== 'webhookResponse' || statusUrlJsonPath.trim() !== '',
    { message: 'is needed with statusUrlResolution: webhookResponse', path: ['statusUrlJsonPath'] },
  );

/** A webhook stage's config, with what was left out filled in. */
export type WebhookConfig = z.output<typeof webhookConfig>;

/** Reads a stage's own context. Throws a ZodError. */
export const webhookConfigOf = (context: StageContext): WebhookConfig => webhookConfig.parse(context);
