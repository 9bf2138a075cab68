import { createMarathonClient } from '../../src/dcos/marathon-client';
import { createServerGroups } from '../../src/dcos/marathon-server-groups';
import type { HttpRequest } from '../../src/http-client/http-client';
import { createManualClock } from '../support/manual-clock';
import { east } from './builders';

describe('the shared list of a cluster', () => {
  it('has half a minute to come, and other reads the limit of the connection', async () => {
    const asked: HttpRequest[] = [];
    const client = createMarathonClient({
      host: 'np1',
      request: (request) => {
        asked.push(request);
        return Promise.resolve({ status: 200, headers: {}, body: { apps: [] } });
      },
      stream: () => Promise.reject(new Error('There are no events.')),
    });
    const groups = createServerGroups({ clusters: new Map([['np1', client]]), clock: createManualClock() });
    await groups.look(east);
    await groups.list(east, 'foo-dev');
    expect(asked.map(({ path, timeoutMs }) => [path, timeoutMs])).toEqual([
      ['/v2/apps', 30_000],
      ['/v2/apps', undefined],
    ]);
  });
});
