import type { UsersInfoResponse, WebClient } from '@slack/web-api';
import type { Clock } from '../engine/clock';
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

/** Asks Slack itself each time: nothing is kept, so that whoever left a group a moment ago has left it. */
export function createPeopleDirectory(options: PeopleDirectoryOptions): PeopleDirectory {
  const { clock, timeoutMs = defaultTimeoutMs } = options;
  const inTime = async <T>(work: Promise<T>): Promise<T> => {
    let disarm: () => void = () => undefined;
    const late = new Promise<never>((_resolve, reject) => {
      disarm = clock.after(timeoutMs, () => reject(new Error(`Slack did not answer within ${timeoutMs} ms.`)));
    });
    return Promise.race([work, late]).finally(() => disarm());
  };
  return {
    read: (users) =>
      inTime(
        Promise.all([
          readGroups(options),
          Promise.all(users.map(async (user) => [user, await readPerson(options, user)] as const)),
        ]).then(([groups, persons]) => ({ groups, persons: new Map(persons) })),
      ),
  };
}
