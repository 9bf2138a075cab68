import type { Application, Environment } from '../model/application';
import type { Chaos, ChaosException } from '../model/chaos';
import { parseMoniker } from '../model/moniker';
import { regionPlace } from '../model/region';
import { isDisabled, newestFirst, placeName, type Location, type ServerGroup } from '../model/server-group';
import type { ServerGroups } from '../dcos/server-groups';
import type { ChaosGroup, Victim } from './documents';

/** A cluster of an environment in one place that chaos may take from. */
export type Member = {
  readonly environment: Environment;
  readonly chaos: Chaos;
  readonly location: Location;
  readonly cluster: string;
};

/** Clusters whose names end so are experiments of their own (semantics §9). */
const leftAlone = ['-canary', '-baseline', '-citrus', '-citrusproxy'];

function isRegion(word: string, { region, dcosCluster, group }: Location): boolean {
  const named = regionPlace(word);
  return word === region || (named.dcosCluster === dcosCluster && named.group === group.replaceAll('_', '/'));
}

/** Whether an exception holds for a cluster in a place. */
function isExcepted(exception: ChaosException, cluster: string, location: Location): boolean {
  const { stack, detail } = parseMoniker(cluster) ?? { stack: null, detail: null };
  const matches = (pattern: string, matched: boolean) => pattern === '*' || matched;
  return (
    matches(exception.account, exception.account === location.account) &&
    matches(exception.region, isRegion(exception.region, location)) &&
    matches(exception.stack, exception.stack === (stack ?? '')) &&
    matches(exception.detail, exception.detail === (detail ?? ''))
  );
}

function isEligible({ chaos, location, cluster }: Member): boolean {
  if (leftAlone.some((ending) => cluster.endsWith(ending))) return false;
  return !chaos.exceptions.some((exception) => isExcepted(exception, cluster, location));
}

const newestEnabled = (groups: readonly ServerGroup[]): ServerGroup | undefined =>
  groups.filter((group) => !isDisabled(group)).sort(newestFirst)[0];

/** The clusters of an application that chaos may take from, as they are seen. Throws where a place cannot be seen. */
export async function readMembers(serverGroups: ServerGroups, application: Application): Promise<readonly Member[]> {
  const members: Member[] = [];
  for (const environment of application.environments.values()) {
    const { chaos } = environment;
    if (chaos === undefined) continue;
    for (const location of environment.locations) {
      const { value: view } = await serverGroups.look(location);
      const clusters = view
        .clusters(location, application.name)
        .filter((cluster) => isStack(cluster, environment.name));
      const serving = clusters.filter((cluster) => newestEnabled(view.groups(location, cluster)) !== undefined);
      members.push(...serving.map((cluster) => ({ environment, chaos, location, cluster })));
    }
  }
  return members.filter(isEligible);
}

const isStack = (cluster: string, stack: string): boolean => parseMoniker(cluster)?.stack === stack;

/** What is drawn for together has the same rules. */
const rhythmOf = ({ meanTimeBetweenKillsInWorkDays, minTimeBetweenKillsInWorkDays, grouping, ...chaos }: Chaos) =>
  [meanTimeBetweenKillsInWorkDays, minTimeBetweenKillsInWorkDays, grouping, chaos.confirm].join();

function groupOf(application: Application, member: Member, members: readonly Member[]): ChaosGroup {
  const { environment, chaos, location, cluster } = member;
  const { grouping, regionsAreIndependent } = chaos;
  const alike = members.filter((other) => rhythmOf(other.chaos) === rhythmOf(chaos));
  const together = alike.filter((other) => other.location.account === location.account);
  const environments =
    grouping === 'app' ? [...new Set(together.map((other) => other.environment.name))] : [environment.name];
  const stacks = environments.map((name) => `${application.name}-${name}`).join('+');
  const region = regionsAreIndependent ? location.region : '*';
  return {
    key: `${location.account}/${grouping === 'cluster' ? cluster : stacks}/${region}`,
    application: application.name,
    account: location.account,
    grouping,
    environments,
    ...(grouping === 'cluster' ? { cluster } : {}),
    ...(regionsAreIndependent ? { region } : {}),
  };
}

/** The groups that kills are drawn for, by their keys: account × app, stack or cluster × region where regions are independent. */
export function groupsOf(application: Application, members: readonly Member[]): ReadonlyMap<string, ChaosGroup> {
  const enabled = members.filter(({ chaos }) => chaos.enabled);
  const groups = enabled.map((member) => groupOf(application, member, enabled));
  return new Map(groups.map((group) => [group.key, group]));
}

/** Whether a cluster in a place is of a group. */
export const isIn = (group: ChaosGroup, { environment, location, cluster }: Omit<Member, 'chaos'>): boolean =>
  group.account === location.account &&
  group.environments.includes(environment.name) &&
  (group.cluster === undefined || group.cluster === cluster) &&
  (group.region === undefined || group.region === location.region);

/** An instance that may be killed, with the server groups of its cluster as they were read with it. */
export type Candidate = { readonly victim: Omit<Victim, 'among'>; readonly cluster: readonly ServerGroup[] };

async function candidatesOf(serverGroups: ServerGroups, member: Member): Promise<readonly Candidate[]> {
  const { environment, location, cluster } = member;
  const groups = await serverGroups.list(location, cluster);
  const newest = newestEnabled(groups);
  if (newest === undefined) return [];
  const servingBefore = newest.instances.filter(({ serving }) => serving).length;
  return newest.instances.map(({ id, host, launchTime }) => ({
    cluster: groups,
    victim: {
      environment: environment.name,
      location,
      cluster,
      serverGroup: newest.name,
      instanceId: id,
      servingBefore,
      ...(host === undefined ? {} : { host }),
      ...(launchTime === undefined ? {} : { launchTime }),
    },
  }));
}

/** The instances of a group that may be killed, read uncached, in the order of their places and ids. */
export async function readCandidates(
  serverGroups: ServerGroups,
  application: Application,
  group: ChaosGroup,
): Promise<readonly Candidate[]> {
  const members = (await readMembers(serverGroups, application)).filter(
    (member) => member.chaos.enabled && isIn(group, member),
  );
  // Two names of a team's may mean one place.
  const places = new Map(members.map((member) => [`${placeName(member.location)}/${member.cluster}`, member]));
  const all = await Promise.all([...places.values()].map((member) => candidatesOf(serverGroups, member)));
  const idOf = ({ victim }: Candidate) => `${placeName(victim.location)}/${victim.instanceId}`;
  return all.flat().sort((one, other) => (idOf(one) < idOf(other) ? -1 : 1));
}
