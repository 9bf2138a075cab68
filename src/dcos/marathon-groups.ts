import { CoxswainError } from '../model/errors';
import { encodePath, type Asker } from './ask-service';
import { dryRunSchema, groupChangeSchema, groupSchema } from './marathon-schemas';
import type { MarathonGroup, MarathonGroupChange, MarathonStep } from './marathon-schemas';

/** A group definition as Marathon takes it. Apps that are left out of a group that exists are stopped. */
export type MarathonGroupUpdate = Readonly<Record<string, unknown>>;

/** Groups of Marathon's REST API; the id `/` is the root. */
export interface MarathonGroups {
  /** With its apps and the groups inside. Throws NOT_FOUND. */
  getGroup(id: string, signal?: AbortSignal): Promise<MarathonGroup>;
  /** Replaces what the group lists, or creates it. `{ version }` goes back to a version, `{ scaleBy }` multiplies instances. */
  putGroup(
    id: string,
    group: MarathonGroupUpdate,
    options: { force: boolean },
    signal?: AbortSignal,
  ): Promise<MarathonGroupChange>;
  /** What `putGroup` would do; nothing is done. */
  planGroup(id: string, group: MarathonGroupUpdate, signal?: AbortSignal): Promise<readonly MarathonStep[]>;
  /** Removes the group with everything in it. Never the root, which would clear the whole cluster: throws INVALID_INPUT. */
  deleteGroup(id: string, options: { force: boolean }, signal?: AbortSignal): Promise<MarathonGroupChange>;
}

const groupPath = (id: string): string => (id === '/' ? '/v2/groups' : `/v2/groups/${encodePath(id)}`);

/** Groups by an asker whose paths begin at Marathon's `/v2`. */
export const createMarathonGroups = (marathon: Asker): MarathonGroups => ({
  getGroup: (id, signal) => marathon.get(groupSchema, `read group ${id}`, groupPath(id), signal),
  putGroup: (id, body, { force }, signal) => {
    const request = { method: 'PUT', path: groupPath(id), query: { force }, body, signal } as const;
    return marathon.ask(groupChangeSchema, `change group ${id}`, request);
  },
  planGroup: async (id, body, signal) => {
    const request = { method: 'PUT', path: groupPath(id), query: { dryRun: true }, body, signal } as const;
    return (await marathon.ask(dryRunSchema, `plan group ${id}`, request)).steps;
  },
  deleteGroup: async (id, { force }, signal) => {
    if (encodePath(id) === '') {
      throw new CoxswainError('INVALID_INPUT', {
        message: 'The root group is not deleted: that would stop everything on the cluster. Name the group.',
      });
    }
    const request = { method: 'DELETE', path: groupPath(id), query: { force }, signal } as const;
    return await marathon.ask(groupChangeSchema, `delete group ${id}`, request);
  },
});
