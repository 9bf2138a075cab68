import { createBench } from './bench';
import { node, startProcessBench, until } from './tasks/process-bench';

jest.setTimeout(60_000);

const labels = { DCOS_SERVICE_NAME: 'team/echo', DCOS_SERVICE_SCHEME: 'http', DCOS_SERVICE_PORT_INDEX: '1' };
const portDefinitions = [{ port: 0 }, { port: 0 }];

/** A server that tells what it was asked. */
const echo = node(
  'require("http").createServer((request, response) => { let body = ""; request.setEncoding("latin1");' +
    'request.on("data", (part) => { body += part; }); request.on("end", () => {' +
    'const { method, url, headers } = request;' +
    'response.writeHead(418, { "X-Own": "yes" }).end(JSON.stringify({ method, url, type: headers["content-type"], body }));' +
    '}); }).listen(process.env.PORT1, process.env.HOST)',
);

describe('an app with a service of its own', () => {
  it('is asked through Admin Router, with path, query, method, headers and body as they are', async () => {
    const bench = await startProcessBench();
    try {
      bench.create({ cmd: echo, labels, portDefinitions });
      await bench.running();
      const ask = () =>
        fetch(`${bench.url}/service/team/echo/a%20b//c/?q=1&q=%2F`, {
          method: 'PUT',
          headers: { 'content-type': 'application/octet-stream' },
          body: new Uint8Array([0, 200, 255]),
        });
      const response = await until('it answers', async () => {
        const answer = await ask();
        return answer.status === 502 ? undefined : answer;
      });
      expect([response.status, response.headers.get('x-own')]).toEqual([418, 'yes']);
      expect(await response.json()).toEqual({
        method: 'PUT',
        url: '/a%20b//c/?q=1&q=%2F',
        type: 'application/octet-stream',
        body: '\u0000\u00c8\u00ff',
      });
      const root = await fetch(`${bench.url}/service/team/echo`);
      expect(await root.json()).toMatchObject({ method: 'GET', url: '/' });
    } finally {
      await bench.close();
    }
  });

  it('is a bad gateway where its task does not listen', async () => {
    const bench = await startProcessBench();
    try {
      bench.create({ cmd: 'exec sleep 600', labels, portDefinitions });
      await bench.running();
      const response = await fetch(`${bench.url}/service/team/echo/`);
      expect([response.status, response.headers.get('content-type')]).toEqual([502, 'text/html']);
    } finally {
      await bench.close();
    }
  });

  it.each([
    ['is a bad gateway where its task is simulated', {}, 502],
    ['is not there with a port index that it has no port for', { DCOS_SERVICE_PORT_INDEX: '2' }, 404],
    ['has all that lies below its name', { DCOS_SERVICE_NAME: 'team' }, 502],
    ['is not there without a name', { DCOS_SERVICE_NAME: '' }, 404],
    ['cannot be reached over HTTPS', { DCOS_SERVICE_SCHEME: 'https' }, 502],
  ])('%s', (_what, other, status) => {
    const { call, clock, core } = createBench();
    const app = { id: '/echo', cmd: 'serve', cpus: 0.1, mem: 32, portDefinitions };
    call('POST', '/v2/apps', { ...app, labels: { ...labels, ...other } });
    expect(call('GET', '/service/team/echo/x').status).toBe(404);
    clock.advance(1000);
    const response = call('GET', '/service/team/echo/x');
    expect([response.status, response.headers['Content-Type']]).toEqual([status, 'text/html']);
    expect(core.requests.list().at(-1)?.route).toBe('ANY /{name}/{id}');
    expect(call('GET', '/service/other').status).toBe(404);
  });
});
