import type { HttpClient, HttpStream, StreamOptions } from '../http-client/http-client';
import { CoxswainError } from '../model/errors';
import { askService, encodePath, type Asker } from './ask-service';
import { asMarathonFailure } from './marathon-failure';
import { createMarathonGroups } from './marathon-groups';
import type { MarathonGroups } from './marathon-groups';
import {
  appListSchema,
  appSingleSchema,
  appVersionSchema,
  cancelSchema,
  changeSchema,
  createdAppSchema,
  definitionSchema,
  deploymentListSchema,
  infoSchema,
  inspectedAppSchema,
  leaderSchema,
  queueSchema,
  versionListSchema,
} from './marathon-schemas';
import type {
  MarathonAppInfo,
  MarathonChange,
  MarathonDeployment,
  MarathonInfo,
  MarathonInspectedApp,
  MarathonQueueItem,
} from './marathon-schemas';
import { createMarathonTasks } from './marathon-tasks';
import type { MarathonTasks } from './marathon-tasks';

/** An app definition as Marathon takes it. */
export type MarathonApp = { readonly id: string } & Readonly<Record<string, unknown>>;

/** What to list: `id` and `label` as Marathon filters (id: part of an id, any case), `embed` as it spells them. */
export type AppFilter = { readonly id?: string; readonly label?: string; readonly embed?: readonly string[] };

/** A created app and the deployment that starts it. */
export type MarathonCreated = { readonly app: MarathonAppInfo; readonly deploymentId: string | undefined };

/** Apps of Marathon's REST API. */
export interface MarathonApps {
  /** `timeoutMs` where the answer may be large: @default the limit of the connection. */
  listApps(filter: AppFilter, signal?: AbortSignal, timeoutMs?: number): Promise<readonly MarathonAppInfo[]>;
  /** With tasks, deployments and the last failure. Throws NOT_FOUND. */
  getApp(id: string, signal?: AbortSignal): Promise<MarathonAppInfo>;
  /** The same with what health and readiness checks found last. Throws NOT_FOUND. */
  inspectApp(id: string, signal?: AbortSignal): Promise<MarathonInspectedApp>;
  createApp(app: MarathonApp, signal?: AbortSignal): Promise<MarathonCreated>;
  /** Replaces the top-level fields that are given. Marathon creates the app where it is missing and the fields suffice. */
  putApp(
    id: string,
    changes: Readonly<Record<string, unknown>>,
    options: { force: boolean },
    signal?: AbortSignal,
  ): Promise<MarathonChange>;
  /** Replaces all its tasks under a new version. Throws NOT_FOUND, MARATHON_LOCKED unless `force`. */
  restartApp(id: string, options: { force: boolean }, signal?: AbortSignal): Promise<MarathonChange>;
  deleteApp(id: string, options: { force: boolean }, signal?: AbortSignal): Promise<MarathonChange>;
  /** Newest first. */
  listVersions(id: string, signal?: AbortSignal): Promise<readonly string[]>;
  getVersion(id: string, version: string, signal?: AbortSignal): Promise<MarathonAppInfo>;
  /** A stored definition as Marathon wrote it, whole: what a copy is made from. */
  getDefinition(id: string, version: string, signal?: AbortSignal): Promise<Readonly<Record<string, unknown>>>;
}

/** Deployments, the queue, and Marathon itself. */
export interface MarathonRest {
  listDeployments(signal?: AbortSignal): Promise<readonly MarathonDeployment[]>;
  /** Reverts it by a new deployment; with `force` just stops it, and there is no new one. NOT_FOUND when it has ended. */
  cancelDeployment(
    deploymentId: string,
    options: { force: boolean },
    signal?: AbortSignal,
  ): Promise<MarathonChange | undefined>;
  /** Apps with instances left to launch, and why they wait. */
  listQueue(signal?: AbortSignal): Promise<readonly MarathonQueueItem[]>;
  /** The same with the last offers that were of no use: much more to read. */
  listQueueWithOffers(signal?: AbortSignal): Promise<readonly MarathonQueueItem[]>;
  /** Ends the launch delay of an app that waits. NOT_FOUND when it does not. */
  resetDelay(id: string, signal?: AbortSignal): Promise<void>;
  getInfo(signal?: AbortSignal): Promise<MarathonInfo>;
  /** Host and port of the leading Marathon; undefined while there is none. */
  getLeader(signal?: AbortSignal): Promise<string | undefined>;
  ping(signal?: AbortSignal): Promise<void>;
  /** Opens `/v2/events`, plans with their steps only; see openEventStream. */
  openEvents(options: Pick<StreamOptions, 'idleTimeoutMs' | 'signal'>): Promise<HttpStream>;
}

/**
 * Marathon's REST API v2, as far as it is used. Ids begin with '/'. Beside the errors of HttpClient: MARATHON_LOCKED
 * (fields.deployments), MARATHON_DUPLICATE, RATE_LIMITED when too many deployments run, REQUEST_REFUSED with Marathon's
 * details in its message, SERVER_ERROR for a reply of unknown shape. No request is repeated.
 */
export interface MarathonClient extends MarathonApps, MarathonTasks, MarathonGroups, MarathonRest {
  /** Host and port, for messages. */
  readonly host: string;
}

const appPath = (id: string): string => `/v2/apps/${encodePath(id)}`;

const versionPath = (id: string, version: string): string => `${appPath(id)}/versions/${encodeURIComponent(version)}`;

function createApps(marathon: Asker): MarathonApps {
  const { ask, get } = marathon;
  return {
    listApps: async ({ id, label, embed }, signal, timeoutMs) => {
      const request = { method: 'GET', path: '/v2/apps', query: { embed, id, label }, signal, timeoutMs } as const;
      return (await ask(appListSchema, 'list apps', request)).apps;
    },
    getApp: async (id, signal) => (await get(appSingleSchema, `read ${id}`, appPath(id), signal)).app,
    inspectApp: async (id, signal) => {
      const request = { method: 'GET', path: appPath(id), query: { embed: ['app.readiness'] }, signal } as const;
      return (await ask(inspectedAppSchema, `read ${id}`, request)).app;
    },
    createApp: async (app, signal) => {
      const what = `create ${app.id}`;
      const reply = await marathon.send(what, { method: 'POST', path: '/v2/apps', body: app, signal });
      const created = marathon.read(createdAppSchema, what, reply);
      return { app: created, deploymentId: created.deployments[0]?.id ?? reply.headers['marathon-deployment-id'] };
    },
    putApp: (id, changes, { force }, signal) =>
      ask(changeSchema, `change ${id}`, { method: 'PUT', path: appPath(id), query: { force }, body: changes, signal }),
    restartApp: (id, { force }, signal) =>
      ask(changeSchema, `restart ${id}`, { method: 'POST', path: `${appPath(id)}/restart`, query: { force }, signal }),
    // `force` is always spelt out: Marathon's default for DELETE is true, which would cancel a running deployment.
    deleteApp: (id, { force }, signal) =>
      ask(changeSchema, `delete ${id}`, { method: 'DELETE', path: appPath(id), query: { force }, signal }),
    listVersions: async (id, signal) => {
      const { versions } = await get(versionListSchema, `list versions of ${id}`, `${appPath(id)}/versions`, signal);
      return versions.toSorted().reverse();
    },
    getVersion: (id, version, signal) =>
      get(appVersionSchema, `read version ${version} of ${id}`, versionPath(id, version), signal),
    getDefinition: (id, version, signal) =>
      get(definitionSchema, `read version ${version} of ${id}`, versionPath(id, version), signal),
  };
}

function createRest(marathon: Asker, http: HttpClient): MarathonRest {
  const { get, send } = marathon;
  const listQueue = async (embed: readonly string[], signal: AbortSignal | undefined) => {
    const request = { method: 'GET', path: '/v2/queue', query: { embed }, signal } as const;
    return (await marathon.ask(queueSchema, 'read the queue', request)).queue;
  };
  return {
    listDeployments: (signal) => get(deploymentListSchema, 'list deployments', '/v2/deployments', signal),
    cancelDeployment: async (deploymentId, { force }, signal) => {
      const what = `cancel deployment ${deploymentId}`;
      const path = `/v2/deployments/${encodeURIComponent(deploymentId)}`;
      const reply = await send(what, { method: 'DELETE', path, query: { force }, expect: 'jsonOrNothing', signal });
      return reply.body === undefined ? undefined : marathon.read(cancelSchema, what, reply);
    },
    listQueue: (signal) => listQueue([], signal),
    listQueueWithOffers: (signal) => listQueue(['lastUnusedOffers'], signal),
    resetDelay: async (id, signal) => {
      const path = `/v2/queue/${encodePath(id)}/delay`;
      await send(`reset the delay of ${id}`, { method: 'DELETE', path, expect: 'text', signal });
    },
    getInfo: (signal) => get(infoSchema, 'read the info', '/v2/info', signal),
    getLeader: async (signal) => {
      try {
        return (await get(leaderSchema, 'read the leader', '/v2/leader', signal)).leader;
      } catch (error) {
        if (error instanceof CoxswainError && error.code === 'NOT_FOUND') return undefined;
        throw error;
      }
    },
    ping: async (signal) => {
      await send('ping Marathon', { method: 'GET', path: '/ping', expect: 'text', signal });
    },
    // Light, because a deployment's events otherwise hold all groups before and after it.
    openEvents: (options) => http.stream('/v2/events', { ...options, query: { 'plan-format': 'light' } }),
  };
}

/** Speaks to the Marathon whose `/v2` stands below the HTTP client's base address. */
export function createMarathonClient(http: HttpClient): MarathonClient {
  const marathon = askService('Marathon', http, asMarathonFailure);
  return {
    host: http.host,
    ...createApps(marathon),
    ...createMarathonTasks(marathon),
    ...createMarathonGroups(marathon),
    ...createRest(marathon, http),
  };
}
