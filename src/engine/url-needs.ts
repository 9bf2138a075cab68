import type { Evaluation, Memo, UrlAnswer } from './expressions';

/** How often one evaluation waits for something fetched and begins anew. */
const mostRounds = 5;
/** How many URLs one evaluation fetches in all. */
const mostUrls = 20;

const tooMany: UrlAnswer = { error: `one evaluation fetches no more than ${mostUrls} URLs` };
const tooLate: UrlAnswer = { error: `it is known only after ${mostRounds} rounds of fetching` };

/** The memo with answers for URLs. */
export const withAnswers = (memo: Memo, answers: Readonly<Record<string, UrlAnswer>>): Memo => ({
  ...memo,
  urls: { ...memo.urls, ...answers },
});

/**
 * What is to be fetched before an evaluation can go on, and its memo with an error for whatever goes beyond the limits;
 * `rounds` is how often something was fetched already. Nothing to fetch and a memo that grew: evaluate again at once.
 */
export function planFetch(
  { needs, memo }: Pick<Evaluation, 'needs' | 'memo'>,
  rounds: number,
): { readonly urls: readonly string[]; readonly memo: Memo } {
  const room = rounds >= mostRounds ? 0 : Math.max(0, mostUrls - Object.keys(memo.urls).length);
  const all = needs.map(({ url }) => url);
  const refusal = rounds >= mostRounds ? tooLate : tooMany;
  const beyond = Object.fromEntries(all.slice(room).map((url) => [url, refusal]));
  return { urls: all.slice(0, room), memo: all.length > room ? withAnswers(memo, beyond) : memo };
}
