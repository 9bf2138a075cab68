import { emptyMemo, evaluate, type Evaluation, type Json, type Memo } from '../engine/expressions';
import type { Scope, UrlAnswer } from '../engine/expressions';
import { planFetch, withAnswers } from '../engine/url-needs';
import type { FetchText } from './cli-world';

async function fetchOne(url: string, fetchText: FetchText): Promise<UrlAnswer> {
  try {
    return { text: await fetchText(url) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
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
  for (let rounds = 0; evaluation.needs.length > 0; rounds += 1) {
    const { urls, memo } = planFetch(evaluation, rounds);
    const answers = await Promise.all(urls.map(async (url) => [url, await fetchOne(url, fetchText)] as const));
    evaluation = evaluate(input, scopeWith(withAnswers(memo, Object.fromEntries(answers))));
  }
  return evaluation;
}
