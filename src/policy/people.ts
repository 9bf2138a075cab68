import { peopleKind, personId, personKind, type PersonProjection } from '../engine/document-kinds';
import type { DocumentStore } from '../engine/ports/document-store';
import { CoxswainError } from '../model/errors';
import { principalOf, sameMailbox } from '../model/principal';

/** What is known of one account of the chat. */
export type Person = Pick<PersonProjection, 'email' | 'kind'>;

/** Who is in which user group (by handle), and what is known of some people (by user id). */
export type PeopleFacts = {
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly persons: ReadonlyMap<string, Person>;
  /** The chat could not be asked, so that this is as it was when it last could. @default false */
  readonly isStale?: boolean;
  /** How long the chat wants not to be asked, where it could not be asked for that reason. */
  readonly quietForMs?: number | undefined;
};

/** Asks the chat who is who, as it is now. Rejects where it cannot say in time. */
export interface PeopleDirectory {
  /** All user groups, and what is known of these accounts. */
  read(users: readonly string[]): Promise<PeopleFacts>;
}

/** Who somebody is and where they belong, as far as it could be read. */
export interface People {
  /** Whether a person is named, or is in a group that is. Unknown groups have no members. */
  isInAny(user: string, names: readonly string[]): boolean;
  /** Groups that are not known: nobody can be shown to be in them. */
  unknown(names: readonly string[]): readonly string[];
  /** One key for all accounts and addresses of a human, as far as their addresses tell. */
  humanOf(user: string): string;
  /** Why an account decides nothing whatever the policy says; undefined for a person of this workspace. */
  refusalOf(user: string): 'bot' | 'gone' | 'foreign' | undefined;
  /** The accounts that are named, or are in a group that is; people named by an address that is not known are missing. */
  members(names: readonly string[]): readonly string[];
  /** Whether this may have changed since: too old for a decision. */
  readonly isStale: boolean;
  /** How long the chat wants not to be asked, where that is why; undefined for any other reason. */
  readonly quietForMs: number | undefined;
}

/** People as facts say; an account of which nothing was read is a person without an address. */
function peopleOf({ groups, persons, isStale = false, quietForMs }: PeopleFacts): People {
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
      const kind = persons.get(user)?.kind ?? 'person';
      return kind === 'person' ? undefined : kind;
    },
    members: (names) => [...new Set(names.flatMap(membersOf))],
    isStale,
    quietForMs,
  };
}

async function readPersons(store: DocumentStore, teamId: string, users: readonly string[]) {
  const found = await Promise.all(users.map((user) => store.get(personKind, personId(teamId, user))));
  return new Map(found.flatMap((one) => (one === undefined ? [] : [[one.document.user, one.document] as const])));
}

async function readFacts(store: DocumentStore, teamId: string, users: readonly string[]): Promise<PeopleFacts> {
  const groups = (await store.get(peopleKind, teamId))?.document.groups ?? {};
  return { groups: new Map(Object.entries(groups)), persons: await readPersons(store, teamId, users) };
}

/**
 * Reads what was last seen of groups, and of `users`; where there is none, every group is unknown and nobody is in it. For what
 * happens by itself: whoever decides is asked about anew (`createPeopleReader`).
 */
export const readPeople = async (
  store: DocumentStore,
  teamId: string,
  users: readonly string[] = [],
): Promise<People> => peopleOf(await readFacts(store, teamId, users));

/** What reading people takes; without a directory, what was last seen counts as what is now. */
export type PeopleReaderParts = {
  readonly store: DocumentStore;
  readonly teamId: string;
  readonly directory?: PeopleDirectory | undefined;
  /** Told why the chat could not be asked. */
  readonly onFailure: (error: unknown) => void;
};

/** Keeps what was seen of people, for what happens by itself later; the same again is no write. */
async function remember({ store, teamId }: PeopleReaderParts, { persons }: PeopleFacts): Promise<void> {
  for (const [user, { kind, email }] of persons) {
    const fresh: PersonProjection = { schema: 1, teamId, user, kind, ...(email === undefined ? {} : { email }) };
    const id = personId(teamId, user);
    const known = (await store.get(personKind, id))?.document;
    if (known?.kind === kind && known.email === email) continue;
    if (!(await store.create(personKind, id, fresh))) await store.update(personKind, id, () => fresh);
  }
}

function quietTime(error: unknown): number | undefined {
  if (!(error instanceof CoxswainError) || error.code !== 'RATE_LIMITED') return undefined;
  const { retryAfterMs } = error.fields;
  return typeof retryAfterMs === 'number' ? retryAfterMs : undefined;
}

/**
 * Reads who somebody is and where they belong as it is now, asking the chat each time. Where the chat does not answer, what was
 * seen last, which is then marked as stale. Never rejects because of the chat.
 */
export function createPeopleReader(parts: PeopleReaderParts): (users?: readonly string[]) => Promise<People> {
  const { store, teamId, directory, onFailure } = parts;
  return async (users = []) => {
    if (directory === undefined) return readPeople(store, teamId, users);
    const accounts = [...new Set(users)].filter((user) => {
      const principal = principalOf(user);
      return principal !== undefined && 'person' in principal;
    });
    try {
      const facts = await directory.read(accounts);
      await remember(parts, facts);
      return peopleOf(facts);
    } catch (error) {
      onFailure(error);
      return peopleOf({ ...(await readFacts(store, teamId, users)), isStale: true, quietForMs: quietTime(error) });
    }
  };
}
