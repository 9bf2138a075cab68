import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { below } from '../admin-paths';
import type { EmulatorClock } from '../clock';
import type { Reply } from '../exchange';
import { htmlPage } from '../html-page';
import type { ServiceRequest } from '../service';
import { type AuthOptions, defaultUser, type EmulatorUser } from './auth-options';
import { readJwt, signJwt } from './jwt';

/** The emulated IAM (Bouncer) with its key, its users, and its guard at Admin Router's door. */
export type Auth = {
  readonly mode: AuthOptions['mode'];
  /** Those that there are now. */
  readonly users: readonly EmulatorUser[];
  /** Adds a user; one of that uid must not be there. */
  readonly addUser: (user: EmulatorUser) => void;
  /** Removes a user, whose tokens are good for nothing from then on. */
  readonly removeUser: (uid: string) => void;
  readonly tokenSeconds: number;
  /** The key that clients check tokens with; made on first use, as making it takes a tenth of a second. */
  readonly publicKey: () => KeyObject;
  /** Makes a token for a user, as a login does; it lives `tokenSeconds` unless told otherwise. */
  readonly issue: (uid: string, lifeSeconds?: number) => string;
  /** The user whom a request's token names; undefined without a good token. */
  readonly userOf: (headers: ServiceRequest['headers']) => EmulatorUser | undefined;
  /** The refusal of a request to Admin Router; undefined when it may pass. */
  readonly refuse: (request: ServiceRequest) => Reply | undefined;
};

const fiveDays = 432_000;

/** Creates the IAM of a cluster; with mode `none` nobody is ever refused. */
export function createAuth(options: AuthOptions, clock: EmulatorClock): Auth {
  const { mode, tokenSeconds = fiveDays } = options;
  const users: EmulatorUser[] = [...(options.users ?? [defaultUser])];
  let pair: KeyPair | undefined;
  const keys = () => (pair ??= keyPairOf(options.privateKey));
  const userOf = (headers: ServiceRequest['headers']) => {
    const token = tokenOf(headers);
    const claims = token === undefined ? undefined : readJwt(token, keys().publicKey, clock.now());
    return users.find(({ uid }) => uid === claims?.uid);
  };
  return {
    mode,
    users,
    addUser: (user) => void users.push(user),
    removeUser: (uid) => {
      const index = users.findIndex((user) => user.uid === uid);
      if (index !== -1) users.splice(index, 1);
    },
    tokenSeconds,
    publicKey: () => keys().publicKey,
    issue: (uid, lifeSeconds = tokenSeconds) =>
      signJwt({ uid, exp: Math.floor(clock.now() / 1000) + lifeSeconds }, keys().privateKey),
    userOf,
    refuse({ path, headers }) {
      if (mode === 'none' || isPublic(path, mode)) return undefined;
      const user = userOf(headers);
      if (user === undefined) {
        const challenge = mode === 'enterprise' ? 'acsjwt' : 'oauthjwt';
        return htmlPage(401, '401 Authorization Required', { 'WWW-Authenticate': challenge });
      }
      return mode === 'enterprise' && !isAllowed(user, path) ? htmlPage(403, '403 Forbidden') : undefined;
    },
  };
}

type KeyPair = { readonly publicKey: KeyObject; readonly privateKey: KeyObject };

function keyPairOf(pem: string | undefined): KeyPair {
  if (pem === undefined) return generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { publicKey: createPublicKey(pem), privateKey: createPrivateKey(pem) };
}

function tokenOf({ authorization, cookie }: ServiceRequest['headers']): string | undefined {
  const header = /^(?:token=|Bearer\s+)(.+)$/i.exec(authorization ?? '')?.[1];
  return header ?? /(?:^|;\s*)dcos-acs-auth-cookie=([^;]+)/.exec(cookie ?? '')?.[1];
}

function isPublic(path: string, mode: AuthOptions['mode']): boolean {
  if (
    path === '' ||
    path === '/ca/dcos-ca.crt' ||
    path.startsWith('/acs/api/v1/auth/') ||
    path.startsWith('/emulator/')
  )
    return true;
  return mode === 'open' && path === '/dcos-metadata/dcos-version.json';
}

function isAllowed({ grants }: EmulatorUser, path: string): boolean {
  const needed = permissionFor(path);
  return grants === undefined || needed === undefined || grants.includes(needed);
}

/** The permission that Admin Router asks for; undefined where a good token is enough. */
function permissionFor(path: string): string | undefined {
  const service = /^\/service\/([^/]+)/.exec(path)?.[1];
  if (service !== undefined) return `dcos:adminrouter:service:${service}`;
  if (below('/mesos', path) !== undefined) return 'dcos:adminrouter:ops:mesos';
  if (below('/agent', path) !== undefined) return 'dcos:adminrouter:ops:slave';
  return below('/acs', path) === undefined ? undefined : 'dcos:superuser';
}
