import { generateKeyPairSync } from 'node:crypto';
import { openConnections } from '../../src/dcos/cluster-connections';
import type { AuthOptions } from '../../src/emulators/dcos/auth/auth-options';
import { createRealClock, type EmulatorClock } from '../../src/emulators/dcos/clock';
import { startDcosEmulator } from '../../src/emulators/dcos/start-dcos-emulator';
import type { DcosAuth } from '../../src/model/application';
import { Secret } from '../../src/model/secret';

/** A way to be let in: how the cluster asks, and how our client answers. */
export type Door = { readonly cluster: AuthOptions; readonly auth: DcosAuth };

const secretOf = (value: string) => new Secret('the environment variable X', () => value);
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const accountKey = publicKey.export({ type: 'spki', format: 'pem' }).toString();

/** Every way that DC/OS lets a program in. */
export const doors = {
  none: { cluster: { mode: 'none' }, auth: { type: 'none' } },
  'enterprise by password': {
    cluster: { mode: 'enterprise', users: [{ uid: 'coxswain', password: 'correct-horse' }] },
    auth: { type: 'password', uid: 'coxswain', password: secretOf('correct-horse') },
  },
  'enterprise by service account': {
    cluster: { mode: 'enterprise', users: [{ uid: 'coxswain', publicKey: accountKey }] },
    auth: { type: 'serviceAccount', uid: 'coxswain', privateKey: secretOf(pem) },
  },
  open: {
    cluster: { mode: 'open', users: [{ uid: 'coxswain@example.com', idToken: 'an-id-token' }] },
    auth: { type: 'open', token: secretOf('an-id-token') },
  },
} satisfies Readonly<Record<string, Door>>;

/** The same door with a password that nobody has. */
export const wrongPassword: Door = {
  ...doors['enterprise by password'],
  auth: { type: 'password', uid: 'coxswain', password: secretOf('wrong') },
};

/** The wall's clock, ten times as fast where it waits, that can jump ahead; timers keep their distance. */
function createJumpingClock(): EmulatorClock & { readonly jump: (ms: number) => void } {
  const real = createRealClock(10);
  let ahead = 0;
  return {
    now: () => real.now() + ahead,
    scale: real.scale,
    setTimer: (at, action) => real.setTimer(at - ahead, action),
    jump: (ms) => void (ahead += ms),
  };
}

/** Serves a cluster with real tasks (an app with a command is a process), and connects our client to it over HTTP. */
export async function startServedCluster({ cluster, auth }: Door, tokenSeconds = 60) {
  const clock = createJumpingClock();
  const emulator = await startDcosEmulator({ tasks: 'process', clock, auth: { ...cluster, tokenSeconds } });
  const connection = openConnections(new Map([['pe1', { name: 'pe1', url: emulator.url, auth }]])).get('pe1');
  if (connection === undefined) throw new Error('no connection');
  const { requests, setFault, clearFaults } = emulator.core;
  const logins = () => requests.list({ method: 'POST' }).filter(({ path }) => path.endsWith('/auth/login'));
  return {
    ...connection,
    setFault,
    clearFaults,
    /** The status of each login so far. */
    logins: () => logins().map(({ status }) => status),
    /** Everything asked so far but logins, as `GET /path 200`. */
    asked: () =>
      requests
        .list()
        .filter(({ path }) => !path.endsWith('/auth/login'))
        .map(({ method, path, status }) => `${method} ${path} ${status}`),
    /** Lets the cluster's clock alone run ahead, so that it takes tokens for ended that we take for good. */
    runAhead: clock.jump,
    close: emulator.close,
  };
}
