import type { Clock } from '../engine/clock';
import { CoxswainError } from '../model/errors';
import type { Location } from '../model/server-group';
import { createClusterView } from './cluster-view';
import type { MarathonClient } from './marathon-client';
import { marathonId, marathonParent } from './marathon-id';
import type { ClusterView } from './server-groups';
import type { Sights } from './sights';
import { createSharedView, type Seen, type SharedView } from './shared-view';
import { unknownCluster } from './unknown-cluster';

/** The tasks, deployments and counts of listed apps: what a server group is made of. */
export const listEmbeds: readonly string[] = ['apps.tasks', 'apps.deployments', 'apps.counts'];
/** Thousands of apps with their tasks are tens of megabytes. */
const viewTimeoutMs = 30_000;
const viewEmbeds = [...listEmbeds, 'apps.lastTaskFailure'];

/** DC/OS clusters by the places on them. A place on an unknown cluster throws NOT_FOUND before any request. */
export type Reach = {
  readonly clientOf: (location: Location) => MarathonClient;
  /** The client and the Marathon id of a name in a place. Throws INVALID_NAME. */
  readonly find: (location: Location, name: string) => { readonly client: MarathonClient; readonly id: string };
  /** Throws TIMED_OUT when `signal`, 6 s where it is left out, ends the wait. */
  readonly look: (location: Location, signal?: AbortSignal, cluster?: string) => Promise<Seen<ClusterView>>;
  /** Runs a read; where the cluster does not answer, the error says since when. */
  readonly read: Sights['read'];
  /** Runs a change of our own, after which nobody is shown what was before. */
  readonly change: <T>(location: Location, act: () => Promise<T>) => Promise<T>;
  readonly clusterChanged: (dcosCluster: string, appId?: string) => void;
};

/** How long somebody waits who did not say how long; the list is read on for the next one. */
const lookLimitMs = 6000;

/** Whether an app is a server group of a cluster in a place. */
const isAppOf = (id: string, location: Location, cluster: string): boolean =>
  id.startsWith(`${marathonParent(location)}/${cluster}-v`);

const tooSlow = ({ dcosCluster }: Location): CoxswainError =>
  new CoxswainError('TIMED_OUT', {
    message: `DC/OS cluster '${dcosCluster}' has not listed its apps within ${lookLimitMs / 1000} s. Ask again in a moment.`,
  });

type Reached = { readonly client: MarathonClient; readonly view: SharedView<ClusterView> };

/** Gives each DC/OS cluster its shared view; `sights` learns of every read. */
export function reachClusters(
  clusters: ReadonlyMap<string, MarathonClient>,
  { clock, sights }: { readonly clock: Clock; readonly sights: Sights },
): Reach {
  const reached = new Map(
    [...clusters].map(([name, client]): [string, Reached] => {
      const load = async () =>
        createClusterView(await client.listApps({ embed: viewEmbeds }, undefined, viewTimeoutMs));
      const onLoaded = (error: CoxswainError | undefined) => sights.loaded(name, error);
      return [name, { client, view: createSharedView({ clock, load, onLoaded }) }];
    }),
  );
  const reach = ({ dcosCluster }: Location): Reached => {
    const found = reached.get(dcosCluster);
    if (found !== undefined) return found;
    throw unknownCluster(dcosCluster, clusters.keys());
  };
  return {
    clientOf: (location) => reach(location).client,
    find: (location, name) => ({ client: reach(location).client, id: marathonId(location, name) }),
    read: (location, act) => sights.read(location, act),
    look: async (location, signal, cluster) => {
      const { view } = reach(location);
      const concerns = cluster === undefined ? undefined : (id: string) => isAppOf(id, location, cluster);
      const abort = new AbortController();
      const disarm = clock.after(lookLimitMs, () => abort.abort(tooSlow(location)));
      try {
        return await sights.look(location, () => view.look(signal ?? abort.signal, concerns));
      } finally {
        disarm();
      }
    },
    change: (location, act) => reach(location).view.change(act),
    clusterChanged: (dcosCluster, appId) => reached.get(dcosCluster)?.view.hint(appId),
  };
}
