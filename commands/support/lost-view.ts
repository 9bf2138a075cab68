import type { StartRefusal } from '../../src/engine/start-execution';
import type { View } from '../../src/model/view';

function lostText(refusal: StartRefusal): string {
  if ('waiting' in refusal)
    return `${refusal.waiting} executions of this pipeline wait already, and more may not. Nothing was started; cancel some of them, or ask again later.`;
  if (refusal.expiryId !== undefined)
    return 'A server group that had not come up is being destroyed here just now. Nothing was started; ask again in a few seconds.';
  return `Another execution (${refusal.executionId}) started first. Nothing was started.`;
}

/** The answer where somebody else took the cluster first, or too many wait. */
export const lostView = (refusal: StartRefusal): View => ({
  headline: lostText(refusal),
  tone: 'attention',
  undone: true,
});
