import type { z } from 'zod';
import type { HttpClient, HttpReply, HttpRequest, HttpStream, StreamOptions } from '../http-client/http-client';
import { CoxswainError } from '../model/errors';
import { asMarathonFailure } from './marathon-failure';
import {
  appListSchema,
  appSingleSchema,
  appVersionSchema,
  changeSchema,
  createdAppSchema,
  deploymentListSchema,
  infoSchema,
  queueSchema,
  versionListSchema,
} from './marathon-schemas';
import type {
  MarathonAppInfo,
  MarathonChange,
  MarathonDeployment,
  MarathonInfo,
  MarathonQueueItem,
} from './marathon-schemas';

/** An app definition as Marathon takes it. */
export type MarathonApp = { readonly id: string } & Readonly<Record<string, unknown>>;

/** What to list: `id` and `label` as Marathon filters (id: part of an id, any case), `embed` as it spells them. */
export type AppFilter = { readonly id?: string; readonly label?: string; readonly embed?: readonly string[] };

/** A created app and the deployment that starts it. */
export type MarathonCreated = { readonly app: MarathonAppInfo; readonly deploymentId: string | undefined };

/**
 * Marathon's REST API v2, as far as it is used. Ids begin with '/'. Beside the errors of HttpClient: MARATHON_LOCKED
 * (fields.deployments), MARATHON_DUPLICATE, RATE_LIMITED when too many deployments run, REQUEST_REFUSED with Marathon's
 * details in its message, SERVER_ERROR for a reply of unknown shape. No request is repeated.
 */
export interface MarathonClient {
  /** Host and port, for messages. */
  readonly host: string;
  listApps(filter: AppFilter, signal?: AbortSignal): Promise<readonly MarathonAppInfo[]>;
  /** With tasks, deployments and the last failure. Throws NOT_FOUND. */
  getApp(id: string, signal?: AbortSignal): Promise<MarathonAppInfo>;
  createApp(app: MarathonApp, signal?: AbortSignal): Promise<MarathonCreated>;
  /** Replaces the top-level fields that are given. Marathon creates the app where it is missing and the fields suffice. */
  putApp(
    id: string,
    changes: Readonly<Record<string, unknown>>,
    options: { force: boolean },
    signal?: AbortSignal,
  ): Promise<MarathonChange>;
  deleteApp(id: string, options: { force: boolean }, signal?: AbortSignal): Promise<MarathonChange>;
  /** Newest first. */
  listVersions(id: string, signal?: AbortSignal): Promise<readonly string[]>;
  getVersion(id: string, version: string, signal?: AbortSignal): Promise<MarathonAppInfo>;
  listDeployments(signal?: AbortSignal): Promise<readonly MarathonDeployment[]>;
  /** Reverts it by a new deployment; with `force` just stops it, and there is no new one. NOT_FOUND when it has ended. */
  cancelDeployment(
    deploymentId: string,
    options: { force: boolean },
    signal?: AbortSignal,
  ): Promise<MarathonChange | undefined>;
  listQueue(signal?: AbortSignal): Promise<readonly MarathonQueueItem[]>;
  getInfo(signal?: AbortSignal): Promise<MarathonInfo>;
  ping(signal?: AbortSignal): Promise<void>;
  /** Opens `/v2/events`; see openEventStream. */
  openEvents(options: Pick<StreamOptions, 'idleTimeoutMs' | 'signal'>): Promise<HttpStream>;
}

const appPath = (id: string): string =>
  `/v2/apps/${id.replace(/^\/+/, '').split('/').map(encodeURIComponent).join('/')}`;

function parseReply<T extends z.ZodType>(schema: T, what: string, host: string, reply: HttpReply): z.output<T> {
  const parsed = schema.safeParse(reply.body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue === undefined ? 'unknown' : `${issue.path.map(String).join('.') || 'body'}: ${issue.message}`;
  throw new CoxswainError('SERVER_ERROR', {
    message: `Cannot ${what}: the answer of Marathon on ${host} has an unknown shape (${where}). Check that the address is that of a Marathon.`,
    fields: { host, status: reply.status },
  });
}

/** Speaks to the Marathon whose `/v2` stands below the HTTP client's base address. */
export function createMarathonClient(http: HttpClient): MarathonClient {
  const send = async (what: string, request: HttpRequest): Promise<HttpReply> => {
    try {
      return await http.request(request);
    } catch (error) {
      throw asMarathonFailure(what, error);
    }
  };
  const ask = async <T extends z.ZodType>(schema: T, what: string, request: HttpRequest): Promise<z.output<T>> =>
    parseReply(schema, what, http.host, await send(what, request));
  const get = <T extends z.ZodType>(schema: T, what: string, path: string, signal?: AbortSignal) =>
    ask(schema, what, { method: 'GET', path, signal });

  return {
    host: http.host,
    listApps: async ({ id, label, embed }, signal) =>
      (await ask(appListSchema, 'list apps', { method: 'GET', path: '/v2/apps', query: { embed, id, label }, signal }))
        .apps,
    getApp: async (id, signal) => (await get(appSingleSchema, `read ${id}`, appPath(id), signal)).app,
    createApp: async (app, signal) => {
      const what = `create ${app.id}`;
      const reply = await send(what, { method: 'POST', path: '/v2/apps', body: app, signal });
      const created = parseReply(createdAppSchema, what, http.host, reply);
      return { app: created, deploymentId: created.deployments[0]?.id ?? reply.headers['marathon-deployment-id'] };
    },
    putApp: (id, changes, { force }, signal) =>
      ask(changeSchema, `change ${id}`, { method: 'PUT', path: appPath(id), query: { force }, body: changes, signal }),
    // `force` is always spelt out: Marathon's default for DELETE is true, which would cancel a running deployment.
    deleteApp: (id, { force }, signal) =>
      ask(changeSchema, `delete ${id}`, { method: 'DELETE', path: appPath(id), query: { force }, signal }),
    listVersions: async (id, signal) => {
      const { versions } = await get(versionListSchema, `list versions of ${id}`, `${appPath(id)}/versions`, signal);
      return versions.toSorted().reverse();
    },
    getVersion: (id, version, signal) =>
      get(
        appVersionSchema,
        `read version ${version} of ${id}`,
        `${appPath(id)}/versions/${encodeURIComponent(version)}`,
        signal,
      ),
    listDeployments: (signal) => get(deploymentListSchema, 'list deployments', '/v2/deployments', signal),
    cancelDeployment: async (deploymentId, { force }, signal) => {
      const what = `cancel deployment ${deploymentId}`;
      const path = `/v2/deployments/${encodeURIComponent(deploymentId)}`;
      const reply = await send(what, { method: 'DELETE', path, query: { force }, expect: 'jsonOrNothing', signal });
      return reply.body === undefined ? undefined : parseReply(changeSchema, what, http.host, reply);
    },
    listQueue: async (signal) => (await get(queueSchema, 'read the queue', '/v2/queue', signal)).queue,
    getInfo: (signal) => get(infoSchema, 'read the info', '/v2/info', signal),
    ping: async (signal) => {
      await send('ping Marathon', { method: 'GET', path: '/ping', expect: 'text', signal });
    },
    openEvents: (options) => http.stream('/v2/events', options),
  };
}
