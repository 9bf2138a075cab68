import type { JenkinsAuth, JenkinsMaster } from '../model/application';
import type { AccountsContext } from './accounts-context';
import { parseCaFile, parseUrl } from './parse-cluster';
import { parseSecret } from './parse-secret';
import type { YamlValue } from './yaml-value';

const intoAuth = "It belongs into 'auth': auth: { user: coxswain, token: { env: JENKINS_TOKEN } }.";

const advice = {
  address: "Igor's address is called url here.",
  username: intoAuth,
  user: intoAuth,
  password: intoAuth,
  token: intoAuth,
} as const;

const authAdvice = {
  username: "It is called 'user'. Write user: coxswain",
  password: "Jenkins takes an API token, which belongs to 'token': token: { env: JENKINS_TOKEN }.",
  type: 'Jenkins is logged in at by an API token only. Remove it.',
} as const;

function parseAuth(value: YamlValue, context: AccountsContext): JenkinsAuth | undefined {
  const fields = value.object({ known: ['user', 'token'], advice: authAdvice });
  const user = fields
    ?.require('user', 'user: coxswain')
    ?.matching(/^[^\s:]+$/, 'must be a user id without spaces or colons.');
  const at = fields?.require('token', 'token: { env: JENKINS_TOKEN }');
  const token = at === undefined ? undefined : parseSecret(at, context);
  return user === undefined || token === undefined ? undefined : { user, token };
}

/** Reads one Jenkins of accounts.yaml; undefined where something is wrong with it. */
export function parseJenkins(name: string, value: YamlValue, context: AccountsContext): JenkinsMaster | undefined {
  const fields = value.object({ known: ['url', 'caFile', 'auth', 'scriptJob'], advice });
  if (fields === undefined) return undefined;
  const address = fields.require('url', "url: 'https://ci.example.com'");
  const url = address === undefined ? undefined : parseUrl(address, context.environment);
  const authAt = fields.require('auth', 'auth: { user: coxswain, token: { env: JENKINS_TOKEN } }');
  const auth = authAt === undefined ? undefined : parseAuth(authAt, context);
  const scriptJob = fields.get('scriptJob')?.text("a job such as 'tools/run-script'");
  if (url === undefined || auth === undefined) return undefined;
  const caFile = parseCaFile(fields.get('caFile'), url, context);
  return {
    name,
    url,
    auth,
    ...(caFile === undefined ? {} : { caFile }),
    ...(scriptJob === undefined ? {} : { scriptJob }),
  };
}
