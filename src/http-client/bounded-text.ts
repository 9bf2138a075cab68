import type { IncomingMessage } from 'node:http';
import type { CoxswainError } from '../model/errors';
import { uselessReplyFailure, type Target } from './http-failure';

const tooLong = (target: Target, maxBytes: number): CoxswainError =>
  uselessReplyFailure(target, `it is longer than ${maxBytes} bytes`);

/** Throws SERVER_ERROR where the headers show that the body will not be read: it is compressed, or too long. */
function checkHeaders({ headers }: IncomingMessage, target: Target, maxBytes: number): void {
  // Nothing was asked for compressed; unpacking could make far more of it than the limit.
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw uselessReplyFailure(target, 'it is compressed, though nobody asked for that');
  if (Number(headers['content-length'] ?? 0) > maxBytes) throw tooLong(target, maxBytes);
}

/** The body as text. Throws SERVER_ERROR where it is compressed or has more than `maxBytes`. */
export async function readBoundedText(reply: IncomingMessage, target: Target, maxBytes: number): Promise<string> {
  checkHeaders(reply, target, maxBytes);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of reply as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw tooLong(target, maxBytes);
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}
