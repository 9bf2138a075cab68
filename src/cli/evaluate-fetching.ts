import { emptyMemo, evaluate, type Evaluation, type Json, type Memo } from '../engine/expressions';
import type { Scope, UrlAnswer } from '../engine/expressions';
import type { FetchText } from './cli-world';

const mostRounds = 5;
const mostUrls = 20;

async function fetchOne(url: string, fetchText: FetchText): Promise<UrlAnswer> {
  try {
    return { text: await fetchText(url) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

type Answer = (url: string, index: number) => UrlAnswer | Promise<UrlAnswer>;

/** A memo that knows what is needed. */
async function answerNeeds({ memo, needs }: Evaluation, answer: Answer): Promise<Memo> {
  const answers = await Promise.all(needs.map(async ({ url }, index) => [url, await answer(url, index)] as const));
  return { ...memo, urls: { ...memo.urls, ...Object.fromEntries(answers) } };
}

/**
 * Evaluates, fetches the URLs that this needs and evaluates again with the same times and random values, at most 5 times and
 * for at most 20 URLs. What is needed beyond that is an error of its expression. Never rejects.
 */
export async function evaluateFetching(
  input: Json,
  scopeWith: (memo: Memo) => Scope,
  fetchText: FetchText,
): Promise<Evaluation> {
  let evaluation = evaluate(input, scopeWith(emptyMemo));
  for (let round = 1; evaluation.needs.length > 0 && round <= mostRounds; round += 1) {
    const room = mostUrls - Object.keys(evaluation.memo.urls).length;
    const tooMany = { error: `one evaluation fetches no more than ${mostUrls} URLs` };
    const memo = await answerNeeds(evaluation, (url, index) => (index < room ? fetchOne(url, fetchText) : tooMany));
    evaluation = evaluate(input, scopeWith(memo));
  }
  if (evaluation.needs.length === 0) return evaluation;
  const tooFar = { error: `it is known only after ${mostRounds} rounds of fetching` };
  return evaluate(input, scopeWith(await answerNeeds(evaluation, () => tooFar)));
}
