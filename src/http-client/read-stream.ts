import type { Readable } from 'node:stream';
import type { Clock } from '../engine/clock';
import type { HttpStream } from './http-client';

/** What a stream is read with; the callbacks make the error of each way to end badly. */
export type ReadStreamOptions = {
  readonly clock: Clock;
  readonly idleTimeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly onBroken: (code: string | undefined) => Error;
  readonly onSilent: () => Error;
  readonly onAborted: (signal: AbortSignal) => Error;
};

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** Turns a readable body into text chunks with an idle timeout. The body is read once. */
export function readStream(body: Readable, options: ReadStreamOptions): HttpStream {
  const { clock, idleTimeoutMs, signal } = options;
  let ended: { readonly error: Error | undefined } | undefined;
  const end = (error: Error | undefined) => {
    if (ended !== undefined) return;
    ended = { error };
    cancelTimer();
    signal?.removeEventListener('abort', onAbort);
    body.destroy();
  };
  const startTimer = () => clock.after(idleTimeoutMs, () => end(options.onSilent()));
  const onAbort = () => {
    if (signal !== undefined) end(options.onAborted(signal));
  };
  let cancelTimer = startTimer();
  signal?.addEventListener('abort', onAbort);
  // Keeps text whole where a chunk cuts a character; an error before anybody reads must not end the process.
  body.setEncoding('utf8');
  body.on('error', (error) => end(options.onBroken(codeOf(error))));

  // The signal may have fired after the headers came and before this listened.
  if (signal?.aborted === true) onAbort();

  async function* read(): AsyncGenerator<string> {
    try {
      for await (const chunk of body) {
        cancelTimer();
        cancelTimer = startTimer();
        yield String(chunk);
      }
    } catch (error) {
      end(options.onBroken(codeOf(error)));
    }
    end(undefined);
    if (ended?.error !== undefined) throw ended.error;
  }
  return { chunks: read(), close: () => end(undefined) };
}
