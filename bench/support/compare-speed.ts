import { performance } from 'node:perf_hooks';
import { median } from './figures';

/** How many times each side is measured, and how many evaluations each of these measurements holds. */
export type Rounds = { readonly rounds: number; readonly evaluations: number };

/** One evaluation of ours, and of what it is compared with; told which of the round's evaluations it is, from 0. */
export type Pair = { readonly ours: (index: number) => unknown; readonly theirs: (index: number) => unknown };

const warmUps = 5;

function timed(work: (index: number) => unknown, count: number): number {
  const startedAt = performance.now();
  for (let index = 0; index < count; index += 1) work(index);
  return performance.now() - startedAt;
}

/** Both sides' ms for one evaluation, medians. Each round measures both, in turn, so that a busy moment hits both. */
export function compareSpeed(prepare: () => Pair, { rounds, evaluations }: Rounds) {
  const ours: number[] = [];
  const theirs: number[] = [];
  // The first rounds warm up and do not count.
  for (let round = -warmUps; round < rounds; round += 1) {
    const pair = prepare();
    const [theirMs, ourMs] = [timed(pair.theirs, evaluations), timed(pair.ours, evaluations)];
    if (round < 0) continue;
    theirs.push(theirMs);
    ours.push(ourMs);
  }
  return { oursMs: median(ours) / evaluations, theirsMs: median(theirs) / evaluations };
}
