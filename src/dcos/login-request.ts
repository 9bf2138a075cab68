import type { DcosAuth } from '../model/application';
import { readRsaKey, readServiceAccountSecret, type ServiceAccount } from '../model/service-account';
import { signToken } from './json-web-token';

/** An account that logs in: every kind of DcosAuth but `none`. */
export type Credentials = Exclude<DcosAuth, { type: 'none' }>;

/** What is posted to log in, and where. */
export type LoginRequest = {
  readonly url: URL;
  readonly body: Readonly<Record<string, string>>;
  /** Whose login it is and by what, for messages: `coxswain by its password`. */
  readonly who: string;
  /** What must not be shown. */
  readonly secrets: readonly string[];
};

const loginPath = '/acs/api/v1/auth/login';
// DC/OS asks for at most ten minutes.
const loginTokenSeconds = 300;

const isInsideOnly = (host: string) => host.endsWith('.mesos');

/**
 * Where to log in: the cluster's own address, unless the account's secret names another. A name that only resolves inside
 * the cluster (`leader.mesos`) stands for the cluster's own address when that is not such a name itself.
 */
function loginUrl(clusterUrl: string, named: URL | undefined): URL {
  const own = new URL(`${clusterUrl}${loginPath}`);
  if (named === undefined) return own;
  return isInsideOnly(named.hostname) && !isInsideOnly(own.hostname) ? own : named;
}

function byKey(clusterUrl: string, account: ServiceAccount, serverNow: number): LoginRequest {
  const { uid, privateKey, loginEndpoint } = account;
  const token = signToken({ uid, exp: Math.floor(serverNow / 1000) + loginTokenSeconds }, privateKey);
  return {
    url: loginUrl(clusterUrl, loginEndpoint),
    body: { uid, token },
    who: `service account ${uid} by its key`,
    secrets: [token],
  };
}

/**
 * The login of an account (DC/OS IAM, `POST /acs/api/v1/auth/login`). `serverNow` is the server's clock: a service account's
 * token ends five minutes later. Secrets are read now. Throws INVALID_INPUT where one cannot be read or is none.
 */
export function loginRequest(clusterUrl: string, auth: Credentials, serverNow: number): LoginRequest {
  switch (auth.type) {
    case 'password': {
      const password = auth.password.reveal();
      const { uid } = auth;
      const url = loginUrl(clusterUrl, undefined);
      return { url, body: { uid, password }, who: `${uid} by its password`, secrets: [password] };
    }
    case 'open': {
      const token = auth.token.reveal();
      const url = loginUrl(clusterUrl, undefined);
      return { url, body: { token }, who: 'the owner of the OpenID token', secrets: [token] };
    }
    case 'serviceAccount': {
      const privateKey = readRsaKey(auth.privateKey.reveal());
      return byKey(clusterUrl, { uid: auth.uid, privateKey, loginEndpoint: undefined }, serverNow);
    }
    case 'serviceAccountSecret':
      return byKey(clusterUrl, readServiceAccountSecret(auth.secret.reveal(), clusterUrl), serverNow);
  }
}
