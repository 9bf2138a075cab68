const pollMs = 40;

/** Lets some time pass; for end-to-end tests, where the time is the processes' own. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Asks until the answer is neither undefined nor false, and gives it. Fails after `timeoutMs` with `what` was awaited and
 * what `lastSeen` tells; an error of a question counts as no answer yet.
 */
export async function waitFor<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  timeoutMs = 15_000,
  lastSeen: () => unknown = () => '',
): Promise<T> {
  const end = Date.now() + timeoutMs;
  let failure: unknown;
  while (Date.now() < end) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      failure = undefined;
    } catch (error) {
      failure = error;
    }
    await pause(pollMs);
  }
  const seen = await Promise.resolve(lastSeen()).catch((error: unknown) => String(error));
  const told = [seen, failure].filter((each) => each !== undefined && each !== '');
  const detail = told.map((each) => (typeof each === 'string' ? each : JSON.stringify(each)));
  throw new Error(`Waited ${timeoutMs} ms in vain for ${what}. ${detail.join(' · ')}`);
}
