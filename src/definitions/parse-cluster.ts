import { X509Certificate } from 'node:crypto';
import { resolve } from 'node:path';
import type { DcosCluster } from '../model/application';
import type { AccountsContext, Variables } from './accounts-context';
import { parseAuth } from './parse-auth';
import { readText } from './read-text';
import type { YamlValue } from './yaml-value';

const known = ['url', 'caFile', 'auth', 'marathonPath', 'metronomePath'];

const noVerification =
  "Certificates are always verified; that cannot be turned off. Name the cluster's own authority with caFile: DC/OS Enterprise gives it at /ca/dcos-ca.crt.";

const intoAuth = "It belongs into 'auth', with its type: auth: { type: password, uid: …, password: { env: … } }.";

const advice = {
  insecureSkipTlsVerify: noVerification,
  insecure: noVerification,
  verify: noVerification,
  rejectUnauthorized: noVerification,
  caCertFile: "Spinnaker's caCertFile is called caFile here.",
  caCertData: 'Write the certificate into a file and name it with caFile.',
  dcosUrl: "Spinnaker's dcosUrl is called url here.",
  uid: intoAuth,
  password: intoAuth,
} as const;

function readAddress(value: YamlValue, environment: Variables): string | undefined {
  if (!value.isObject) return value.text("an address such as 'https://dcos.example.com'");
  const reference = value.object({ known: ['env', 'default'] });
  const name = reference?.require('env', 'env: DCOS_URL')?.text();
  const fallback = reference?.get('default')?.text();
  if (name === undefined) return undefined;
  const set = environment[name];
  const written = set === undefined || set === '' ? fallback : set;
  if (written !== undefined) return written;
  return value.fail(`${value.label}: the environment variable ${name} is not set. Set it, or add a default.`);
}

/** Reads an address of http or https; it may stand in a variable. */
export function parseUrl(value: YamlValue, environment: Variables): string | undefined {
  const written = readAddress(value, environment);
  if (written === undefined) return undefined;
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    return value.fail(`${value.label} must begin with http:// or https:// and name a host.`);
  }
  if (url.username !== '' || url.password !== '') {
    return value.fail(`${value.label} must not hold a user or a password. Write them into 'auth'.`);
  }
  if (url.search !== '' || url.hash !== '') {
    return value.fail(`${value.label} must end with the path: no '?' and no '#'. Remove what follows.`);
  }
  return written.replace(/\/+$/, '');
}

function checkCertificate(value: YamlValue, file: string): void {
  const read = readText(file);
  if ('code' in read) {
    value.fail(`${value.label}: the file ${file} cannot be read (${read.code}). Put it there, or name another.`);
    return;
  }
  try {
    new X509Certificate(read.text);
  } catch {
    value.fail(`${value.label}: the file ${file} holds no certificate in PEM (-----BEGIN CERTIFICATE-----).`);
  }
}

/** Reads the certificate authority's file of a server whose address is `url`. */
export function parseCaFile(value: YamlValue | undefined, url: string, context: AccountsContext): string | undefined {
  const written = value?.text("a file such as 'certs/dcos-ca.crt'");
  if (value === undefined || written === undefined) return undefined;
  if (!url.startsWith('https:')) {
    return value.failAtKey(`${value.label} is of no use with http://. Write https:// in url, or remove it.`);
  }
  const file = resolve(context.folder, written);
  context.later(() => checkCertificate(value, file));
  return file;
}

/** Reads a path below the cluster's address; '/' is the address itself and becomes the empty path. */
const parsePath = (value: YamlValue | undefined): string | undefined =>
  value
    ?.matching(/^(\/|(\/[A-Za-z0-9._~-]+)+\/?)$/, "must be a path that begins with '/', such as /service/marathon.")
    ?.replace(/\/$/, '');

/** Reads one cluster of accounts.yaml; undefined where something is wrong with it. */
export function parseCluster(name: string, value: YamlValue, context: AccountsContext): DcosCluster | undefined {
  const fields = value.object({ known, advice });
  if (fields === undefined) return undefined;
  const address = fields.require('url', "url: 'https://dcos.example.com'");
  const url = address === undefined ? undefined : parseUrl(address, context.environment);
  const authAt = fields.get('auth');
  const auth = authAt === undefined ? ({ type: 'none' } as const) : parseAuth(authAt, context, url ?? '');
  const [marathonPath, metronomePath] = [parsePath(fields.get('marathonPath')), parsePath(fields.get('metronomePath'))];
  if (url === undefined || auth === undefined) return undefined;
  const caFile = parseCaFile(fields.get('caFile'), url, context);
  return {
    name,
    url,
    auth,
    ...(caFile === undefined ? {} : { caFile }),
    ...(marathonPath === undefined ? {} : { marathonPath }),
    ...(metronomePath === undefined ? {} : { metronomePath }),
  };
}
