import { lookup as systemLookup } from 'node:dns/promises';
import type { IncomingMessage } from 'node:http';
import { connect as systemConnect, isIP } from 'node:net';
import { checkUrl, ExpressionError } from '../engine/expressions';
import { CoxswainError } from '../model/errors';
import { hostList } from './host-list';
import { networkFailure, type Target } from './http-failure';
import { judgeAddress } from './judge-address';
import { bareHost, openPublic, type Connect, type Sent } from './open-public';

/** Which URLs of others may be used and how they are reached; every member has a default. */
export type PublicUrlOptions = {
  /**
   * Where given, the only hosts that may be reached: names (`config.example.com`), addresses, or `.example.com` for all
   * names below. They may stand for private addresses too, loopback included, but never for forbidden ones; so list a suffix
   * only where you trust whoever gives out names below it. Where absent: every host with a public address.
   */
  readonly allowedHosts?: readonly string[];
  /** All addresses of a host name. Asked once for each request; the connection goes to the first of what it said. */
  readonly lookup?: (host: string) => Promise<readonly string[]>;
  readonly connect?: Connect;
  /** PEM of the certificate authority to trust instead of the system's. */
  readonly ca?: string;
};

/** How what is refused is told: `fetch /x from host`, and `be fetched from`. */
export type Wording = { readonly act: (url: URL) => string; readonly passive: string };

/** URLs that somebody else wrote, which must not lead to where they may not. */
export interface PublicUrls {
  /** A URL that may be used as far as its text shows. Throws INVALID_INPUT or NOT_ALLOWED. */
  read(text: string): URL;
  /**
   * Judges every address of the URL's host, sends one request to the first and resolves with the headers of the reply. Throws
   * NOT_ALLOWED, and what the system throws.
   */
  open(url: URL, target: Target, sent: Sent, signal: AbortSignal): Promise<IncomingMessage>;
}

// IPv4 first: a host without IPv6 may be told of addresses that it has no way to.
const lookUp = async (host: string): Promise<readonly string[]> => {
  const found = await systemLookup(host, { all: true });
  return found.toSorted((one, other) => one.family - other.family).map(({ address }) => address);
};

/** What may be shown of a text that is no usable URL: its host where one stands in it, since all else may be secret. */
function nameOf(text: string): string {
  const hosts = [text, `https://${text}`].flatMap((each) => (URL.canParse(each) ? new URL(each).host : []));
  const host = hosts.find((each) => each.includes('.') && text.includes('/'));
  return host === undefined ? 'what is given for a URL' : `a URL of ${host}`;
}

/** Makes the judge of URLs; `wording` says in its errors what was to be done with one. */
export function createPublicUrls(options: PublicUrlOptions, wording: Wording): PublicUrls {
  const { allowedHosts, lookup = lookUp, ca } = options;
  const connect = options.connect ?? ((host, port) => systemConnect({ host, port }));
  const isListed = allowedHosts === undefined ? undefined : hostList(allowedHosts);

  const refuse = (url: URL, why: string, fields: Readonly<Record<string, unknown>> = {}): CoxswainError =>
    new CoxswainError('NOT_ALLOWED', {
      message: `Cannot ${wording.act(url)}: ${why}.`,
      fields: { host: url.host, ...fields },
    });
  const notReadable = (text: string): CoxswainError =>
    new CoxswainError('INVALID_INPUT', {
      message: `Cannot use ${nameOf(text)}: it is no http or https URL.`,
    });

  function read(text: string): URL {
    if (!URL.canParse(text)) throw notReadable(text);
    const url = new URL(text);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') throw notReadable(text);
    if (url.username !== '' || url.password !== '') {
      throw new CoxswainError('INVALID_INPUT', {
        message: `Cannot use a URL of ${url.host}: a URL must not hold a user name or password.`,
      });
    }
    if (isListed?.(bareHost(url)) === true) return url;
    if (isListed !== undefined) throw refuse(url, `only listed hosts can ${wording.passive}, and this is none of them`);
    try {
      return new URL(checkUrl(url.href));
    } catch (error) {
      throw error instanceof ExpressionError ? refuse(url, error.message) : error;
    }
  }

  /** The address to connect to; throws unless every address of the host may be connected to. */
  async function findAddress(url: URL, target: Target): Promise<string> {
    const host = bareHost(url);
    const addresses = isIP(host) === 0 ? await lookup(host) : [host];
    for (const address of addresses) {
      const kind = judgeAddress(address);
      const isAllowed = kind === 'public' || (kind === 'private' && isListed !== undefined);
      if (!isAllowed) throw refuse(url, 'its address belongs to an inner or reserved network', { address });
    }
    const [first] = addresses;
    if (first === undefined) throw networkFailure(target, 'ENOTFOUND');
    return first;
  }

  return {
    read,
    open: async (url, target, sent, signal) => {
      const address = await findAddress(url, target);
      signal.throwIfAborted();
      return openPublic(url, { ...sent, address, connect, ca, signal });
    },
  };
}
