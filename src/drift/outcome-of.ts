import { isDeepStrictEqual } from 'node:util';
import { groupOf, type GroupChange, type KnownGroup } from './find-changes';

/** What became of a change that was told. */
export type Outcome = 'putRight' | 'changedAgain';

function isPutRight(change: GroupChange, groups: readonly KnownGroup[], now: KnownGroup | undefined): boolean {
  if (change.type === 'created') return now === undefined || now.desired === 0;
  const { before } = change;
  if (change.type === 'scaled') return now?.desired === before.desired && now.image === before.image;
  // What was replaced or removed comes back as a server group of another name.
  return groups.some(({ image, desired }) => image === before.image && desired > 0);
}

/** What became of a change, as the cluster is now; undefined as long as it stands. */
export function outcomeOf(change: GroupChange, groups: readonly KnownGroup[]): Outcome | undefined {
  const now = groups.find(({ name }) => name === groupOf(change).name);
  if (change.type !== 'gone' && isDeepStrictEqual(now, change.after)) return undefined;
  if (isPutRight(change, groups, now)) return 'putRight';
  return change.type === 'gone' && now === undefined ? undefined : 'changedAgain';
}
