import type { DcosCluster, DefinitionProblem } from '../model/application';
import type { Location } from '../model/server-group';
import { didYouMean } from './did-you-mean';
import type { YamlObject } from './yaml-object';
import { readYamlSource } from './yaml-source';
import { YamlValue } from './yaml-value';

/** Environment variables, as references in accounts.yaml name them. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Every place by its name, `account/region`. */
export type Accounts = ReadonlyMap<string, Location>;

/** What accounts.yaml says; the maps are there only where nothing is wrong. */
export type ParsedAccounts = {
  readonly accounts?: Accounts;
  readonly clusters?: ReadonlyMap<string, DcosCluster>;
  readonly problems: readonly DefinitionProblem[];
};

const segment = /^[a-z0-9]+(-+[a-z0-9]+)*$/;
const segmentRule = 'may hold a-z, 0-9 and dashes inside';

function isSegment(name: string, fail: (message: string) => undefined, label: string): boolean {
  if (segment.test(name)) return true;
  const why = name.includes('_') ? `: '_' separates cluster and group in Spinnaker's regions. Write a dash` : '';
  fail(`${label} '${name}' ${segmentRule}${why}.`);
  return false;
}

function parseUrl(value: YamlValue, environment: Variables): string | undefined {
  let written: string | undefined;
  if (value.isObject) {
    const reference = value.object({ known: ['env', 'default'] });
    const name = reference?.require('env', 'env: DCOS_URL')?.text();
    const fallback = reference?.get('default')?.text();
    if (name === undefined) return undefined;
    const set = environment[name];
    written = set === undefined || set === '' ? fallback : set;
    if (written === undefined) {
      return value.fail(`${value.label}: the environment variable ${name} is not set. Set it, or add a default.`);
    }
  } else written = value.text("an address such as 'https://dcos.example.com'");
  if (written === undefined) return undefined;
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    return value.fail(`${value.label} must begin with http:// or https:// and name a host.`);
  }
  if (url.username !== '' || url.password !== '') {
    return value.fail(`${value.label} must not hold a user or a password.`);
  }
  return written.replace(/\/+$/, '');
}

function parseCluster(name: string, value: YamlValue, environment: Variables): DcosCluster | undefined {
  const fields = value.object({ known: ['url', 'caFile', 'auth'] });
  if (fields === undefined) return undefined;
  const address = fields.require('url', "url: 'https://dcos.example.com'");
  const url = address === undefined ? undefined : parseUrl(address, environment);
  const caFile = fields.get('caFile')?.text();
  const auth = fields.get('auth')?.object({ known: ['type'], notYet: ['uid', 'password', 'privateKey'] });
  auth?.require('type', 'type: none')?.oneOf(['none'], ['password', 'serviceAccount']);
  if (url === undefined) return undefined;
  return { name, url, ...(caFile === undefined ? {} : { caFile }), auth: { type: 'none' } };
}

function parseLocation(
  account: string,
  region: string,
  value: YamlValue,
  clusters: readonly string[],
): Location | undefined {
  const written = value.text('cluster or cluster/group, such as lab/east');
  if (written === undefined) return undefined;
  const [dcosCluster = '', ...groups] = written.split('/');
  for (const part of [dcosCluster, ...groups]) {
    if (!isSegment(part, (message) => value.fail(message), `${value.label}: the segment`)) return undefined;
  }
  if (!clusters.includes(dcosCluster)) {
    return value.fail(`${value.label}: unknown cluster '${dcosCluster}'. ${didYouMean(dcosCluster, clusters)}`);
  }
  return { account, region, dcosCluster, group: groups.join('/') };
}

function parseAccount(account: string, value: YamlValue, clusters: readonly string[]): readonly Location[] {
  const fields = value.object({ known: ['regions', 'clusters'] });
  const allowed = fields?.get('clusters')?.texts((item) => {
    const name = item.text();
    if (name === undefined || clusters.includes(name)) return name;
    return item.fail(`Unknown cluster '${name}'. ${didYouMean(name, clusters)}`);
  });
  const regions = fields?.require('regions', 'regions: { east: lab/east }')?.object({ known: undefined });
  return (regions?.entries() ?? []).flatMap(([region, place]) => {
    if (!isSegment(region, (message) => place.failAtKey(message), 'The region')) return [];
    return parseLocation(account, region, place, allowed ?? clusters) ?? [];
  });
}

function named(fields: YamlObject | undefined, label: string): readonly (readonly [string, YamlValue])[] {
  return (fields?.entries() ?? []).filter(([name, value]) =>
    isSegment(name, (message) => value.failAtKey(message), label),
  );
}

/** Reads accounts.yaml. Addresses may name a variable of `environment`. Never throws. */
export function parseAccounts(input: {
  readonly file: string;
  readonly text: string;
  readonly environment?: Variables;
}): ParsedAccounts {
  const source = readYamlSource(input.file, input.text);
  if (source.document === undefined) return { problems: source.problems };
  const root = new YamlValue(source, source.document.contents, '').object({
    known: ['clusters', 'accounts'],
    notYet: ['registries'],
  });
  const clusterFields = root?.require('clusters', "clusters: { lab: { url: 'http://127.0.0.1:8080' } }");
  const written = clusterFields?.object({ known: undefined });
  const clusters = named(written, 'The cluster').flatMap(
    ([name, value]) => parseCluster(name, value, input.environment ?? {}) ?? [],
  );
  const accountFields = root?.require('accounts', 'accounts: { nonprod: { regions: { east: lab/east } } }');
  const names = (written?.entries() ?? []).map(([name]) => name);
  const locations = named(accountFields?.object({ known: undefined }), 'The account').flatMap(([name, value]) =>
    parseAccount(name, value, names),
  );
  if (source.problems.length > 0) return { problems: source.problems };
  return {
    accounts: new Map(locations.map((location) => [`${location.account}/${location.region}`, location])),
    clusters: new Map(clusters.map((cluster) => [cluster.name, cluster])),
    problems: [],
  };
}
