import { parseEffectKey } from '../engine/effect-key';
import type { ServerGroup } from '../model/server-group';
import type { MarathonClient } from './marathon-client';
import { keyLabel } from './server-groups';
import { unlessAbsent } from './unless-absent';

/** A size that an app had, and since when, in milliseconds since the epoch. */
type Sized = { readonly size: number; readonly at: number };

/** How an app came to 0: since when it has been there, and the sizes before, ever larger ones from the last to the first. */
type WayDown = { readonly endedAt: number; readonly sizes: readonly Sized[] };

async function readWayDown(client: MarathonClient, id: string, signal?: AbortSignal): Promise<WayDown> {
  let endedAt = Infinity;
  const sizes: Sized[] = [];
  for (const version of await client.listVersions(id, signal)) {
    // A version may be pruned between the list and this look.
    const size = (await unlessAbsent(client.getVersion(id, version, signal)))?.instances;
    if (size === undefined) continue;
    if (size <= (sizes.at(-1)?.size ?? 0)) {
      if (sizes.length > 0) break;
      endedAt = Date.parse(version);
      continue;
    }
    sizes.push({ size, at: Date.parse(version) });
  }
  return { endedAt, sizes };
}

const executionOf = ({ labels }: ServerGroup): string | undefined => parseEffectKey(labels[keyLabel])?.executionId;

/** When the deployment began that led to 0: its first attempt created its first group; undefined for none that still stands. */
function deployedAt(others: readonly ServerGroup[], endedAt: number): number | undefined {
  const earlier = others.filter(({ createdTime }) => createdTime < endedAt);
  const newest = earlier.toSorted((one, other) => other.createdTime - one.createdTime)[0];
  if (newest === undefined) return undefined;
  const execution = executionOf(newest);
  const attempts = earlier.filter((group) => execution !== undefined && executionOf(group) === execution);
  return Math.min(newest.createdTime, ...attempts.map(({ createdTime }) => createdTime));
}

/**
 * The size that an app at 0 served with: its last that was not 0; where a deployment took it down step by step, the size
 * before the first step. No label says so, since Marathon would restart all its tasks for one: the group that took its place
 * was created before that step and after whatever people had set. Undefined where no version had a size.
 */
export async function findSizeBefore(
  client: MarathonClient,
  id: string,
  readOthers: () => Promise<readonly ServerGroup[]>,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const { endedAt, sizes } = await readWayDown(client, id, signal);
  const [last, ...larger] = sizes;
  if (last === undefined || larger.length === 0) return last?.size;
  const beganAt = deployedAt(await readOthers(), endedAt);
  if (beganAt === undefined) return last.size;
  return (sizes.find(({ at }) => at <= beganAt) ?? last).size;
}
