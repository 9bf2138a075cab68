import { createPrivateKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { CoxswainError } from './errors';

/** What a service account of DC/OS logs in with. */
export type ServiceAccount = {
  readonly uid: string;
  readonly privateKey: KeyObject;
  /** Where the account's own secret says to log in; undefined where there is no such secret. */
  readonly loginEndpoint: URL | undefined;
};

const secretSchema = z.object({
  login_endpoint: z.string(),
  uid: z.string().min(1),
  private_key: z.string(),
  scheme: z.string(),
});

const invalid = (message: string) => new CoxswainError('INVALID_INPUT', { message });

/**
 * Reads an RSA private key in PEM; `\n` written out stands for line ends, as one-line variables need. Throws INVALID_INPUT,
 * which shows nothing of the text.
 */
export function readRsaKey(pem: string): KeyObject {
  const text = pem.includes('\n') ? pem : pem.replaceAll('\\n', '\n');
  let key: KeyObject;
  try {
    key = createPrivateKey(text);
  } catch {
    // The original error is not kept: nothing that touched the key goes into errors.
    throw invalid(
      'the key is no private key in PEM (-----BEGIN PRIVATE KEY-----), or it is protected by a pass phrase',
    );
  }
  if (key.asymmetricKeyType === 'rsa') return key;
  throw invalid(`the key is of type ${key.asymmetricKeyType ?? 'unknown'}, and DC/OS takes RSA keys only`);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(
      'the secret is not JSON; DC/OS keeps such secrets as {"login_endpoint","uid","private_key","scheme"}',
    );
  }
}

/**
 * Reads the JSON secret that `dcos security secrets create-sa-secret` writes, for the cluster at `clusterUrl`. Throws
 * INVALID_INPUT, which names fields and shows no values; also where it would log in at an https cluster over plain http.
 */
export function readServiceAccountSecret(text: string, clusterUrl: string): ServiceAccount {
  const parsed = secretSchema.safeParse(readJson(text));
  if (!parsed.success) {
    const names = [...new Set(parsed.error.issues.map((issue) => String(issue.path[0] ?? 'the whole')))];
    throw invalid(`the secret lacks ${names.join(', ')}, or they are no text`);
  }
  const { login_endpoint: endpoint, uid, private_key: pem, scheme } = parsed.data;
  if (scheme !== 'RS256') throw invalid("the secret's scheme is not RS256, which is the only one known");
  const loginEndpoint = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (loginEndpoint === undefined || !['http:', 'https:'].includes(loginEndpoint.protocol)) {
    throw invalid("the secret's login_endpoint is not an address that begins with http:// or https://");
  }
  if (clusterUrl.startsWith('https:') && loginEndpoint.protocol === 'http:') {
    throw invalid("the secret's login_endpoint begins with http://, but the cluster's address with https://");
  }
  return { uid, privateKey: readRsaKey(pem), loginEndpoint };
}
