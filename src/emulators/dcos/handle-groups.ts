import { embedsOf } from './app-filters';
import { appView } from './app-view';
import { changeApps } from './change-apps';
import { type Context, peekVersion } from './context';
import { type Call, flag, ok, type Reply } from './exchange';
import { appsAt, createGroups, groupVersions, isBeneath, newestGroupVersion, removeGroups } from './groups';
import { deploymentReply, requireObject } from './handle-apps';
import type { JsonObject } from './json';
import { MarathonError, notFound, notValid } from './marathon-error';
import { absoluteId, parentOf } from './normalize-app';
import { planChange } from './plan-change';
import { type GroupWish, readGroup } from './read-group';
import type { AppSpec, World } from './world';

/** GET /v2/groups and /v2/groups/{id} */
export function getGroup(context: Context, { parameters, query }: Call): Reply {
  const id = requireGroup(context, parameters.id);
  return ok(groupView(context, id, Object.values(context.world.apps), query));
}

/** GET /v2/groups/{id}/apps */
export function listGroupApps(context: Context, { parameters, query }: Call): Reply {
  const id = requireGroup(context, parameters.id);
  const apps = Object.values(context.world.apps).filter((spec) => isBeneath(spec.id, id));
  return ok({ apps: apps.map((spec) => appView(context, spec, embedsOf(query))) });
}

/** GET /v2/groups/{id}/versions */
export function listGroupVersions(context: Context, { parameters }: Call): Reply {
  return ok(groupVersions(context, requireGroup(context, parameters.id)));
}

/** GET /v2/groups/{id}/versions/{version} */
export function getGroupVersion(context: Context, { parameters, query }: Call): Reply {
  const { version = '' } = parameters;
  const id = requireGroup(context, parameters.id);
  return ok({ ...groupView(context, id, requireGroupAt(context, id, version), query), version });
}

/** POST /v2/groups and /v2/groups/{id} */
export function createGroup(context: Context, { parameters, body, query }: Call): Reply {
  const input = requireObject(body);
  const id = absoluteId(typeof input.id === 'string' ? input.id : '', absoluteId(parameters.id ?? ''));
  if (id === '/' || context.world.groups.includes(id)) {
    throw new MarathonError(409, { message: `Group ${id} is already created. Use PUT to change this group.` });
  }
  const reply = changeGroup(context, id, readGroup(context, id, input), query);
  return { ...reply, status: 201, headers: { ...reply.headers, Location: `/v2/groups${id}` } };
}

/** PUT /v2/groups and /v2/groups/{id}: new content, a former version, or more instances of all */
export function putGroup(context: Context, { parameters, body, query }: Call): Reply {
  const id = absoluteId(parameters.id ?? '');
  const input = requireObject(body);
  if (input.version !== undefined) return changeGroup(context, id, formerGroup(context, id, input.version), query);
  if (input.scaleBy !== undefined) return changeGroup(context, id, scaledGroup(context, id, input.scaleBy), query);
  return changeGroup(context, id, readGroup(context, id, input), query);
}

/** PATCH /v2/groups/{id} */
export function patchGroup(context: Context, { parameters, body }: Call): Reply {
  const id = requireGroup(context, parameters.id);
  const { enforceRole } = requireObject(body);
  if (typeof enforceRole !== 'boolean') throw notValid([{ path: '/enforceRole', errors: ['error.path.missing'] }]);
  if (id === '/' || parentOf(id) !== '/') {
    throw notValid([{ path: id, errors: ['enforceRole can only be set for top-level groups.'] }]);
  }
  context.world.groupSettings[id] = { ...context.world.groupSettings[id], enforceRole };
  return { status: 200 };
}

/** DELETE /v2/groups and /v2/groups/{id} */
export function deleteGroup(context: Context, { parameters, query }: Call): Reply {
  const id = requireGroup(context, parameters.id);
  const beneath = Object.keys(context.world.apps).filter((app) => isBeneath(app, id));
  const wishes = Object.fromEntries(beneath.map((app) => [app, null]));
  const deployment = changeApps(context, { wishes, force: flag(query, 'force'), groupId: id });
  removeGroups(context.world, id);
  return deploymentReply(context, deployment);
}

function changeGroup(context: Context, id: string, wish: GroupWish, query: URLSearchParams): Reply {
  if (context.world.apps[id] !== undefined) {
    throw new MarathonError(409, { message: `An app with the path ${id} already exists.` });
  }
  const { world } = context;
  const { wishes } = wish;
  requireGroupIds(world, wish);
  const groupSettings = settingsAfter(world, wish);
  if (flag(query, 'dryRun')) {
    return ok({ steps: planChange(context, wishes, peekVersion(context), { groupSettings }).steps });
  }
  const deployment = changeApps(context, { wishes, force: flag(query, 'force'), groupId: id, groupSettings });
  for (const gone of wish.removedGroups) removeGroups(world, gone);
  for (const [group, settings] of Object.entries(wish.groups)) {
    if (!world.groups.includes(group)) world.groupSettings[group] = { createdAt: deployment.version };
    createGroups(world, group);
    if (group !== '/') world.groupSettings[group] = { ...world.groupSettings[group], ...settings };
  }
  return deploymentReply(context, deployment);
}

/** Throws 422 where an app has the id of a group, or of one around it, after the change. */
function requireGroupIds({ apps }: World, { groups, wishes }: GroupWish): void {
  for (const named of Object.keys(groups)) {
    for (let group = named; group !== '/'; group = parentOf(group)) {
      const app = group in wishes ? wishes[group] : apps[group];
      if (app === undefined || app === null) continue;
      throw notValid([{ path: '/', errors: [`Groups and Applications may not have the same identifier: ${group}`] }]);
    }
  }
}

/** What groups have after a change: those that go have nothing. */
function settingsAfter({ groupSettings }: World, { groups, removedGroups }: GroupWish): World['groupSettings'] {
  const stays = (group: string) => !removedGroups.some((gone) => group === gone || isBeneath(group, gone));
  const kept = Object.entries(groupSettings).filter(([group]) => stays(group));
  const changed = Object.entries(groups).map(([group, settings]) => [group, { ...groupSettings[group], ...settings }]);
  return Object.fromEntries([...kept, ...changed]) as World['groupSettings'];
}

function formerGroup(context: Context, id: string, version: unknown): GroupWish {
  const former = requireGroupAt(context, requireGroup(context, id), String(version));
  const present = Object.keys(context.world.apps).filter((app) => isBeneath(app, id));
  const wishes: Record<string, JsonObject | null> = Object.fromEntries(present.map((app) => [app, null]));
  for (const spec of former) wishes[spec.id] = spec;
  return { wishes, groups: {}, removedGroups: [] };
}

function scaledGroup(context: Context, id: string, scaleBy: unknown): GroupWish {
  requireGroup(context, id);
  const factor = Number(scaleBy);
  if (!(factor >= 0)) throw notValid([{ path: '/scaleBy', errors: ['error.expected.jsnumber'] }]);
  const apps = Object.values(context.world.apps).filter((spec) => isBeneath(spec.id, id));
  const wishes = apps.map((spec) => [spec.id, { ...spec, instances: Math.ceil(spec.instances * factor) }] as const);
  return { wishes: Object.fromEntries(wishes), groups: {}, removedGroups: [] };
}

function requireGroup(context: Context, given = ''): string {
  const id = absoluteId(given);
  if (id === '/' || context.world.groups.includes(id)) return id;
  throw notFound(`Group '${id}' does not exist`);
}

function requireGroupAt(context: Context, id: string, version: string): readonly AppSpec[] {
  if (groupVersions(context, id).includes(version)) return appsAt(context, id, version);
  throw notFound(`Group '${id}' does not exist in version ${version}`);
}

function groupView(context: Context, id: string, apps: readonly AppSpec[], query: URLSearchParams): JsonObject {
  const { groups, groupSettings } = context.world;
  const wanted = query.getAll('embed').flatMap((value) => value.split(','));
  const shows = (part: string) => wanted.length === 0 || wanted.some((name) => name.startsWith(`group.${part}`));
  const own = apps.filter((spec) => parentOf(spec.id) === id);
  const children = groups.filter((group) => parentOf(group) === id);
  const { dependencies = [], enforceRole } = groupSettings[id] ?? {};
  return {
    id,
    apps: shows('apps') ? own.map((spec) => appView(context, spec, embedsOf(query))) : [],
    groups: shows('groups') ? children.map((group) => groupView(context, group, apps, query)) : [],
    pods: [],
    dependencies,
    version: newestGroupVersion(context, id),
    // Left out until somebody set it, as older clients do not know the field.
    ...(enforceRole === undefined ? {} : { enforceRole }),
  };
}
