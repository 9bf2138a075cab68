import type { JsonObject } from '../json';
import { asFilledText, asFlag } from '../json';
import type { Person, UserGroup } from '../workspace-data';
import type { Method, MethodContext } from './method';
import { refuse } from './method';
import { page } from './page-of';

const emailOf = (person: Person) => `${person.name}@example.com`;

function personJson(person: Person, { workspace }: MethodContext): JsonObject {
  const realName = person.realName ?? person.name;
  return {
    id: person.id,
    team_id: workspace.team.id,
    name: person.name,
    real_name: realName,
    deleted: false,
    is_bot: false,
    tz: 'Etc/UTC',
    tz_label: 'Coordinated Universal Time',
    tz_offset: 0,
    locale: 'en-US',
    profile: { real_name: realName, display_name: person.name, email: emailOf(person), team: workspace.team.id },
  };
}

function botJson({ workspace }: MethodContext): JsonObject {
  const { bot, team } = workspace;
  return {
    id: bot.id,
    team_id: team.id,
    name: bot.name,
    real_name: bot.name,
    deleted: false,
    is_bot: true,
    profile: { bot_id: bot.botId, real_name: bot.name },
  };
}

const info: Method = (args, context) => {
  const id = asFilledText(args.user) ?? '';
  if (id === context.workspace.bot.id) return { ok: true, user: botJson(context) };
  const person = context.workspace.person(id);
  return person === undefined ? refuse('user_not_found') : { ok: true, user: personJson(person, context) };
};

const list: Method = (args, context) => {
  const all = [...context.workspace.users.map((person) => personJson(person, context)), botJson(context)];
  const { members, next } = page(all, args);
  return { ok: true, members, response_metadata: { next_cursor: next } };
};

const lookupByEmail: Method = (args, context) => {
  const person = context.workspace.users.find((user) => emailOf(user) === asFilledText(args.email));
  return person === undefined ? refuse('users_not_found') : { ok: true, user: personJson(person, context) };
};

function groupJson(group: UserGroup, withUsers: boolean, { workspace }: MethodContext): JsonObject {
  return {
    id: group.id,
    team_id: workspace.team.id,
    is_usergroup: true,
    name: group.name,
    handle: group.handle,
    description: '',
    date_delete: 0,
    user_count: group.users.length,
    ...(withUsers ? { users: group.users } : {}),
  };
}

const listGroups: Method = (args, context) => ({
  ok: true,
  usergroups: context.workspace.userGroups.map((group) => groupJson(group, asFlag(args.include_users), context)),
});

const listGroupUsers: Method = (args, { workspace }) => {
  const group = workspace.userGroups.find(({ id }) => id === asFilledText(args.usergroup));
  return group === undefined ? refuse('no_such_subteam') : { ok: true, users: group.users };
};

/** The users.* and usergroups.* methods. */
export const peopleMethods: Readonly<Record<string, Method>> = {
  'users.info': info,
  'users.list': list,
  'users.lookupByEmail': lookupByEmail,
  'usergroups.list': listGroups,
  'usergroups.users.list': listGroupUsers,
};
