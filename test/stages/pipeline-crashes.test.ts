import { clusterHolder } from '../../src/engine/cluster-lock';
import { executionKind } from '../../src/engine/document-kinds';
import type { Execution } from '../../src/model/execution';
import { east } from '../dcos/builders';
import { applicationOf, childrenIn, parentOf, runs } from '../support/child-kit';
import { createCrashPoints } from '../support/crash-points';
import { drive, stageOf, statuses, type Step } from '../support/engine-kit';
import { sendSignal } from '../support/send-signal';
import { crashEverywhere } from '../support/stage-crashes';
import { createStageBench } from '../support/stage-kit';

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

describe('a child that is retried while its process stops', () => {
  // It holds once the server group is there.
  const context = { cluster: 'foo-dev', credentials: 'nonprod', locations: [east], expected: 1 };
  const needsGroup: Step = {
    ref: '1',
    type: 'checkPreconditions',
    context: { preconditions: [{ type: 'clusterSize', context }] },
  };

  /** Fails, is mended, and has its child retried; answers the end, and how many points there were before and in all. */
  async function retried(points: readonly number[]) {
    const crashes = createCrashPoints(new Set(points));
    const bench = createStageBench(crashes.wrap, defining([needsGroup]));
    const { store, clock } = bench;
    const handle = (loaded: Execution, owner: string) => {
      crashes.boot();
      return bench.handle(loaded, owner);
    };
    await bench.start(parentOf([runs(), wait('2', 1, ['1'])]));
    await drive({ store, clock, id: 'E1', handle });
    const before = crashes.passed();
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 1 });
    const [child] = await childrenIn(bench);
    await sendSignal(bench, { type: 'retryStage', stageId: '1', user: 'U0BOB' }, child?.id);
    const done = await drive({ store, clock, id: 'E1', handle });
    const end = {
      parent: [done.status, stageOf(done, '1').attempt, stageOf(done, '1').context.executionId === child?.id],
      children: (await childrenIn(bench)).map(({ status }) => status),
      active: await store.count(executionKind, { name: 'active', value: 'true' }),
    };
    return { end, before, passed: crashes.passed() };
  }

  it('is taken over once, whenever that comes', async () => {
    const whole = await retried([]);
    expect(whole.end).toEqual({ parent: ['SUCCEEDED', 2, true], children: ['SUCCEEDED'], active: 0 });
    expect(whole.passed - whole.before).toBeGreaterThan(20);
    for (let point = whole.before + 1; point <= whole.passed; point += 1) {
      const { end } = await retried([point]);
      expect({ point, end }).toEqual({ point, end: whole.end });
    }
  });
});
