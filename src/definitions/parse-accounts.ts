import { dirname } from 'node:path';
import type { DcosCluster, DefinitionProblem, JenkinsMaster } from '../model/application';
import { regionPlace } from '../model/region';
import { safeRegion } from '../model/server-group';
import type { Location } from '../model/server-group';
import type { AccountsContext, Variables } from './accounts-context';
import { didYouMean } from './did-you-mean';
import { parseCluster } from './parse-cluster';
import { parseJenkins } from './parse-jenkins';
import type { YamlObject } from './yaml-object';
import { readYamlSource } from './yaml-source';
import { YamlValue } from './yaml-value';

/** Every place by its name, `account/region`. */
export type Accounts = ReadonlyMap<string, Location>;

/** What accounts.yaml says; the maps are there unless the file itself is wrong. */
export type ParsedAccounts = {
  readonly accounts?: Accounts;
  readonly clusters?: ReadonlyMap<string, DcosCluster>;
  readonly jenkins?: ReadonlyMap<string, JenkinsMaster>;
  readonly problems: readonly DefinitionProblem[];
};

/** What an account's regions are read with; `allowed`: the clusters that the account names, if it does. */
type AccountInput = {
  readonly account: string;
  readonly clusters: readonly string[];
  readonly allowed: readonly string[] | undefined;
};

const intoCluster = 'Credentials belong to a cluster here: clusters: { NAME: { url: …, auth: { type: … } } }.';

const accountAdvice = {
  auth: intoCluster,
  uid: intoCluster,
  password: intoCluster,
  serviceKeyFile: intoCluster,
} as const;

const segment = /^[a-z0-9]+(-+[a-z0-9]+)*$/;
const segmentRule = 'may hold a-z, 0-9 and dashes inside';

function isSegment(name: string, fail: (message: string) => undefined, label: string): boolean {
  if (segment.test(name)) return true;
  const why = name.includes('_') ? `: '_' separates cluster and group in Spinnaker's regions. Write a dash` : '';
  fail(`${label} '${name}' ${segmentRule}${why}.`);
  return false;
}

function parseLocation(input: AccountInput, region: string, value: YamlValue): Location | undefined {
  const { account, clusters, allowed } = input;
  const written = value.text('cluster or cluster/group, such as lab/east');
  if (written === undefined) return undefined;
  const { dcosCluster, group } = regionPlace(written);
  for (const part of [dcosCluster, ...(group === '' ? [] : group.split('/'))]) {
    if (!isSegment(part, (message) => value.fail(message), `${value.label}: the segment`)) return undefined;
  }
  if (!clusters.includes(dcosCluster)) {
    return value.fail(`${value.label}: unknown cluster '${dcosCluster}'. ${didYouMean(dcosCluster, clusters)}`);
  }
  if (allowed?.includes(dcosCluster) === false) {
    return value.fail(
      `${value.label}: cluster '${dcosCluster}' is none of the clusters of account '${account}' (${allowed.join(', ')}). Add it there, or name one of them.`,
    );
  }
  return { account, region, dcosCluster, group };
}

function parseAccount(account: string, value: YamlValue, clusters: readonly string[]): readonly Location[] {
  const fields = value.object({ known: ['regions', 'clusters'], advice: accountAdvice });
  const allowed = fields?.get('clusters')?.texts((item) => {
    const name = item.text();
    if (name === undefined || clusters.includes(name)) return name;
    return item.fail(`Unknown cluster '${name}'. ${didYouMean(name, clusters)}`);
  });
  const regionsAt = fields?.require('regions', 'regions: { east: lab/east }');
  const regions = regionsAt?.object({ known: undefined })?.entries();
  if (regions?.length === 0)
    regionsAt?.fail(`${regionsAt.label} names no region. Write, for example: { east: lab/east }`);
  const places = new Map<string, string>();
  return (regions ?? []).flatMap(([region, place]) => {
    if (!isSegment(region, (message) => place.failAtKey(message), 'The region')) return [];
    const location = parseLocation({ account, clusters, allowed }, region, place);
    if (location === undefined) return [];
    const other = places.get(safeRegion(location));
    if (other !== undefined) {
      return place.fail(`${place.label} is the same place as region '${other}'. Give each place one name.`) ?? [];
    }
    places.set(safeRegion(location), region);
    return [location];
  });
}

function named(fields: YamlObject | undefined, label: string): readonly (readonly [string, YamlValue])[] {
  return (fields?.entries() ?? []).filter(([name, value]) =>
    isSegment(name, (message) => value.failAtKey(message), label),
  );
}

/** A map of names, of which there must be one at least. */
function names(at: YamlValue | undefined, example: string): YamlObject | undefined {
  const fields = at?.object({ known: undefined });
  if (fields?.entries().length === 0) at?.fail(`${at.label} is empty. Write, for example: ${example}`);
  return fields;
}

const clustersExample = "clusters: { lab: { url: 'http://127.0.0.1:8080' } }";
const jenkinsExample =
  "jenkins: { ci: { url: 'https://ci.example.com', auth: { user: coxswain, token: { env: JENKINS_TOKEN } } } }";
const accountsExample = 'accounts: { nonprod: { regions: { east: lab/east } } }';

/**
 * Reads accounts.yaml. Addresses may name a variable of `environment`, secrets must. Relative files start at `folder`, by
 * default the one of `file`. A secret or certificate that is not there is a problem, but what the file says stands. Never
 * throws.
 */
export function parseAccounts(input: {
  readonly file: string;
  readonly text: string;
  readonly folder?: string;
  readonly environment?: Variables;
}): ParsedAccounts {
  const source = readYamlSource(input.file, input.text);
  if (source.document === undefined) return { problems: source.problems };
  const checks: (() => void)[] = [];
  const context: AccountsContext = {
    environment: input.environment ?? {},
    folder: input.folder ?? dirname(input.file),
    later: (check) => checks.push(check),
  };
  const root = new YamlValue(source, source.document.contents, '').object({
    known: ['clusters', 'accounts', 'jenkins'],
    notYet: ['registries'],
  });
  const written = names(root?.require('clusters', clustersExample), clustersExample);
  const clusters = named(written, 'The cluster').flatMap(([name, value]) => parseCluster(name, value, context) ?? []);
  const clusterNames = (written?.entries() ?? []).map(([name]) => name);
  const accounts = names(root?.require('accounts', accountsExample), accountsExample);
  const locations = named(accounts, 'The account').flatMap(([name, value]) => parseAccount(name, value, clusterNames));
  const jenkinsAt = names(root?.get('jenkins'), jenkinsExample);
  const masters = named(jenkinsAt, 'The Jenkins').flatMap(([name, value]) => parseJenkins(name, value, context) ?? []);
  if (source.problems.length > 0) return { problems: source.problems };
  for (const check of checks) check();
  return {
    accounts: new Map(locations.map((location) => [`${location.account}/${location.region}`, location])),
    clusters: new Map(clusters.map((cluster) => [cluster.name, cluster])),
    jenkins: new Map(masters.map((master) => [master.name, master])),
    problems: source.problems,
  };
}
