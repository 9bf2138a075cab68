import type { ServerGroup } from '../model/server-group';
import { keyLabel } from '../dcos/server-groups';

/** A server group as it was last seen: only what a person can change, never health. */
export type KnownGroup = {
  readonly name: string;
  readonly desired: number;
  readonly image?: string;
  /** When its configuration last changed; milliseconds since the epoch. */
  readonly createdTime: number;
  /** Marathon's version of the app: the time of its last change, a resize included. */
  readonly version: string;
  /** The key of the effect of ours that created it; absent where somebody else did. */
  readonly key?: string;
};

/** What happened to one server group between two looks. */
export type GroupChange =
  | { readonly type: 'scaled' | 'changed'; readonly before: KnownGroup; readonly after: KnownGroup }
  | { readonly type: 'created'; readonly after: KnownGroup }
  | { readonly type: 'gone'; readonly before: KnownGroup };

/** The server group as the change left it; as it was before where it is gone. */
export const groupOf = (change: GroupChange): KnownGroup => (change.type === 'gone' ? change.before : change.after);

/** What is remembered of a server group. */
export function knownGroup({ name, desired, image, createdTime, marathonVersion, labels }: ServerGroup): KnownGroup {
  const key = labels[keyLabel];
  return {
    name,
    desired,
    createdTime,
    version: marathonVersion,
    ...(image === undefined ? {} : { image }),
    ...(key === undefined ? {} : { key }),
  };
}

function changeOf(before: KnownGroup, after: KnownGroup): readonly GroupChange[] {
  // A group of the same name that another effect created is a new one.
  if (before.key !== after.key) return [{ type: 'created', after }];
  if (before.image !== after.image || before.createdTime !== after.createdTime) {
    return [{ type: 'changed', before, after }];
  }
  return before.desired === after.desired ? [] : [{ type: 'scaled', before, after }];
}

/** Every change between two looks at one cluster in one place, in the order of the names. */
export function findChanges(before: readonly KnownGroup[], after: readonly KnownGroup[]): readonly GroupChange[] {
  const [old, now] = [before, after].map((groups) => new Map(groups.map((group) => [group.name, group])));
  const names = [...new Set([...before, ...after].map(({ name }) => name))].sort();
  return names.flatMap((name): readonly GroupChange[] => {
    const [was, is] = [old?.get(name), now?.get(name)];
    if (was === undefined) return is === undefined ? [] : [{ type: 'created', after: is }];
    return is === undefined ? [{ type: 'gone', before: was }] : changeOf(was, is);
  });
}
