import { keyLabel } from '../../src/dcos/server-groups';
import { createEmulatedCluster, groupsOver } from '../support/emulated-cluster';
import { createManualClock } from '../support/manual-clock';
import { east } from './builders';

const group = '/nonprod/east/foo-dev';

/** An emulated DC/OS on which `foo-dev-v000` serves with six instances. */
async function createBench() {
  const clock = createManualClock();
  const cluster = createEmulatedCluster('np1', clock);
  cluster.core.seed({ id: `${group}-v000`, cmd: 'serve', instances: 6, cpus: 0.1 });
  await clock.advance(10_000);
  const send = async (method: string, path: string, content: object) => {
    const body = JSON.stringify(content);
    const { status } = cluster.core.handle({ method, path, body });
    expect([200, 201]).toContain(status);
    await clock.advance(10_000);
  };
  return {
    resize: (instances: number) => send('PUT', `/v2/apps${group}-v000`, { instances }),
    create: (version: number, key: string) =>
      send('POST', '/v2/apps', {
        id: `${group}-v00${version}`,
        cmd: 'serve',
        instances: 1,
        cpus: 0.1,
        labels: { [keyLabel]: key },
      }),
    find: () => groupsOver({ np1: cluster }, clock).lastNonZeroSize(east, 'foo-dev-v000'),
  };
}

/** A new group `[version, key]`, or the next size of the old one. */
type Event = number | readonly [number, string];

describe('the size that a server group served with', () => {
  const rows: readonly (readonly [string, readonly Event[], number])[] = [
    ['at once', [[1, 'E1/1/1'], 0], 6],
    ['step by step, by the deployment of another', [[1, 'E1/1/1'], 4, 2, 0], 6],
    ['step by step, after a person had set a smaller one', [4, [1, 'E1/1/1'], 2, 0], 4],
    ['step by step, after a larger one', [9, [1, 'E1/1/1'], 5, 0], 9],
    ['by two attempts of one deployment', [[1, 'E1/1<0/1'], 3, [2, 'E1/1<0/2'], 1, 0], 6],
    ['by a second deployment, after the first had gone back', [[1, 'E1/1/1'], 3, 6, [2, 'E2/1/1'], 2, 0], 6],
    ['by a second deployment, after a person had set another', [[1, 'E1/1/1'], 5, [2, 'E2/1/1'], 2, 0], 5],
    ['before a deployment that came later', [[1, 'E1/1/1'], 2, 0, [2, 'E2/1/1']], 6],
    ['step by step, by hand', [3, 0], 3],
  ];
  it.each(rows)('is found where it was taken out %s', async (_how, events, expected) => {
    const bench = await createBench();
    for (const event of events) await (typeof event === 'number' ? bench.resize(event) : bench.create(...event));
    expect(await bench.find()).toBe(expected);
  });
});
