import { createBench } from './bench';

/** What stands in the place of a parameter when a test calls a route. */
const example = (pattern: string) => pattern.replace(/\{\w+\}/g, 'x');

describe('Admin Router', () => {
  it('has a service for every prefix, each once', () => {
    const prefixes = createBench().core.services.map(({ prefix }) => prefix);
    expect(new Set(prefixes).size).toBe(prefixes.length);
    expect(prefixes).toEqual(expect.arrayContaining(['', '/emulator', '/service/marathon']));
  });

  it('serves every route of the coverage tables, under the name that stands there', () => {
    const { core, clock } = createBench();
    const wrong = core.services.flatMap(({ prefix, routes }) =>
      routes.flatMap(({ method, pattern }) => {
        const headers = { accept: 'text/event-stream' };
        core.requests.clear();
        const { status } = core.handle({ method, path: prefix + example(pattern), body: {}, headers });
        const [logged] = core.requests.list();
        // Some route lets the leader abdicate.
        clock.advance(1000);
        const name = `${method} ${pattern}`;
        // The emulator's own routes are never in its log.
        const isServed = prefix === '/emulator' ? status < 500 && status !== 404 : logged?.route === name;
        return isServed ? [] : [`${prefix} ${name}: ${status} ${logged?.route ?? ''}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it.each([
    '/v2/info',
    '//v2//info/',
    '/marathon/v2/info',
    '/service/marathon/v2/info',
    '/service//marathon/v2/info/',
    '/service/marathon/v2/info?a=b?c',
  ])('reaches Marathon at %s', (path) => {
    const { core } = createBench();
    const { status, headers } = core.handle({ method: 'GET', path });
    expect([status, headers['X-Marathon-Leader']]).toEqual([200, 'http://127.0.0.1:8080']);
    expect(core.requests.list()).toMatchObject([{ path: '/v2/info', route: 'GET /v2/info' }]);
  });

  it('answers what nothing serves with a page of HTML, and Marathon its own paths with JSON', () => {
    const { core } = createBench();
    const page = core.handle({ method: 'GET', path: '/service/none/v2/apps' });
    expect([page.status, page.headers['Content-Type']]).toEqual([404, 'text/html']);
    expect(page.body).toContain('<html>');
    expect(core.handle({ method: 'GET', path: '/v2/none' })).toMatchObject({
      status: 404,
      body: { message: 'URI not found' },
    });
  });

  it('answers its own pages', () => {
    const { call } = createBench();
    expect(call('GET', '/dcos-metadata/dcos-version.json').body).toMatchObject({
      version: '2.1.0',
      'dcos-variant': 'open',
    });
    expect(call('GET', '/metadata').body).toMatchObject({ PUBLIC_IPV4: '127.0.0.1' });
    expect(call('GET', '/mesos_dns/v1/hosts/leader.mesos').body).toEqual([{ host: 'leader.mesos.', ip: '127.0.0.1' }]);
    for (const path of ['/', '/pkgpanda/active.buildinfo.full.json']) {
      expect(call('GET', path).status).toBe(200);
      expect(call('HEAD', path).status).toBe(200);
    }
  });

  it('meets other services with faults by their whole path', () => {
    const { core, call } = createBench();
    core.setFault({ kind: 'http', path: '/metadata', times: 1, status: 502 });
    expect(call('GET', '/metadata').status).toBe(502);
    expect(call('GET', '/metadata').status).toBe(200);
  });
});
