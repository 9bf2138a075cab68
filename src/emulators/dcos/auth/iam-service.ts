import { createPublicKey } from 'node:crypto';
import type { EmulatorClock } from '../clock';
import { type Call, ok, type Reply } from '../exchange';
import { isJsonObject, type JsonObject } from '../json';
import { defineService, type Service } from '../service';
import type { EmulatorUser } from './auth-options';
import type { Auth } from './create-auth';
import { readJwt } from './jwt';

/** What the IAM (Bouncer) serves of its API. */
export const iamRoutes = [
  { method: 'POST', pattern: '/auth/login', summary: 'Login by password, service token or OIDC token' },
  { method: 'GET', pattern: '/auth/jwks', summary: 'The key that tokens are checked with' },
  { method: 'GET', pattern: '/auth/providers', summary: 'Ways to log in' },
  { method: 'GET', pattern: '/users', summary: 'Users and service accounts' },
  { method: 'GET', pattern: '/users/{uid}', summary: 'One user' },
  { method: 'PUT', pattern: '/users/{uid}', summary: 'Adds a user by password, or a service account by public_key' },
  { method: 'DELETE', pattern: '/users/{uid}', summary: 'Removes a user; its tokens end' },
] as const;

/** Creates the IAM below /acs/api/v1. */
export function createIamService(auth: Auth): Service {
  return defineService({
    prefix: '/acs/api/v1',
    routes: iamRoutes,
    handlers: {
      'POST /auth/login': (call, clock) => logIn(auth, call, clock),
      'GET /auth/jwks': () => ok({ keys: [{ ...auth.publicKey().export({ format: 'jwk' }), ...jwkFields }] }),
      'GET /auth/providers': () => ok(providers),
      'GET /users': () => ok({ array: auth.users.map(userView) }),
      'GET /users/{uid}': ({ parameters }) => {
        const user = userIn(auth, parameters.uid);
        return user === undefined ? unknownUser : ok(userView(user));
      },
      'PUT /users/{uid}': (call) => addUser(auth, call),
      'DELETE /users/{uid}': ({ parameters: { uid = '' } }) => {
        if (userIn(auth, uid) === undefined) return unknownUser;
        auth.removeUser(uid);
        return { status: 204 };
      },
    },
    unknown: () => failure(404, 'ERR_UNKNOWN_RESOURCE', 'Unknown resource.'),
  });
}

const jwkFields = { use: 'sig', alg: 'RS256', kid: 'emulated' };

const providers = {
  'dcos-users': {
    'authentication-type': 'dcos-uid-password',
    'client-method': 'dcos-usercredential-post-receive-authtoken',
    config: { start_flow_url: '/acs/api/v1/auth/login' },
    description: 'Default DC/OS login provider',
  },
  'dcos-services': {
    'authentication-type': 'dcos-uid-servicekey',
    'client-method': 'dcos-servicecredential-post-receive-authtoken',
    config: { start_flow_url: '/acs/api/v1/auth/login' },
    description: 'Default DC/OS service account login provider',
  },
};

const noJson = failure(400, 'ERR_INVALID_DATA', 'The body is not a JSON object.');
const unknownUser = failure(404, 'ERR_UNKNOWN_USER_ID', 'Unknown user.');

const userIn = (auth: Auth, wanted: string | undefined) => auth.users.find(({ uid }) => uid === wanted);

/** The body as an object; undefined for anything else, which the IAM refuses in a form of its own. */
function fieldsOf(call: Call): JsonObject | undefined {
  try {
    return isJsonObject(call.body) ? call.body : undefined;
  } catch {
    return undefined;
  }
}

/** A new user may do everything, as there is nobody here to grant it anything. */
function addUser(auth: Auth, call: Call): Reply {
  const { uid = '' } = call.parameters;
  const fields = fieldsOf(call);
  if (fields === undefined) return noJson;
  const { password, public_key: publicKey, description = uid } = fields;
  if ((password === undefined) === (publicKey === undefined)) {
    return failure(400, 'ERR_INVALID_DATA', 'Exactly one of password and public_key is required.');
  }
  const proof = password ?? publicKey;
  if (typeof proof !== 'string' || typeof description !== 'string' || (publicKey !== undefined && !isKey(proof))) {
    return failure(400, 'ERR_INVALID_DATA', 'The password, the public_key or the description is not as it should be.');
  }
  if (userIn(auth, uid) !== undefined) return failure(409, 'ERR_USER_EXISTS', 'User already exists.');
  auth.addUser({ uid, description, ...(publicKey === undefined ? { password: proof } : { publicKey: proof }) });
  return { status: 201 };
}

function isKey(pem: string): boolean {
  try {
    return createPublicKey(pem).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}

function logIn(auth: Auth, call: Call, clock: EmulatorClock): Reply {
  const fields = fieldsOf(call);
  if (fields === undefined) return noJson;
  const { uid, password, token } = fields;
  if ((password === undefined) === (token === undefined)) {
    return failure(400, 'ERR_INVALID_DATA', 'Exactly one of password and token is required.');
  }
  if (uid === undefined && (password !== undefined || auth.mode === 'enterprise')) {
    return failure(400, 'ERR_INVALID_DATA', 'The uid is missing.');
  }
  const user = auth.users.find((each) =>
    uid === undefined ? each.idToken === token : each.uid === uid && proves(each, { password, token }, clock),
  );
  if (user === undefined || (uid === undefined && auth.mode !== 'open')) {
    const refusal = failure(401, 'ERR_INVALID_CREDENTIALS', 'Invalid credentials.');
    return { ...refusal, headers: { 'WWW-Authenticate': 'acsjwt' } };
  }
  return loggedIn(auth, user);
}

function proves(user: EmulatorUser, given: { password: unknown; token: unknown }, clock: EmulatorClock): boolean {
  if (given.password !== undefined) return user.password === given.password;
  if (user.publicKey === undefined || typeof given.token !== 'string') return false;
  return readJwt(given.token, user.publicKey, clock.now())?.uid === user.uid;
}

function loggedIn(auth: Auth, { uid, description = uid }: EmulatorUser): Reply {
  const token = auth.issue(uid);
  const info = { uid, description, is_remote: false };
  const attributes = `Path=/; Max-Age=${auth.tokenSeconds}`;
  return {
    status: 200,
    body: auth.mode === 'enterprise' ? { token, ...info } : { token },
    cookies: [
      `dcos-acs-auth-cookie=${token}; ${attributes}; HttpOnly`,
      `dcos-acs-info-cookie=${Buffer.from(JSON.stringify(info)).toString('base64')}; ${attributes}`,
    ],
  };
}

function userView({ uid, description = uid, publicKey }: EmulatorUser) {
  const url = `/acs/api/v1/users/${uid}`;
  return { uid, url, description, is_service: publicKey !== undefined, is_remote: false };
}

function failure(status: number, code: string, description: string): Reply {
  const titles: Readonly<Record<number, string>> = {
    400: 'Bad Request',
    401: 'Unauthorized',
    404: 'Not Found',
    409: 'Conflict',
  };
  return { status, body: { title: titles[status], description, code } };
}
