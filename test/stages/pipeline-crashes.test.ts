import { clusterHolder } from '../../src/engine/cluster-lock';
import { applicationOf, childrenIn, parentOf, runs } from '../support/child-kit';
import { stageOf, statuses, type Step } from '../support/engine-kit';
import { crashEverywhere } from '../support/stage-crashes';

const wait = (ref: string, waitTime: number, after: readonly string[] = []): Step => ({
  ref,
  type: 'wait',
  after,
  context: { waitTime },
});
const broken = (ref: string, after: readonly string[] = []): Step => ({
  ref,
  type: 'checkPreconditions',
  after,
  context: { preconditions: [{ type: 'expression', context: { expression: 'false' } }] },
});
const defining = (child: readonly Step[]) => new Map([applicationOf('foo', { child })]);

describe('a pipeline stage whose process stops', () => {
  it('starts one child, whenever that comes', async () => {
    const { end, differing, points } = await crashEverywhere({
      seed: () => undefined,
      applications: defining([wait('1', 5)]),
      execution: () => parentOf([runs(), wait('2', 1, ['1'])]),
      end: async (done, bench) => ({
        statuses: statuses(done),
        children: (await childrenIn(bench)).map(({ status, trigger }) => `${trigger.correlationId} ${status}`),
        holder: await clusterHolder(bench.store, 'foo-dev'),
      }),
    });
    expect(points).toBeGreaterThan(30);
    expect(differing).toEqual([]);
    expect(end).toEqual({
      statuses: ['1 SUCCEEDED', '2 SUCCEEDED'],
      children: ['E1/1/1 SUCCEEDED'],
      holder: undefined,
    });
  });

  it('fails with its child, whenever that comes', async () => {
    const { end, differing } = await crashEverywhere({
      seed: () => undefined,
      applications: defining([broken('1')]),
      execution: () => parentOf([runs()]),
      end: async (done, bench) => ({
        statuses: statuses(done),
        children: (await childrenIn(bench)).map(({ status }) => status),
        failure: stageOf(done, '1').failure?.code,
      }),
    });
    expect(differing).toEqual([]);
    expect(end).toEqual({ statuses: ['1 TERMINAL'], children: ['TERMINAL'], failure: 'STAGE_FAILED' });
  });

  it('cancels what it started, whenever that comes', async () => {
    const { end, differing } = await crashEverywhere({
      seed: () => undefined,
      applications: defining([wait('1', 3600)]),
      execution: () => parentOf([runs(), wait('2', 20), broken('3', ['2'])]),
      end: async (done, bench) => [done.status, ...(await childrenIn(bench)).map(({ status }) => status)],
    });
    expect(differing).toEqual([]);
    expect(end).toEqual(['TERMINAL', 'CANCELED']);
  });
});
