import { startProcessBench, until } from './process-bench';

jest.setTimeout(60_000);

let bench: Awaited<ReturnType<typeof startProcessBench>>;
beforeEach(async () => {
  bench = await startProcessBench();
});
afterEach(() => bench.close());

/** Follows a log and keeps the messages that came. */
async function follow(url: string) {
  const leaving = new AbortController();
  const response = await fetch(url, { headers: { accept: 'text/event-stream' }, signal: leaving.signal });
  let text = '';
  let isOver = false;
  const reading = (async () => {
    for await (const part of response.body ?? []) text += Buffer.from(part as Uint8Array).toString('utf8');
  })()
    .catch(() => undefined)
    .then(() => {
      isOver = true;
    });
  return {
    type: response.headers.get('content-type'),
    messages: () => [...text.matchAll(/"MESSAGE":"([^"]*)"/g)].map(([, message]) => message),
    isOver: () => isOver,
    leave: () => {
      leaving.abort();
      return reading;
    },
  };
}

describe('a followed log', () => {
  const cmd = 'echo one; while [ ! -e go ]; do sleep 0.02; done; printf two; sleep 0.3; echo " more"; exec sleep 600';
  const goOn = { healthChecks: [{ protocol: 'COMMAND', command: { value: 'touch go' } }] };

  it('goes on with what the task writes, line by line, until the client leaves', async () => {
    bench.create({ cmd, ...goOn });
    const { id } = await bench.running();
    const log = await follow(`${bench.url}/system/v1/logs/v2/task/${id}/file/stdout`);
    expect(log.type).toBe('text/event-stream');
    await until('all has come', () => log.messages().length >= 2);
    expect(log.messages()).toEqual(['one', 'two more']);
    expect(log.isOver()).toBe(false);
    await log.leave();
    expect(bench.app('/real').tasksRunning).toBe(1);
  });

  it('ends after as many lines as were asked for', async () => {
    bench.create({ cmd, ...goOn });
    const { id } = await bench.running();
    const log = await follow(`${bench.url}/system/v1/logs/v2/task/${id}/file/stdout?limit=2`);
    await until('it has ended', () => log.isOver());
    expect(log.messages()).toEqual(['one', 'two more']);
  });

  it('ends with the emulator', async () => {
    bench.create({ cmd: 'echo one; exec sleep 600' });
    const { id } = await bench.running();
    const log = await follow(`${bench.url}/system/v1/logs/v2/task/${id}/file/stdout`);
    await until('it has begun', () => log.messages().length === 1);
    await bench.close();
    await until('it has ended', () => log.isOver());
  });
});
