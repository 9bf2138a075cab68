import type { UsersInfoResponse, WebClient } from '@slack/web-api';
import type { Clock } from '../engine/clock';
import { CoxswainError } from '../model/errors';
import type { PeopleDirectory, PeopleFacts, Person } from '../policy/people';
import { classifySlackError } from './slack-errors';

/** What asking Slack takes. */
export type PeopleDirectoryOptions = {
  readonly client: WebClient;
  readonly clock: Clock;
  readonly teamId: string;
  /** How long all answers together may take. @default 3000 */
  readonly timeoutMs?: number;
};

const defaultTimeoutMs = 3000;
/** Slack lets itself be asked for all groups about 20 times a minute; a person's click needs no newer answer than this. */
const freshMs = 1000;
/** Slack's own, which its API does not call a bot. */
const slackbot = 'USLACKBOT';

type User = NonNullable<UsersInfoResponse['user']>;

/** In a grid an account is of one workspace and a member of several. */
const isOfTeam = (user: User, teamId: string): boolean =>
  user.team_id === teamId || user.enterprise_user?.teams?.includes(teamId) === true;

function personOf(user: User, teamId: string): Person {
  const email = user.profile?.email?.toLowerCase();
  const address = email === undefined || email === '' ? {} : { email };
  if (user.is_bot === true || user.id === slackbot) return { kind: 'bot' };
  if (user.deleted === true) return { kind: 'gone', ...address };
  if (user.is_stranger === true || !isOfTeam(user, teamId)) return { kind: 'foreign' };
  return { kind: 'person', ...address };
}

async function readPerson({ client, teamId }: PeopleDirectoryOptions, id: string): Promise<Person> {
  try {
    const { user } = await client.users.info({ user: id });
    if (user === undefined) throw new Error(`Slack's answer about ${id} names nobody.`);
    return personOf(user, teamId);
  } catch (error) {
    const failure = classifySlackError(error);
    if (failure.error === 'user_not_found') return { kind: 'gone' };
    if (failure.error === 'user_not_visible') return { kind: 'foreign' };
    throw error;
  }
}

/** One call for all groups: so no group is read under a handle that is another's by now. */
async function readGroups({ client }: PeopleDirectoryOptions): Promise<PeopleFacts['groups']> {
  const listed = await client.usergroups.list({ include_disabled: false, include_users: true });
  if (listed.usergroups === undefined) throw new Error("Slack's answer names no user groups.");
  return new Map(
    listed.usergroups.flatMap(({ handle, users }) =>
      handle === undefined || users === undefined ? [] : [[handle, users] as const],
    ),
  );
}

/**
 * Asks once about each for all who ask within a second of when it was asked for; a failure is nobody's but theirs who waited for
 * it.
 */
function shareFresh<T>(clock: Clock, ask: (about: string) => Promise<T>): (about: string) => Promise<T> {
  const shared = new Map<string, { readonly askedAt: number; readonly answer: Promise<T> }>();
  return (about) => {
    const now = clock.now();
    for (const [key, { askedAt }] of shared) if (Math.abs(now - askedAt) >= freshMs) shared.delete(key);
    const known = shared.get(about);
    if (known !== undefined) return known.answer;
    const own = { askedAt: now, answer: ask(about) };
    shared.set(about, own);
    own.answer.catch(() => {
      if (shared.get(about) === own) shared.delete(about);
    });
    return own.answer;
  };
}

/** What is told while Slack wants not to be asked. */
const askedTooOften = (retryAfterMs: number): CoxswainError =>
  new CoxswainError('RATE_LIMITED', {
    message: `Slack was asked too often who is in which group; it may be asked again in ${Math.ceil(retryAfterMs / 1000)} s.`,
    fields: { retryAfterMs },
  });

/**
 * Asks Slack itself: no answer is used that was asked for a second ago, so that whoever left a group then has left
 * it. Rejects with RATE_LIMITED, and asks nothing, for as long as Slack wants not to be asked.
 */
export function createPeopleDirectory(options: PeopleDirectoryOptions): PeopleDirectory {
  const { clock, timeoutMs = defaultTimeoutMs } = options;
  const groupsNow = shareFresh(clock, () => readGroups(options));
  const personNow = shareFresh(clock, (user) => readPerson(options, user));
  let quietUntil = 0;
  const inTime = async <T>(work: Promise<T>): Promise<T> => {
    let disarm: () => void = () => undefined;
    const late = new Promise<never>((_resolve, reject) => {
      disarm = clock.after(timeoutMs, () => reject(new Error(`Slack did not answer within ${timeoutMs} ms.`)));
    });
    return Promise.race([work, late]).finally(() => disarm());
  };
  const ask = async (users: readonly string[]): Promise<PeopleFacts> => {
    const [groups, persons] = await Promise.all([
      groupsNow('all'),
      Promise.all(users.map(async (user) => [user, await personNow(user)] as const)),
    ]);
    return { groups, persons: new Map(persons) };
  };
  return {
    read: async (users) => {
      const waitMs = quietUntil - clock.now();
      if (waitMs > 0) throw askedTooOften(waitMs);
      try {
        return await inTime(ask(users));
      } catch (error) {
        const failure = classifySlackError(error);
        if (failure.kind !== 'rateLimited') throw error;
        quietUntil = clock.now() + failure.retryAfterMs;
        throw askedTooOften(failure.retryAfterMs);
      }
    },
  };
}
