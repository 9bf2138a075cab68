import { peopleKind, personId, personKind, type PersonProjection } from '../engine/document-kinds';
import type { DocumentStore } from '../engine/ports/document-store';
import { principalOf, sameMailbox } from '../model/principal';

/** What is known of one account of the chat. */
export type Person = Pick<PersonProjection, 'email' | 'kind'>;

/** Who is in which user group (by handle), and what is known of some people (by user id). */
export type PeopleFacts = {
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly persons: ReadonlyMap<string, Person>;
  /** The chat could not be asked: nothing is known of anybody. */
  readonly isBlind?: boolean;
};

/** Who somebody is and where they belong, as far as it could be read. */
export interface People {
  /** Whether a person is named, or is in a group that is. Unknown groups have no members. */
  isInAny(user: string, names: readonly string[]): boolean;
  /** Groups that are not known: nobody can be shown to be in them. */
  unknown(names: readonly string[]): readonly string[];
  /** One key for all accounts and addresses of a human, as far as their addresses tell. */
  humanOf(user: string): string;
  /** Why an account decides nothing whatever the policy says; undefined for a person of this workspace. */
  refusalOf(user: string): 'bot' | 'gone' | 'foreign' | 'unseen' | undefined;
  /** The accounts that are named, or are in a group that is; people named by an address that is not known are missing. */
  members(names: readonly string[]): readonly string[];
}

/** People as facts say; an account of which nothing was read is a person without an address. */
export function peopleOf({ groups, persons, isBlind = false }: PeopleFacts): People {
  const emailOf = (user: string): string | undefined =>
    principalOf(user) !== undefined && user.includes('@') ? user.toLowerCase() : persons.get(user)?.email;
  const isNamed = (user: string, name: string): boolean => {
    const principal = principalOf(name);
    if (principal === undefined) return false;
    if ('person' in principal) return principal.person === user;
    if ('email' in principal) return principal.email === emailOf(user);
    return groups.get(principal.group)?.includes(user) ?? false;
  };
  const membersOf = (name: string): readonly string[] => {
    const principal = principalOf(name);
    if (principal === undefined) return [];
    if ('person' in principal) return [principal.person];
    if ('group' in principal) return groups.get(principal.group) ?? [];
    return [...persons].flatMap(([user, { email }]) => (email === principal.email ? [user] : []));
  };
  const isUnknown = (name: string): boolean => {
    const principal = principalOf(name);
    return principal === undefined || ('group' in principal && !groups.has(principal.group));
  };
  return {
    isInAny: (user, names) => names.some((name) => isNamed(user, name)),
    unknown: (names) => names.filter(isUnknown),
    humanOf: (user) => {
      const email = emailOf(user);
      return email === undefined ? user : sameMailbox(email);
    },
    refusalOf: (user) => {
      if (isBlind) return 'unseen';
      const kind = persons.get(user)?.kind ?? 'person';
      return kind === 'person' ? undefined : kind;
    },
    members: (names) => [...new Set(names.flatMap(membersOf))],
  };
}

/** People of whom nothing can be read now: nobody may do anything that is not everybody's. */
export const blindPeople: People = peopleOf({ groups: new Map(), persons: new Map(), isBlind: true });

async function readPersons(store: DocumentStore, teamId: string, users: readonly string[]) {
  const found = await Promise.all(users.map((user) => store.get(personKind, personId(teamId, user))));
  return new Map(found.flatMap((one) => (one === undefined ? [] : [[one.document.user, one.document] as const])));
}

/**
 * Reads what was last seen of groups, and of `users`; where there is none, every group is unknown and nobody is in it. For what
 * happens by itself: who decides is asked for anew (`PeopleDirectory`).
 */
export async function readPeople(store: DocumentStore, teamId: string, users: readonly string[] = []): Promise<People> {
  const groups = (await store.get(peopleKind, teamId))?.document.groups ?? {};
  return peopleOf({ groups: new Map(Object.entries(groups)), persons: await readPersons(store, teamId, users) });
}
