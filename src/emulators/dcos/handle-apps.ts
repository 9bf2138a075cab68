import { embedsOf, matchesFilters } from './app-filters';
import { appView } from './app-view';
import { changeApps, requireNewId } from './change-apps';
import type { Context } from './context';
import { type Call, flag, ok, type Reply } from './exchange';
import { isBeneath } from './groups';
import { isJsonObject, type JsonObject, objectOf } from './json';
import { MarathonError, notFound, notValid, wrongShape } from './marathon-error';
import { absoluteId, normalizeApp } from './normalize-app';
import { readDefinition, withoutNulls } from './read-definition';
import { validateApp } from './validate-app';
import type { AppSpec, Deployment } from './world';

/** The definition of an app; throws 404 when there is none. */
export function requireApp(context: Context, id: string): AppSpec {
  const spec = context.world.apps[id];
  if (spec === undefined) throw notFound(`App '${id}' does not exist`);
  return spec;
}

/** The answer to every change but the creation by POST; settles first, so that the change is on its way. */
export function deploymentReply(context: Context, deployment: Deployment, status = 200): Reply {
  context.settle();
  return {
    status,
    headers: { 'Marathon-Deployment-Id': deployment.id },
    body: { version: deployment.version, deploymentId: deployment.id },
  };
}

/** A body that must be one JSON object. */
export function requireObject(body: unknown): JsonObject {
  if (!isJsonObject(body)) throw wrongShape([{ path: '/', errors: ['error.expected.jsobject'] }]);
  return body;
}

/** Turns what a client sent into a valid definition, with its top-level group's role if that is enforced; throws 400 or 422. */
export function readApp({ world }: Context, input: JsonObject, id: string): JsonObject {
  const topGroup = id.split('/')[1] ?? '';
  const role = world.groupSettings[`/${topGroup}`]?.enforceRole === true ? topGroup : '*';
  const spec = normalizeApp(readDefinition({ role, ...withoutNulls(input) }), id);
  validateApp(spec);
  return spec;
}

/** GET /v2/apps */
export function listApps(context: Context, { query }: Call): Reply {
  const embeds = embedsOf(query);
  const apps = Object.values(context.world.apps).filter((spec) => matchesFilters(spec, query));
  return ok({ apps: apps.map((spec) => appView(context, spec, embeds)) });
}

/** GET /v2/apps/{id}, also with an id that ends in a star */
export function getApp(context: Context, { parameters, query }: Call): Reply {
  const spec = requireApp(context, absoluteId(parameters.id ?? ''));
  const embeds = new Set([...embedsOf(query), 'tasks', 'lastTaskFailure']);
  return ok({ app: appView(context, spec, embeds) });
}

/** GET /v2/apps/{group}/*, and /v2/apps/* for the root */
export function listGroupApps(context: Context, { parameters, query }: Call): Reply {
  const group = absoluteId(parameters.id ?? '');
  const apps = Object.values(context.world.apps).filter(({ id }) => isBeneath(id, group));
  return ok({ '*': apps.map((spec) => appView(context, spec, embedsOf(query))) });
}

/** POST /v2/apps */
export function createApp(context: Context, { body, query, path }: Call): Reply {
  const input = requireObject(body);
  if (input.id === undefined) throw wrongShape([{ path: '/id', errors: ['error.path.missing'] }]);
  if (typeof input.id !== 'string') throw wrongShape([{ path: '/id', errors: ['error.expected.jsstring'] }]);
  const id = absoluteId(input.id);
  const wish = readApp(context, input, id);
  requireNewId(context, id);
  emitPost(context, path, wish);
  const deployment = changeApps(context, { wishes: { [id]: wish }, force: flag(query, 'force') });
  // The answer shows the app before anything of it has started.
  const created = appView(context, requireApp(context, id), new Set(['tasks']));
  context.settle();
  return {
    status: 201,
    headers: { Location: `/v2/apps${id}`, 'Marathon-Deployment-Id': deployment.id },
    body: created,
  };
}

/** PUT /v2/apps/{id}: merge, replacement, creation, or rollback to a version */
export function putApp(context: Context, { parameters, body, query, path }: Call): Reply {
  const id = absoluteId(parameters.id ?? '');
  const input = requireObject(body);
  const before = context.world.apps[id];
  const wish = updateOf(context, id, input, flag(query, 'partialUpdate', true));
  emitPost(context, path, wish);
  const deployment = changeApps(context, { wishes: { [id]: wish }, force: flag(query, 'force') });
  return deploymentReply(context, deployment, before === undefined ? 201 : 200);
}

/** PATCH /v2/apps/{id} */
export function patchApp(context: Context, call: Call): Reply {
  requireApp(context, absoluteId(call.parameters.id ?? ''));
  return putApp(context, { ...call, query: new URLSearchParams({ force: call.query.get('force') ?? 'false' }) });
}

/** PUT /v2/apps and PATCH /v2/apps with an array */
export function putApps(context: Context, { body, query }: Call, canCreate: boolean): Reply {
  if (!Array.isArray(body)) throw wrongShape([{ path: '/', errors: ['error.expected.jsarray'] }]);
  const partial = flag(query, 'partialUpdate', true);
  const wishes = body.map(requireObject).map((input): [string, JsonObject] => {
    const id = absoluteId(typeof input.id === 'string' ? input.id : '');
    if (!canCreate) requireApp(context, id);
    return [id, updateOf(context, id, input, partial)];
  });
  const force = flag(query, 'force');
  return deploymentReply(context, changeApps(context, { wishes: Object.fromEntries(wishes), force }));
}

/** DELETE /v2/apps/{id} */
export function deleteApp(context: Context, { parameters, query }: Call): Reply {
  const { id } = requireApp(context, absoluteId(parameters.id ?? ''));
  return deploymentReply(context, changeApps(context, { wishes: { [id]: null }, force: flag(query, 'force', true) }));
}

/** POST /v2/apps/{id}/restart */
export function restartApp(context: Context, { parameters, query }: Call): Reply {
  const spec = requireApp(context, absoluteId(parameters.id ?? ''));
  const change = { wishes: { [spec.id]: spec }, force: flag(query, 'force'), restart: true };
  return deploymentReply(context, changeApps(context, change));
}

/** GET /v2/apps/{id}/versions */
export function listVersions(context: Context, { parameters }: Call): Reply {
  const { id } = requireApp(context, absoluteId(parameters.id ?? ''));
  return ok({ versions: (context.world.versions[id] ?? []).map(({ version }) => version).reverse() });
}

/** GET /v2/apps/{id}/versions/{version} */
export function getVersion(context: Context, { parameters }: Call): Reply {
  const { id } = requireApp(context, absoluteId(parameters.id ?? ''));
  return ok(versionOf(context, id, parameters.version ?? ''));
}

function updateOf(context: Context, id: string, body: JsonObject, isPartial: boolean): JsonObject {
  const before = context.world.apps[id];
  const input = withoutNulls(body);
  if (input.version !== undefined) {
    const others = Object.keys(input).filter((field) => field !== 'version' && field !== 'id');
    if (others.length > 0) {
      throw notValid([{ path: '/', errors: ["The 'version' field may only be combined with the 'id' field."] }]);
    }
    return versionOf(context, id, typeof input.version === 'string' ? input.version : '');
  }
  if (before === undefined || !isPartial) {
    if (before === undefined) requireNewId(context, id);
    return readApp(context, { ...input, id }, id);
  }
  return readApp(context, { ...before, ...outdatedBy(input), ...input, id }, id);
}

/** The stored fields, as undefined, that a deprecated form of them in an update stands for. */
function outdatedBy({ ports, uris, ipAddress, container }: JsonObject): JsonObject {
  const network = ipAddress ?? objectOf(objectOf(container).docker).network;
  return {
    ...(ports === undefined ? {} : { portDefinitions: undefined }),
    ...(uris === undefined ? {} : { fetch: undefined }),
    ...(network === undefined ? {} : { networks: undefined }),
  };
}

function versionOf(context: Context, id: string, version: string): AppSpec {
  const spec = context.world.versions[id]?.find((each) => each.version === version);
  if (spec === undefined) throw notFound(`App '${id}' does not exist in version ${version}`);
  return spec;
}

function emitPost(context: Context, uri: string, wish: JsonObject): void {
  context.emit('api_post_event', { clientIp: '127.0.0.1', uri, appDefinition: wish });
}

/** 403 while too many deployments run. */
export function requireRoomForDeployment(context: Context): void {
  if (context.world.deployments.length < 100) return;
  const message =
    'Max number (100) of running deployments is achieved. Wait for existing deployments to complete or cancel one.';
  throw new MarathonError(403, { message });
}
