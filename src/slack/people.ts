import type { WebClient } from '@slack/web-api';
import type { Clock } from '../engine/clock';
import { peopleKind, type PeopleProjection } from '../engine/document-kinds';
import type { DocumentStore } from '../engine/ports/document-store';

/** What keeping user groups up to date needs. */
export type PeopleSyncOptions = {
  readonly store: DocumentStore;
  readonly client: WebClient;
  readonly clock: Clock;
  readonly teamId: string;
  readonly intervalMs: number;
  /** Told why a reading failed; the groups read before stay. */
  readonly onFailure?: (error: unknown) => void;
};

/** Keeps the workspace's user groups readable without Slack. */
export type PeopleSync = {
  /** Reads now, then every interval. */
  readonly start: () => void;
  readonly stop: () => void;
  /** Reads now; calls during a reading share the one that follows it. False when it failed. Never throws. */
  readonly refresh: () => Promise<boolean>;
  /** A group's id by its handle, for mentions; undefined until the first reading. */
  readonly groupId: (handle: string) => string | undefined;
};

type Group = { readonly id: string; readonly handle: string; readonly users: readonly string[] };

/** Until the groups are read nobody may decide, so a reading that failed is tried again soon. */
const retryMs = 5_000;

async function readGroups(client: WebClient): Promise<readonly Group[]> {
  const listed = await client.usergroups.list({ include_disabled: false });
  const groups: Group[] = [];
  for (const { id, handle } of listed.usergroups ?? []) {
    if (id === undefined || handle === undefined) continue;
    const members = await client.usergroups.users.list({ usergroup: id, include_disabled: false });
    groups.push({ id, handle, users: members.users ?? [] });
  }
  return groups;
}

async function saveGroups({ store, clock, teamId }: PeopleSyncOptions, groups: readonly Group[]): Promise<void> {
  const people: PeopleProjection = {
    schema: 1,
    teamId,
    readAt: clock.now(),
    groups: Object.fromEntries(groups.map((group) => [group.handle, group.users])),
  };
  const created = await store.create(peopleKind, teamId, people);
  if (!created) await store.update(peopleKind, teamId, () => people);
}

/**
 * Copies user groups and their members from Slack into the store, where whoever decides reads them. A reading that fails
 * anywhere changes nothing: half a list would shut approvers out.
 */
export function createPeopleSync(options: PeopleSyncOptions): PeopleSync {
  let ids: ReadonlyMap<string, string> = new Map();
  let running: Promise<boolean> | undefined;
  let next: Promise<boolean> | undefined;
  let isStopped = true;
  let cancel: () => void = () => undefined;
  const readOnce = async (): Promise<boolean> => {
    try {
      const groups = await readGroups(options.client);
      ids = new Map(groups.map((group) => [group.handle, group.id]));
      await saveGroups(options, groups);
      return true;
    } catch (error) {
      options.onFailure?.(error);
      return false;
    }
  };
  const begin = (): Promise<boolean> => {
    next = undefined;
    running = readOnce().finally(() => (running = undefined));
    return running;
  };
  const refresh = (): Promise<boolean> => {
    if (running === undefined) return begin();
    // The reading under way may have passed the group that changed.
    next ??= running.then(begin);
    return next;
  };
  const tick = (): void => {
    void refresh().then((isRead) => {
      const delayMs = isRead ? options.intervalMs : Math.min(options.intervalMs, retryMs);
      if (!isStopped) cancel = options.clock.after(delayMs, tick);
    });
  };
  return {
    start: () => {
      isStopped = false;
      tick();
    },
    stop: () => {
      isStopped = true;
      cancel();
    },
    refresh,
    groupId: (handle) => ids.get(handle),
  };
}
