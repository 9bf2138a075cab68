import { startProcessBench, until } from './process-bench';

jest.setTimeout(60_000);

let bench: Awaited<ReturnType<typeof startProcessBench>>;
beforeEach(async () => {
  bench = await startProcessBench();
});
afterEach(() => bench.close());

/** Runs a task that makes files; resolves with its id once they are there. */
async function taskWith(cmd: string): Promise<string> {
  bench.create({ cmd: `${cmd}; touch done; exec sleep 600` });
  const { id } = await bench.running();
  await until('the files are there', async () => (await fetch(bench.fileUrl(id, 'done'))).ok);
  return id;
}

const logUrl = (taskId: string, rest: string) => `${bench.url}/system/v1/logs/v2/task/${taskId}/${rest}`;

describe('the sandbox of a real task', () => {
  it('refuses to read what is no regular file', async () => {
    const id = await taskWith('mkfifo pipe');
    expect((await fetch(`${bench.fileUrl(id, 'pipe')}&offset=0`)).status).toBe(400);
    expect((await fetch(bench.fileUrl(id, 'pipe', 'download'))).status).toBe(400);
    expect((await fetch(logUrl(id, 'file/pipe'))).status).toBe(404);
    expect((await fetch(logUrl(id, 'file/pipe/download'))).status).toBe(404);
    expect(bench.app('/real').tasksRunning).toBe(1);
  });

  it('gives a file larger than the memory piece by piece', async () => {
    const id = await taskWith('printf begin > large; truncate -s 20G large');
    for (const url of [bench.fileUrl(id, 'large', 'download'), logUrl(id, 'file/large/download')]) {
      const leaving = new AbortController();
      const response = await fetch(url, { signal: leaving.signal });
      expect(response.status).toBe(200);
      const first = (await response.body?.getReader().read())?.value as Uint8Array | undefined;
      expect(Buffer.from(first ?? []).toString('utf8', 0, 5)).toBe('begin');
      leaving.abort();
    }
    const end = await fetch(`${bench.fileUrl(id, 'large')}&offset=${20 * 1024 ** 3 - 2}`);
    expect(await end.json()).toMatchObject({ data: '\0\0' });
    expect((await fetch(logUrl(id, 'file/large'))).status).toBe(413);
    expect(bench.app('/real').tasksRunning).toBe(1);
  });

  it.each(['offset=1e300', 'offset=0&length=1e300', 'offset=9007199254740992'])('refuses %s', async (query) => {
    const id = await taskWith('echo text');
    expect((await fetch(`${bench.fileUrl(id, 'stdout')}&${query}`)).status).toBe(400);
  });

  it.each(['€.txt', 'two\nlines'])('gives a file by the name of %j', async (name) => {
    const id = await taskWith(`echo text > '${name}'`);
    expect(await bench.text(id, name)).toBe('text\n');
  });

  it('tells no wrong length of a file to a HEAD', async () => {
    const id = await taskWith('echo text');
    const response = await fetch(bench.fileUrl(id, 'stdout', 'download'), { method: 'HEAD' });
    expect([response.status, response.headers.get('content-length')]).toEqual([200, null]);
  });

  it('has nothing beyond the end of a file', async () => {
    const id = await taskWith('echo text');
    const response = await fetch(`${bench.fileUrl(id, 'stdout')}&offset=${Number.MAX_SAFE_INTEGER}`);
    expect(await response.json()).toMatchObject({ data: '' });
  });
});
