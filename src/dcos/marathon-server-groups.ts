import { CoxswainError } from '../model/errors';
import type { Location, ServerGroup } from '../model/server-group';
import { newestFirst } from '../model/server-group';
import { appFromDescription } from './app-from-description';
import type { MarathonClient } from './marathon-client';
import { marathonId, marathonParent } from './marathon-id';
import type { MarathonAppInfo } from './marathon-schemas';
import { serverGroupFromApp } from './server-group-from-app';
import type { Accepted, ServerGroups } from './server-groups';

const listEmbeds = ['apps.tasks', 'apps.deployments', 'apps.counts'];

const isNotFound = (error: unknown): boolean => error instanceof CoxswainError && error.code === 'NOT_FOUND';

/** Undefined instead of NOT_FOUND; every other failure stays one. */
async function unlessAbsent<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function describeFailure(app: MarathonAppInfo): string | undefined {
  const failure = app.lastTaskFailure;
  if (failure === undefined) return undefined;
  const where = failure.host === '' ? '' : ` on ${failure.host}`;
  const when = failure.timestamp === '' ? '' : ` at ${failure.timestamp}`;
  return `${failure.state || 'A task failed'}${where}${when}: ${failure.message || 'no message'}`;
}

async function findNonZeroSize(client: MarathonClient, id: string, signal?: AbortSignal): Promise<number | undefined> {
  for (const version of await client.listVersions(id, signal)) {
    // A version may be pruned between the list and this look.
    const app = await unlessAbsent(client.getVersion(id, version, signal));
    if (app !== undefined && app.instances > 0) return app.instances;
  }
  return undefined;
}

async function setSize(
  client: MarathonClient,
  id: string,
  instances: number,
  options: { force: boolean },
  signal?: AbortSignal,
): Promise<Accepted> {
  // PUT would answer 422 for a missing app, as if the request were wrong; this look says that it does not exist.
  await client.getApp(id, signal);
  const { deploymentId } = await client.putApp(id, { instances }, options, signal);
  return { deploymentId };
}

/**
 * Server groups as Marathon apps, one client per DC/OS cluster. A location on an unknown cluster throws NOT_FOUND, a name
 * that DC/OS would not take INVALID_NAME, both before any request.
 */
export function createServerGroups(options: { clusters: ReadonlyMap<string, MarathonClient> }): ServerGroups {
  const { clusters } = options;
  const clientOf = ({ dcosCluster }: Location): MarathonClient => {
    const client = clusters.get(dcosCluster);
    if (client !== undefined) return client;
    const known = [...clusters.keys()].join(', ') || 'none';
    throw new CoxswainError('NOT_FOUND', {
      message: `DC/OS cluster '${dcosCluster}' is not configured. Known clusters: ${known}. Add it to accounts.yaml.`,
      fields: { dcosCluster },
    });
  };
  const find = (location: Location, name: string) => ({
    client: clientOf(location),
    id: marathonId(location, name),
  });

  return {
    list: async (location, cluster, signal) => {
      const client = clientOf(location);
      marathonParent(location);
      const apps = await client.listApps({ id: cluster, embed: listEmbeds }, signal);
      return apps
        .map((app) => serverGroupFromApp(app, location))
        .filter((group): group is ServerGroup => group?.moniker.cluster === cluster)
        .sort(newestFirst);
    },
    get: async (location, name, signal) => {
      const { client, id } = find(location, name);
      const app = await unlessAbsent(client.getApp(id, signal));
      return app === undefined ? undefined : serverGroupFromApp(app, location);
    },
    create: async (description, name, key, signal) => {
      const client = clientOf(description.location);
      const { deploymentId } = await client.createApp(appFromDescription(description, name, key), signal);
      return { deploymentId };
    },
    resize: async (location, name, size, options, signal) => {
      const { client, id } = find(location, name);
      return await setSize(client, id, size, options, signal);
    },
    destroy: async (location, name, { force }, signal) => {
      const { client, id } = find(location, name);
      const change = await unlessAbsent(client.deleteApp(id, { force }, signal));
      return { deploymentId: change?.deploymentId };
    },
    lastNonZeroSize: async (location, name, signal) => {
      const { client, id } = find(location, name);
      return await findNonZeroSize(client, id, signal);
    },
    lastFailure: async (location, name, signal) => {
      const { client, id } = find(location, name);
      const app = await unlessAbsent(client.getApp(id, signal));
      return app === undefined ? undefined : describeFailure(app);
    },
    isDeploying: async (location, deploymentId, signal) => {
      const deployments = await clientOf(location).listDeployments(signal);
      return deployments.some(({ id }) => id === deploymentId);
    },
  };
}
