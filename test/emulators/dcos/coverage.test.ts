import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderCoveragePage } from '../../../src/emulators/dcos/coverage-page';
import { createBench } from './bench';
import { contractRoutes, contractSpellings, extraRoutes } from './contract-routes';

/** Every route of every service, with its whole path and `{}` for what varies. */
const servedRoutes = () =>
  createBench().core.services.flatMap(({ prefix, routes }) =>
    routes.map(({ method, pattern }) => `${method} ${(prefix + pattern).replace(/\{\w+\}/g, '{}') || '/'}`),
  );

describe('the routes of the emulated DC/OS', () => {
  it.each([...contractRoutes, ...contractSpellings])('answer %s', (route) => {
    const { core } = createBench();
    const [method = '', path = ''] = route.split(' ');
    const headers = { accept: 'text/event-stream' };
    core.handle({ method, path: path.replaceAll('{}', 'x'), body: {}, headers });
    expect(core.requests.list()[0]?.route).toBeDefined();
  });

  it('are those of the contract, and a few more for a reason', () => {
    const known = [...contractRoutes, ...extraRoutes.flatMap(({ routes }) => routes)];
    expect(servedRoutes().filter((route) => !known.includes(route))).toEqual([]);
  });

  it('have a line of their own for each of the contract', () => {
    const served = servedRoutes();
    expect(contractRoutes.filter((route) => !served.includes(route))).toEqual([]);
  });

  it('have no reason for what is not there, or is in the contract', () => {
    const served = servedRoutes();
    const extras = extraRoutes.flatMap(({ routes }) => routes);
    expect(extras.filter((route) => !served.includes(route) || contractRoutes.includes(route))).toEqual([]);
  });

  it('stand in the documentation', () => {
    const page = readFileSync(join(__dirname, '../../../docs/emulator-coverage.md'), 'utf8');
    expect(renderCoveragePage(createBench().core.services)).toBe(page);
  });
});
