import nock from 'nock';
import { liveServerGroups } from '../src/live-server-groups';
import type { Definitions } from '../src/model/application';
import { east } from './dcos/builders';
import { createManualClock } from './support/manual-clock';

const clusterAt = (name: string) =>
  [name, { name, url: `http://${name}.example.com`, auth: { type: 'none' } }] as const;
const definitionsOf = (...names: readonly string[]): Definitions => ({
  applications: new Map(),
  clusters: new Map(names.map(clusterAt)),
});

beforeAll(() => nock.disableNetConnect());
afterEach(() => nock.cleanAll());
afterAll(() => {
  nock.enableNetConnect();
  nock.restore();
});

describe('server groups of the clusters that are defined now', () => {
  it('know since when a cluster cannot be seen while others are added and taken away', async () => {
    const clock = createManualClock();
    const changes: [string, number | undefined][] = [];
    let definitions = definitionsOf('np1');
    const groups = liveServerGroups(() => definitions, {
      clock,
      known: new Map([['np1', 1]]),
      onChange: (dcosCluster, since) => changes.push([dcosCluster, since]),
    });
    nock('http://np1.example.com').get(/apps/).reply(200, { apps: [] });
    await groups.list(east, 'foo-dev');
    nock('http://np1.example.com').persist().get(/apps/).reply(503, {});
    const lostAt = clock.now();
    for (const names of [['np1'], ['np1', 'np2'], ['np1']]) {
      definitions = definitionsOf(...names);
      await expect(groups.list(east, 'foo-dev')).rejects.toMatchObject({ fields: { blindSince: lostAt } });
      await expect(groups.look(east)).rejects.toMatchObject({ fields: { blindSince: lostAt } });
      await clock.advance(60_000);
    }
    expect(changes).toEqual([
      ['np1', undefined],
      ['np1', lostAt],
    ]);
  });
});
