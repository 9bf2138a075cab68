import type { HttpClient } from '../http-client/http-client';
import type { JenkinsAuth } from '../model/application';
import { CoxswainError } from '../model/errors';
import { createJenkinsHttp, type JenkinsHttp } from './jenkins-http';
import {
  artifactsSchema,
  artifactsTree,
  buildSchema,
  buildTree,
  jobSchema,
  jobTree,
  queueItemSchema,
  queueItemTree,
  queueSchema,
  queueTree,
  recentBuildsSchema,
  recentBuildsTree,
} from './jenkins-schemas';
import type { BuildTrace, JenkinsArtifact, JenkinsBuild, JenkinsJob, JenkinsQueueItem } from './jenkins-schemas';
import { jobPath } from './job-path';

/** One build of one job. */
export type BuildName = { readonly job: string; readonly number: number };

/** An archived file, by the path that the list of artifacts gives it, and how much of it can be used. */
export type WantedArtifact = { readonly relativePath: string; readonly maxBytes: number };
/** What an archived file holds, or that it is longer than was asked for. */
export type ArtifactText = { readonly text: string } | { readonly isTooLong: true };

/**
 * Jenkins's remote API, as far as it is used; a job is named `ship` or `folder/sub/ship`. Beside the errors of HttpClient:
 * UNAUTHORIZED also for a page that asks for a login, REQUEST_REFUSED with Jenkins's words, SERVER_ERROR for an answer of
 * unknown shape. No request is repeated, save once after a 403 that a fresh crumb may heal.
 */
export interface JenkinsClient {
  /** Host and port, for messages. */
  readonly host: string;
  /** The user that builds are started as. */
  readonly user: string;
  /** Throws NOT_FOUND; REQUEST_REFUSED for a folder. */
  getJob(job: string, signal?: AbortSignal): Promise<JenkinsJob>;
  /**
   * Puts a build into the queue and answers the queue item's id. Not safe to repeat, save that Jenkins folds equal builds
   * that wait. `parameters` is undefined for a job that declares none; what a job does not declare, Jenkins drops.
   */
  startBuild(
    job: string,
    parameters: Readonly<Record<string, string>> | undefined,
    signal?: AbortSignal,
  ): Promise<number>;
  /** Throws NOT_FOUND some five minutes after the item left the queue. */
  getQueueItem(id: number, signal?: AbortSignal): Promise<JenkinsQueueItem>;
  /** Takes an item out of the queue; one that left it already is left alone. */
  cancelQueueItem(id: number, signal?: AbortSignal): Promise<void>;
  /** How what waits of a job, and its newest hundred builds, were started; what is newest stands first. Throws NOT_FOUND. */
  listTraces(job: string, signal?: AbortSignal): Promise<readonly BuildTrace[]>;
  /** Throws NOT_FOUND. */
  getBuild(build: BuildName, signal?: AbortSignal): Promise<JenkinsBuild>;
  /** Aborts a build, which takes a moment; one that has ended stays as it is. Throws NOT_FOUND. */
  stopBuild(build: BuildName, signal?: AbortSignal): Promise<void>;
  /** All archived files of a build. Throws NOT_FOUND. */
  listArtifacts(build: BuildName, signal?: AbortSignal): Promise<readonly JenkinsArtifact[]>;
  /** The text of an archived file, of which no more than `maxBytes` is read; else that it is longer. Throws NOT_FOUND. */
  readArtifact(build: BuildName, wanted: WantedArtifact, signal?: AbortSignal): Promise<ArtifactText>;
}

const buildPath = ({ job, number }: BuildName): string => `${jobPath(job)}/${number}`;
const nameOf = ({ job, number }: BuildName): string => `build ${number} of ${job}`;

const createBuilds = ({ read, readText, post }: JenkinsHttp) => ({
  getBuild: (build: BuildName, signal?: AbortSignal) =>
    read(buildSchema, `read ${nameOf(build)}`, { path: buildPath(build), tree: buildTree, signal }),
  stopBuild: async (build: BuildName, signal?: AbortSignal) => {
    await post(`stop ${nameOf(build)}`, `${buildPath(build)}/stop`, { signal });
  },
  listArtifacts: (build: BuildName, signal?: AbortSignal) =>
    read(artifactsSchema, `list the artifacts of ${nameOf(build)}`, {
      path: buildPath(build),
      tree: artifactsTree(),
      signal,
    }),
  readArtifact: async (build: BuildName, { relativePath, maxBytes }: WantedArtifact, signal?: AbortSignal) => {
    const path = `${buildPath(build)}/artifact/${relativePath.split('/').map(encodeURIComponent).join('/')}`;
    const text = await readText(`read ${relativePath} of ${nameOf(build)}`, { path, maxBytes, signal });
    return text === undefined ? { isTooLong: true as const } : { text };
  },
});

function queueIdOf(location: string | undefined, job: string, host: string): number {
  const id = /\/queue\/item\/(\d+)\/?$/.exec(location ?? '')?.[1];
  if (id !== undefined) return Number(id);
  throw new CoxswainError('SERVER_ERROR', {
    message: `Jenkins on ${host} took a build of ${job} but did not say which queue item it is. Look there before it is tried again.`,
    fields: { host, location },
  });
}

/** Speaks to the Jenkins at the HTTP client's base address. */
export function createJenkinsClient(http: HttpClient, auth: JenkinsAuth): JenkinsClient {
  const jenkins = createJenkinsHttp(http, auth);
  const { host, read, post } = jenkins;
  const getJob = async (job: string, signal?: AbortSignal): Promise<JenkinsJob> => {
    const found = await read(jobSchema, `read job ${job}`, { path: jobPath(job), tree: jobTree, signal });
    if (found.isJob) return found;
    throw new CoxswainError('REQUEST_REFUSED', { message: `${job} on ${host} is a folder. Name a job in it.` });
  };
  return {
    host,
    user: auth.user,
    ...createBuilds(jenkins),
    getJob,
    startBuild: async (job, parameters, signal) => {
      const what = `start a build of ${job}`;
      const reply =
        parameters === undefined
          ? await post(what, `${jobPath(job)}/build`, { signal })
          : await post(what, `${jobPath(job)}/buildWithParameters`, { form: parameters, signal });
      return queueIdOf(reply.headers.location, job, host);
    },
    getQueueItem: (id, signal) =>
      read(queueItemSchema, `read queue item ${id}`, { path: `/queue/item/${id}`, tree: queueItemTree, signal }),
    cancelQueueItem: async (id, signal) => {
      try {
        await post(`cancel queue item ${id}`, '/queue/cancelItem', { query: { id }, signal });
      } catch (error) {
        if (!(error instanceof CoxswainError) || error.code !== 'NOT_FOUND') throw error;
      }
    },
    listTraces: async (job, signal) => {
      const { url } = await getJob(job, signal);
      // The queue first: what leaves it meanwhile is among the builds then.
      const queue = await read(queueSchema, 'read the queue', { path: '/queue', tree: queueTree, signal });
      const what = `list the builds of ${job}`;
      const builds = await read(recentBuildsSchema, what, { path: jobPath(job), tree: recentBuildsTree, signal });
      const waiting = queue
        .filter(({ jobUrl }) => jobUrl === url)
        .map(({ jobUrl: _url, ...trace }) => ({ ...trace, number: undefined }));
      return [...waiting, ...builds].sort((one, other) => other.queueId - one.queueId);
    },
  };
}
