import type { ClusterHolder } from '../../src/engine/cluster-lock';
import type { View } from '../../src/model/view';

/** The answer where somebody else took the cluster first. */
export const lostView = ({ executionId, expiryId }: ClusterHolder): View => ({
  headline:
    expiryId === undefined
      ? `Another execution (${executionId}) started first. Nothing was started.`
      : 'A server group that had not come up is being destroyed here just now. Nothing was started; ask again in a few seconds.',
  tone: 'attention',
});
