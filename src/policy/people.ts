import { peopleKind } from '../engine/document-kinds';
import type { DocumentStore } from '../engine/ports/document-store';

/** Who is in which user group, as last read from Slack. */
export interface People {
  /** Whether a person is in any of the groups (handles without '@'). Unknown groups have no members. */
  isInAny(user: string, groups: readonly string[]): boolean;
  /** Groups that are not known: nobody can be shown to be in them. */
  unknown(groups: readonly string[]): readonly string[];
}

/** Reads the people projection; where there is none, every group is unknown and nobody is in it. */
export async function readPeople(store: DocumentStore, teamId: string): Promise<People> {
  const groups = (await store.get(peopleKind, teamId))?.document.groups ?? {};
  const members = new Map(Object.entries(groups));
  return {
    isInAny: (user, handles) => handles.some((handle) => members.get(handle)?.includes(user) ?? false),
    unknown: (handles) => handles.filter((handle) => !members.has(handle)),
  };
}
