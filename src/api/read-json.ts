import type { IncomingMessage } from 'node:http';
import { ApiError } from './api-error';

/** The largest body taken; commands are a line of words. */
export const mostBodyBytes = 64 * 1024;

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  // A stream destroyed here would take the connection with it, and the refusal would never arrive.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > mostBodyBytes) {
      throw new ApiError(413, 'INVALID_INPUT', `The body is larger than ${mostBodyBytes} bytes. Send less.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The JSON a request carries; throws 413 when it is too large, 400 when it is not JSON or does not say that it is. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  // A page in a browser cannot send this type to another origin without being asked first.
  if (!(request.headers['content-type'] ?? '').startsWith('application/json')) {
    throw new ApiError(400, 'INVALID_INPUT', 'Send JSON, with the header `Content-Type: application/json`.');
  }
  const bytes = await readBytes(request);
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    throw new ApiError(400, 'INVALID_INPUT', 'The body is not JSON. Send one JSON object.');
  }
}
