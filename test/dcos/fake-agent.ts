import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An agent that serves files as Mesos does: at most 64 KiB a read, cut anywhere. Reads change with `files`. */
export type FakeAgent = {
  readonly url: string;
  readonly requests: string[];
  readonly files: Map<string, Buffer>;
  /** Resolves when a request came that is never answered. */
  readonly silenced: Promise<void>;
  close(): Promise<void>;
};

const mostBytes = 65_536;

/** What a path is answered: a text, or a status with HTML; the connection may also break, or nothing come for ever. */
export type FakeAnswer = string | { readonly status: number | 'broken' | 'silent' };

function give(answer: FakeAnswer, response: ServerResponse, onSilent: () => void): void {
  if (typeof answer === 'string') response.end(answer);
  else if (answer.status === 'broken') response.destroy();
  else if (answer.status === 'silent') onSilent();
  else response.writeHead(answer.status).end('<html>no</html>');
}

/** Starts one; every other path is answered by `answers`, else with 404 and HTML. */
export async function startFakeAgent(answers: Readonly<Record<string, FakeAnswer>> = {}): Promise<FakeAgent> {
  const files = new Map<string, Buffer>();
  const requests: string[] = [];
  let onSilent = (): void => undefined;
  const silenced = new Promise<void>((resolve) => (onSilent = resolve));
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://agent');
    requests.push(`${url.pathname}${url.search}`);
    const answer = answers[url.pathname];
    if (answer !== undefined) {
      give(answer, response, onSilent);
      return;
    }
    const file = files.get(url.searchParams.get('path') ?? '');
    if (!url.pathname.startsWith('/agent/S0/files/') || file === undefined) {
      return void response.writeHead(404).end('<html>not found</html>');
    }
    if (url.pathname.endsWith('/download')) return void response.end(file);
    const offset = Number(url.searchParams.get('offset') ?? -1);
    const length = Number(url.searchParams.get('length') ?? -1);
    const end = offset + Math.min(mostBytes, length < 0 ? mostBytes : length);
    // Mesos does not mend what it cuts: the bytes go out as they are.
    const data = offset < 0 ? Buffer.alloc(0) : Buffer.from(file.subarray(offset, end));
    const escaped = JSON.stringify(data.toString('latin1'));
    const json = `{"data":${escaped},"offset":${offset < 0 ? file.length : offset}}`;
    return void response.end(Buffer.from(json, 'latin1'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    files,
    silenced,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
