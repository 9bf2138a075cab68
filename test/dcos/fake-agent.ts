import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An agent that serves files as Mesos does: at most 64 KiB a read, cut anywhere. Reads change with `files`. */
export type FakeAgent = {
  readonly url: string;
  readonly requests: string[];
  readonly files: Map<string, Buffer>;
  close(): Promise<void>;
};

const mostBytes = 65_536;

/** Starts one; every other path is answered by `answers`, else with 404 and HTML. */
export async function startFakeAgent(answers: Readonly<Record<string, string>> = {}): Promise<FakeAgent> {
  const files = new Map<string, Buffer>();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://agent');
    requests.push(`${url.pathname}${url.search}`);
    const answer = answers[url.pathname];
    if (answer !== undefined) return void response.end(answer);
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
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
