import { request as requestPlain, type IncomingMessage } from 'node:http';
import { request as requestSecure } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { connect as connectSecure } from 'node:tls';

/** Opens a connection to an IP address, which it must not look up. */
export type Connect = (address: string, port: number) => Socket;

/** What is sent. */
export type Sent = {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent: nothing follows the headers. */
  readonly body?: string;
};

/** How one request is sent. */
export type OpenOptions = Sent & {
  /** Where the connection goes, whatever the URL's host stands for by now. */
  readonly address: string;
  readonly connect: Connect;
  /** PEM of the authority to trust instead of the system's. */
  readonly ca: string | undefined;
  readonly signal: AbortSignal;
};

/** A host as it is connected to: IPv6 without brackets. */
export const bareHost = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');

function connectTo(url: URL, { address, connect, ca }: OpenOptions): Socket {
  const isSecure = url.protocol === 'https:';
  const socket = connect(address, url.port === '' ? (isSecure ? 443 : 80) : Number(url.port));
  if (!isSecure) return socket;
  const host = bareHost(url);
  const secure = connectSecure({
    socket,
    host,
    // Spelt out, because NODE_TLS_REJECT_UNAUTHORIZED=0 would otherwise turn verification off without a word.
    rejectUnauthorized: true,
    ALPNProtocols: ['http/1.1'],
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(ca === undefined ? {} : { ca }),
  });
  // What happens to the inner socket before TLS begins does not reach the outer one by itself.
  socket.on('error', (error) => secure.destroy(error));
  return secure;
}

/**
 * Sends one request over a connection of its own and resolves with the reply once its headers are there; its body is still to
 * be read or destroyed. No agent is used: no kept connection, no proxy of the environment.
 */
export function openPublic(url: URL, options: OpenOptions): Promise<IncomingMessage> {
  const send = url.protocol === 'https:' ? requestSecure : requestPlain;
  const { method, headers, body, signal } = options;
  return new Promise((resolve, reject) => {
    const request = send(url, { method, createConnection: () => connectTo(url, options), headers, signal });
    request.on('response', resolve);
    request.on('error', reject);
    request.end(body);
  });
}
