import { z } from 'zod';
import type { UrlAnswer } from '../engine/expressions';
import { fetchUrlsType } from '../engine/fetch-for-stage';
import { asCoxswainError } from '../model/errors';
import { hostOf } from '../model/host-of';
import { defineStage } from '../services';

const config = z.looseObject({ urls: z.array(z.string()).min(1), room: z.number() });
type Answers = Readonly<Record<string, UrlAnswer>>;
const memoSchema = z.looseObject({ answers: z.custom<Answers>() });

/** How long a server that does not answer is asked again, in milliseconds. */
const patienceMs = 30_000;
const timeoutMs = 2 * patienceMs;
const retryMs = 2000;
/** What went wrong with a URL, without the rest of it, wherever it stands. */
function withoutPath(message: string, url: string): string {
  if (!URL.canParse(url)) return message;
  const { pathname } = new URL(url);
  return pathname === '/' ? message : message.replaceAll(pathname, '/…');
}

const tooLong: UrlAnswer = {
  error: 'all that is fetched for one stage together is too long: 150,000 bytes at most',
};

/** The answers with those that do not fit any more replaced by an error. */
function fit(answers: Answers, room: number): Answers {
  let left = room;
  const fitted = Object.entries(answers).map(([url, answer]): [string, UrlAnswer] => {
    const bytes = Buffer.byteLength(JSON.stringify([url, answer]));
    if (bytes > left) return [url, tooLong];
    left -= bytes;
    return [url, answer];
  });
  return Object.fromEntries(fitted);
}

/**
 * Fetches `urls` for the expressions of the stage it stands before, all at once; one that cannot be fetched is an error of its
 * expression, after 30 s where trying again can help. Reading changes nothing, so that after a crash it is done again.
 */
export const fetchUrls = defineStage({
  type: fetchUrlsType,
  isInternal: true,
  needs: ['fetchText'],
  config,
  tasks: [
    {
      name: 'fetchUrls',
      timeoutMs,
      timeoutFromStage: false,
      async run({ context, memo, services, signal, now, deadline }) {
        const known = memoSchema.safeParse(memo).data?.answers ?? {};
        const { urls, room } = config.parse(context);
        const open = urls.filter((url) => !Object.hasOwn(known, url));
        // The deadline leaves out what the execution was paused for.
        const isLast = deadline - now <= timeoutMs - patienceMs;
        const found = await Promise.all(
          open.map(async (url): Promise<[string, UrlAnswer][]> => {
            try {
              return [[url, { text: await services.fetchText(url, signal) }]];
            } catch (error) {
              const { message, canRetry } = asCoxswainError(error);
              return canRetry && !isLast ? [] : [[url, { error: withoutPath(message, url) }]];
            }
          }),
        );
        const answers = fit({ ...known, ...Object.fromEntries(found.flat()) }, room);
        const missing = open.find((url) => !Object.hasOwn(answers, url));
        const unanswered = urls.filter((url) => 'error' in (answers[url] ?? {})).length;
        if (missing === undefined) return { status: 'SUCCEEDED', outputs: { answers }, context: { unanswered } };
        const progress = `${hostOf(missing)} does not answer; it is asked again`;
        return { status: 'RUNNING', retryAfterMs: retryMs, memo: { answers }, context: { progress } };
      },
    },
  ],
  render: ({ context: { unanswered, urls } }) =>
    typeof unanswered === 'number' && unanswered > 0 && Array.isArray(urls)
      ? `${unanswered} of ${urls.length} could not be fetched`
      : undefined,
});
