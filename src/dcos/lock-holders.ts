import type { MarathonClient } from './marathon-client';
import type { LockHolder } from './server-groups';

/** What running deployments change and since when, by their ids; those that have ended are left out. */
export async function readLockHolders(
  client: Pick<MarathonClient, 'listDeployments'>,
  deploymentIds: readonly string[],
  signal?: AbortSignal,
): Promise<readonly LockHolder[]> {
  const running = await client.listDeployments(signal);
  return running
    .filter(({ id }) => deploymentIds.includes(id))
    .map(({ id, version, affectedApps }) => {
      // A deployment's version is the moment at which it was made (Marathon REST API, `/v2/deployments`).
      const since = Date.parse(version);
      return { deploymentId: id, changes: affectedApps, ...(Number.isNaN(since) ? {} : { since }) };
    });
}
