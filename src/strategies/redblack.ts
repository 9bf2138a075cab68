import type { Strategy } from './strategy';
import { replaceOld, waitText } from './take-over';

/**
 * The new group beside the old, then the old out of service and kept for the way back (semantics §5, decisions 4). The old is
 * left alone until all N instances of the new serve: it never takes out more than leaves min(N, M) serving, M being what
 * served before.
 */
export const redblack: Strategy = {
  name: 'redblack',
  summary: ({ desiredCapacity, delayBeforeDisableSec }, old) =>
    `red/black: ${desiredCapacity} new up and healthy${waitText(delayBeforeDisableSec)}, ` +
    `then the old ${old === undefined ? '' : `${old} `}out of service and kept`,
  promise:
    'What served before serves at full size until all instances of the new server group are healthy, and then goes out of service; it is kept for the way back, and the surplus beyond `maxRemainingAsgs` is destroyed last. With `rollback: { onFailure: true }` a failure of any step brings it back at full size. Twice the resources are needed meanwhile.',
  after: (change, deployment) => replaceOld(change, deployment, deployment.maxRemainingAsgs ?? 2),
  keepsWayBack: true,
};
