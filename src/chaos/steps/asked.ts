import { ended, type Step } from '../step';

/** How often the countdown is brought up to date. */
const countMs = 60_000;

/** Nobody has answered yet; without an answer it ends, and nothing is killed. */
export const asked: Step<'asked'> = (_world, { state: { expiresAt } }, now) =>
  Promise.resolve(now >= expiresAt ? ended('expired', now) : { again: Math.min(countMs, expiresAt - now) });
