import { systemClock, type Clock } from '../engine/clock';
import type { Diagnosis } from '../model/diagnosis';
import { CoxswainError } from '../model/errors';
import { parseMoniker } from '../model/moniker';
import type { Location, ServerGroup } from '../model/server-group';
import { newestFirst } from '../model/server-group';
import { appFromDescription } from './app-from-description';
import { cloneOfApp } from './clone-app';
import { copyOfApp } from './copy-app';
import { describeFailure } from './describe-failure';
import { diagnose } from './diagnose';
import type { MarathonClient } from './marathon-client';
import { readLockHolders } from './lock-holders';
import { groupOfTask, marathonParent } from './marathon-id';
import { listEmbeds, reachClusters, type Reach } from './reach-clusters';
import { readEvidence, type Sandboxes } from './read-evidence';
import { readOutput } from './read-output';
import { serverGroupFromApp, unmanagedFromApp } from './server-group-from-app';
import { findSizeBefore } from './size-before';
import { createSights, type Sights } from './sights';
import type { Accepted, InstanceOutput, ServerGroups } from './server-groups';
import { unlessAbsent } from './unless-absent';

/** The server groups of a cluster in a place, newest first. */
async function listGroups(
  { clientOf, read }: Reach,
  ...[location, cluster, signal]: Parameters<ServerGroups['list']>
): Promise<readonly ServerGroup[]> {
  const client = clientOf(location);
  marathonParent(location);
  const apps = await read(location, () => client.listApps({ id: cluster, embed: listEmbeds }, signal));
  return apps
    .map((app) => serverGroupFromApp(app, location))
    .filter((group): group is ServerGroup => group?.moniker.cluster === cluster)
    .sort(newestFirst);
}

/** The size that a group served with before it was taken out, for which the others of its cluster may be asked. */
async function sizeBefore(
  reach: Reach,
  ...[location, name, signal]: Parameters<ServerGroups['lastNonZeroSize']>
): Promise<number | undefined> {
  const { client, id } = reach.find(location, name);
  const cluster = parseMoniker(name)?.cluster ?? name;
  const readOthers = async () =>
    (await listGroups(reach, location, cluster, signal)).filter((group) => group.name !== name);
  return await findSizeBefore(client, id, readOthers, signal);
}

async function setSize(
  client: MarathonClient,
  id: string,
  instances: number,
  options: { force: boolean },
  signal?: AbortSignal,
): Promise<Accepted> {
  try {
    const { deploymentId } = await client.putApp(id, { instances }, options, signal);
    return { deploymentId };
  } catch (error) {
    if (!(error instanceof CoxswainError) || error.code !== 'REQUEST_REFUSED') throw error;
    // Marathon would create a missing app and refuses that for want of fields, as if the request were wrong: this look
    // says that the app does not exist.
    await client.getApp(id, signal);
    throw error;
  }
}

/** The whole definition of an app as it stands now. Throws NOT_FOUND. */
async function readDefinition({ find, read }: Reach, location: Location, name: string, signal?: AbortSignal) {
  const { client, id } = find(location, name);
  const { version } = await read(location, () => client.getApp(id, signal));
  return await read(location, () => client.getDefinition(id, version, signal));
}

async function recreate(
  reach: Reach,
  location: Location,
  from: string,
  name: string,
  key: string,
  signal?: AbortSignal,
): Promise<Accepted> {
  const definition = await readDefinition(reach, location, from, signal);
  const { client, id } = reach.find(location, name);
  const copy = copyOfApp(definition, id, key);
  const { deploymentId } = await reach.change(location, () => client.createApp(copy, signal));
  return { deploymentId };
}

async function clone(
  reach: Reach,
  ...[source, description, name, key, signal]: Parameters<ServerGroups['clone']>
): Promise<Accepted> {
  const definition = await readDefinition(reach, source.location, source.name, signal);
  const app = cloneOfApp(definition, description, name, key);
  const { location } = description;
  const { deploymentId } = await reach.change(location, () => reach.clientOf(location).createApp(app, signal));
  return { deploymentId };
}

async function terminate(
  { clientOf, change }: Reach,
  ...[location, instanceIds, { decrement, force = false }, signal]: Parameters<ServerGroups['terminate']>
): Promise<Accepted> {
  const client = clientOf(location);
  const { deploymentId } = await change(location, () =>
    client.killTasks(instanceIds, { scale: decrement, force }, signal),
  );
  return { deploymentId };
}

async function diagnoseGroup(
  { find }: Reach,
  { clock, sandboxes }: { readonly clock: Clock; readonly sandboxes: ServerGroupsOptions['sandboxes'] },
  location: Location,
  name: string,
  signal?: AbortSignal,
): Promise<Diagnosis> {
  const { client: marathon, id } = find(location, name);
  const sources = { marathon, sandboxes: sandboxes?.get(location.dcosCluster), clock };
  return diagnose(await readEvidence(sources, id, signal));
}

async function outputOfGroup(
  { find, read }: Reach,
  { clock, sandboxes: all }: { readonly clock: Clock; readonly sandboxes: ServerGroupsOptions['sandboxes'] },
  ...[location, name, wanted, signal]: Parameters<ServerGroups['readOutput']>
): Promise<InstanceOutput | undefined> {
  const { client: marathon, id } = find(location, name);
  const sandboxes = all?.get(location.dcosCluster);
  return await read(location, () => readOutput({ marathon, sandboxes, clock }, id, wanted, signal));
}

/** What the server groups of several DC/OS clusters are put together from. */
export type ServerGroupsOptions = {
  readonly clusters: ReadonlyMap<string, MarathonClient>;
  readonly clock?: Clock;
  /** Learns of every read; by default nobody is told which clusters can be seen. */
  readonly sights?: Sights;
  /** Where each cluster keeps the files of its tasks; diagnoses have no stderr of a cluster that is not in it. */
  readonly sandboxes?: ReadonlyMap<string, Sandboxes>;
};

/** Server groups, and a way to say that something may have changed on a DC/OS cluster. */
export type WatchedServerGroups = ServerGroups & {
  /** An event came: the shared view is read again when somebody looks. An unknown cluster is ignored. */
  readonly clusterChanged: (dcosCluster: string, appId?: string) => void;
};

/**
 * Server groups as Marathon apps, one client per DC/OS cluster. A location on an unknown cluster throws NOT_FOUND, a name
 * that DC/OS would not take INVALID_NAME, both before any request.
 */
export function createServerGroups(options: ServerGroupsOptions): WatchedServerGroups {
  const clock = options.clock ?? systemClock;
  const reach = reachClusters(options.clusters, { clock, sights: options.sights ?? createSights({ clock }) });
  const { clientOf, find, look, read, change, clusterChanged } = reach;
  return {
    clusterChanged,
    look,
    list: (...call) => listGroups(reach, ...call),
    get: async (location, name, signal) => {
      const { client, id } = find(location, name);
      const app = await read(location, () => unlessAbsent(client.getApp(id, signal)));
      return app === undefined ? undefined : serverGroupFromApp(app, location);
    },
    create: async (description, name, key, signal) => {
      const client = clientOf(description.location);
      const app = appFromDescription(description, name, key);
      const { deploymentId } = await change(description.location, () => client.createApp(app, signal));
      return { deploymentId };
    },
    unmanaged: async (location, name, signal) => {
      const { client, id } = find(location, name);
      const app = await read(location, () => unlessAbsent(client.getApp(id, signal)));
      return app === undefined ? undefined : unmanagedFromApp(app, location);
    },
    recreate: (...call) => recreate(reach, ...call),
    clone: (...call) => clone(reach, ...call),
    groupOfInstance: groupOfTask,
    terminate: (...call) => terminate(reach, ...call),
    resize: async (location, name, size, options, signal) => {
      const { client, id } = find(location, name);
      return await change(location, () => setSize(client, id, size, options, signal));
    },
    destroy: async (location, name, { force }, signal) => {
      const { client, id } = find(location, name);
      const deleted = await change(location, () => unlessAbsent(client.deleteApp(id, { force }, signal)));
      return { deploymentId: deleted?.deploymentId };
    },
    lockHolders: (location, deploymentIds, signal) =>
      read(location, () => readLockHolders(clientOf(location), deploymentIds, signal)),
    lastNonZeroSize: (...call) => sizeBefore(reach, ...call),
    lastFailure: async (location, name, signal) => {
      const { client, id } = find(location, name);
      const app = await unlessAbsent(client.getApp(id, signal));
      return app === undefined ? undefined : describeFailure(app);
    },
    diagnose: (...call) => diagnoseGroup(reach, { clock, sandboxes: options.sandboxes }, ...call),
    readOutput: (...call) => outputOfGroup(reach, { clock, sandboxes: options.sandboxes }, ...call),
  };
}
