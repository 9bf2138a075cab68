import type { Moniker } from './moniker';

/** One place where server groups live: an account's region, resolved to a DC/OS cluster and a Marathon group. */
export type Location = {
  readonly account: string;
  /** The team's name for it, the second half of `nonprod/east`. */
  readonly region: string;
  readonly dcosCluster: string;
  /** Marathon group segments under the account, joined by '/'; empty for none. */
  readonly group: string;
};

/** `account/region`, as a team writes it. */
export const locationName = (location: Location): string => `${location.account}/${location.region}`;

/** Spinnaker's safe form: `dc1_web_eu`; keys of outputs and guards use it (semantics §1.4). */
export const safeRegion = (location: Location): string =>
  location.group === '' ? location.dcosCluster : `${location.dcosCluster}_${location.group.replaceAll('/', '_')}`;

/** One name for a place, however its region is spelt: `account/dc1_web`. */
export const placeName = (location: Location): string => `${location.account}/${safeRegion(location)}`;

/** How an instance is doing, as Spinnaker maps Mesos task states (semantics §2.3). */
export type HealthState = 'Up' | 'Down' | 'Starting' | 'Succeeded' | 'Failed' | 'Unknown';

/** One instance of a server group: a Mesos task. */
export type Instance = {
  readonly id: string;
  readonly health: HealthState;
  /** Marathon's own word, without Spinnaker's rule that an active deployment makes every task Down. */
  readonly serving: boolean;
  readonly launchTime?: number;
  readonly host?: string;
};

/** A server group as Spinnaker shows it. Disabled exactly when its desired size is 0 (semantics §2.3). */
export type ServerGroup = {
  readonly name: string;
  readonly moniker: Moniker & { readonly sequence: number };
  readonly location: Location;
  /** Milliseconds since the epoch, from `versionInfo.lastConfigChangeAt`; 0 when Marathon does not say. */
  readonly createdTime: number;
  /** When its size was changed since, milliseconds since the epoch; absent where it was not. */
  readonly scaledTime?: number;
  readonly desired: number;
  readonly instances: readonly Instance[];
  readonly image: string | undefined;
  /** The Marathon app id and app version: drift shows in the version. */
  readonly marathonId: string;
  readonly marathonVersion: string;
  /** Deployments of Marathon's that lock the group now. */
  readonly deployments: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
};

/** A Marathon app beside the server groups: its name has no `-vNNN`, so nothing that acts on clusters sees it. */
export type UnmanagedApp = {
  readonly name: string;
  readonly location: Location;
  readonly desired: number;
  readonly instances: readonly Instance[];
  readonly image: string | undefined;
  readonly marathonVersion: string;
};

/** Whether the group is out of service: scaled to 0. */
export const isDisabled = (group: ServerGroup): boolean => group.desired <= 0;

/** How many instances are up by Spinnaker's rule, under which none is while a Marathon deployment runs (semantics §2.3). */
export const countUp = (group: ServerGroup): number =>
  group.instances.filter((instance) => instance.health === 'Up').length;

/** How many instances serve, also while a Marathon deployment runs; what traffic guards count and people are told. */
export const countServing = (group: Pick<ServerGroup, 'instances'>): number =>
  group.instances.filter((instance) => instance.serving).length;

/** Whether a resize is under way, and all instances from before it serve: what is missing is still to come. */
export function isScaling({ deployments, scaledTime, instances }: ServerGroup): boolean {
  if (deployments.length === 0 || scaledTime === undefined) return false;
  const before = instances.filter(({ launchTime }) => launchTime !== undefined && launchTime < scaledTime);
  return before.length > 0 && before.every(({ serving }) => serving);
}

/** Orders server groups newest first, by creation time and then by sequence. */
export const newestFirst = (a: ServerGroup, b: ServerGroup): number =>
  b.createdTime - a.createdTime || b.moniker.sequence - a.moniker.sequence;

/** The version part of an image: its tag, or the digest's first characters. */
export function imageVersion(image: string | undefined): string {
  if (image === undefined) return 'unknown';
  const digest = /@sha256:([0-9a-f]{7})/.exec(image)?.[1];
  if (digest !== undefined) return digest;
  const last = image.slice(image.lastIndexOf('/') + 1);
  const colon = last.indexOf(':');
  return colon === -1 ? 'latest' : last.slice(colon + 1);
}

/** A version as commands take it: the digest whole, else the tag. */
export const versionWord = (image: string): string => /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1] ?? imageVersion(image);

/** `v003` of `foo-prod-v003`. */
export const shortName = (name: string): string => name.slice(name.lastIndexOf('-') + 1);

/** `v3` is `v003`, and `foo-prod-v3` is `foo-prod-v003`. */
const padded = (word: string): string =>
  word.replace(/(^|-)v(\d{1,2})$/, (_all, before: string, digits: string) => `${before}v${digits.padStart(3, '0')}`);

/** Whether people mean the server group of this name by a word: its whole name, `v003` or `v3`. */
export const isCalled = (name: string, word: string): boolean =>
  name === padded(word) || name.endsWith(`-${padded(word)}`);
