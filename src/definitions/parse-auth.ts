import type { DcosAuth } from '../model/application';
import { readRsaKey, readServiceAccountSecret } from '../model/service-account';
import type { AccountsContext } from './accounts-context';
import { parseSecret } from './parse-secret';
import type { YamlObject } from './yaml-object';
import type { YamlValue } from './yaml-value';

const keysOfType = {
  none: [],
  password: ['uid', 'password'],
  serviceAccount: ['uid', 'privateKey', 'secret'],
  open: ['token'],
} as const;

type AuthType = keyof typeof keysOfType;

const keysOf = (type: AuthType): readonly string[] => keysOfType[type];

const types = Object.keys(keysOfType) as readonly AuthType[];

const advice = {
  serviceKeyFile: "Spinnaker's serviceKeyFile is privateKey: { file: /path/of/the/key.pem } here.",
  serviceKeyData: 'A key does not stand in this file. Write it into a file and privateKey: { file: … } here.',
  username: "DC/OS calls it 'uid'. Write uid: coxswain",
  user: "DC/OS calls it 'uid'. Write uid: coxswain",
} as const;

const parseUid = (fields: YamlObject): string | undefined =>
  fields.require('uid', 'uid: coxswain')?.matching(/^[^\s/]+$/, "must be the account's uid, without spaces.");

function parsePassword(fields: YamlObject, context: AccountsContext): DcosAuth | undefined {
  const uid = parseUid(fields);
  const at = fields.require('password', 'password: { env: DCOS_PASSWORD }');
  const password = at === undefined ? undefined : parseSecret(at, context);
  return uid === undefined || password === undefined ? undefined : { type: 'password', uid, password };
}

function parseServiceAccount(fields: YamlObject, context: AccountsContext, url: string): DcosAuth | undefined {
  const secretAt = fields.get('secret');
  if (secretAt !== undefined) {
    for (const name of ['uid', 'privateKey']) {
      fields
        .get(name)
        ?.failAtKey(`'${name}' stands inside 'secret' already. Keep 'secret', or 'uid' and 'privateKey'.`);
    }
    const secret = parseSecret(secretAt, context, (text) => readServiceAccountSecret(text, url));
    return secret === undefined ? undefined : { type: 'serviceAccountSecret', secret };
  }
  const uid = parseUid(fields);
  const at = fields.require('privateKey', 'privateKey: { file: /run/secrets/dcos.pem }');
  const privateKey = at === undefined ? undefined : parseSecret(at, context, readRsaKey);
  return uid === undefined || privateKey === undefined ? undefined : { type: 'serviceAccount', uid, privateKey };
}

function parseOpen(fields: YamlObject, context: AccountsContext): DcosAuth | undefined {
  const at = fields.require('token', 'token: { file: /run/secrets/dcos-token }');
  const token = at === undefined ? undefined : parseSecret(at, context);
  return token === undefined ? undefined : { type: 'open', token };
}

function refuseForeignKeys(fields: YamlObject, type: AuthType): void {
  const own = keysOf(type);
  for (const [name, value] of fields.entries()) {
    if (name === 'type' || own.includes(name)) continue;
    const owner = types.find((other) => keysOf(other).includes(name)) ?? 'none';
    const takes = own.length === 0 ? 'nothing else' : own.join(', ');
    value.failAtKey(`'${name}' does not belong to auth of type ${type} (it takes ${takes}) but to ${owner}.`);
  }
}

/** Reads `auth` of a cluster whose address is `url`. */
export function parseAuth(value: YamlValue, context: AccountsContext, url: string): DcosAuth | undefined {
  const known = ['type', ...new Set(types.flatMap(keysOf))];
  const fields = value.object({ known, advice });
  if (fields === undefined) return undefined;
  const type = fields.require('type', 'type: none')?.oneOf(types);
  if (type === undefined) return undefined;
  refuseForeignKeys(fields, type);
  switch (type) {
    case 'none':
      return { type: 'none' };
    case 'password':
      return parsePassword(fields, context);
    case 'serviceAccount':
      return parseServiceAccount(fields, context, url);
    case 'open':
      return parseOpen(fields, context);
  }
}
