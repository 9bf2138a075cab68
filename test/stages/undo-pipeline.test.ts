import { executionKind } from '../../src/engine/document-kinds';
import { failureOf } from '../../src/engine/failure-of';
import type { Execution } from '../../src/model/execution';
import { east } from '../dcos/builders';
import { applicationOf, parentOf, runs, startLocked } from '../support/child-kit';
import { createCrashPoints } from '../support/crash-points';
import { drive, stageOf, type Step } from '../support/engine-kit';
import { sendSignal } from '../support/send-signal';
import { createStageBench } from '../support/stage-kit';

const minutes = (count: number) => count * 60_000;
const resting: Step = { ref: '2', type: 'wait', after: ['1'], context: { waitTime: 36_000 } };
const changes = (ref: string, type: string, cluster: string, group: string, after: readonly string[] = []): Step => ({
  ref,
  type,
  after,
  context: { cluster, serverGroupName: `${cluster}-${group}`, credentials: 'nonprod', location: east },
});
const applications = new Map([
  applicationOf('foo', { child: [{ ref: '1', type: 'deploy', context: { strategy: 'redblack' } }] }),
  applicationOf('shop', { main: [] }),
]);

/** Has had a child deploy to staging, and works in dev. */
const parent = () => parentOf([runs({ environment: 'staging' }), resting], { id: 'P', name: 'Run P' });
/** Of another application: changes foo-staging, and then foo-dev, where the parent is at work. */
function meddler(): Execution {
  const both = [
    changes('1', 'enableServerGroup', 'foo-staging', 'v000'),
    changes('2', 'disableServerGroup', 'foo-dev', 'v001', ['1']),
  ];
  const built = parentOf(both, { id: 'Q', name: 'Run Q', application: 'shop', pipelineConfigId: 'shop/main' });
  return { ...built, definition: { ...built.definition, cluster: 'shop-dev' } };
}

/** Lets the parent wait, going back, for the cluster that its child deployed to, and whoever has that for the parent. */
async function goBack(points: readonly number[]) {
  const crashes = createCrashPoints(new Set(points));
  const bench = createStageBench(crashes.wrap, applications);
  for (const name of ['foo-dev-v000', 'foo-dev-v001', 'foo-staging-v000'])
    bench.serverGroups.seed({ location: east, name, desired: 2, image: 'repo/foo:1.0' });
  const handle = (loaded: Execution, owner: string) => {
    crashes.boot();
    return bench.handle(loaded, owner);
  };
  const pass = (maxMs: number) => drive({ store: bench.store, clock: bench.clock, id: 'P', handle, maxMs });
  await startLocked(bench, parent());
  await pass(minutes(5));
  await startLocked(bench, meddler());
  await pass(minutes(5));
  const before = crashes.passed();
  bench.serverGroups.onEffect = () => crashes.point();
  await sendSignal(bench, { type: 'cancel', user: 'U0BOB' }, 'P');
  const done = await pass(minutes(20));
  const other = (await bench.store.get(executionKind, 'Q'))?.document;
  const serving = bench.serverGroups.sizes(east).filter((size) => !size.endsWith('×0'));
  return {
    end: { statuses: [done.status, other?.status], serving },
    reason: other && failureOf(other)?.message,
    undo: done.stages.find(({ type }) => type === 'undoPipeline'),
    wasWaiting: other && stageOf(other, '2').waits,
    before,
    passed: crashes.passed(),
  };
}

describe('a way back from a child that waits for the cluster of that', () => {
  it('is seen in a circle of executions, in which those give up first that go forward', async () => {
    const { end, reason, undo, wasWaiting } = await goBack([]);
    expect(wasWaiting?.length).toBe(1);
    expect(reason).toBe(
      'It would wait for ever: it waits for foo-dev, where Run P works, which waits for it (Run P → Run Q). Start one after the other.',
    );
    expect(undo?.status).toBe('SUCCEEDED');
    expect(undo?.context.waitsFor).toBeUndefined();
    expect(end).toEqual({
      statuses: ['CANCELED', 'TERMINAL'],
      serving: ['foo-dev-v000 ×2', 'foo-dev-v001 ×2', 'foo-staging-v000 ×2'],
    });
  });

  it('comes to the same end wherever the process stops', async () => {
    const whole = await goBack([]);
    const differing: unknown[] = [];
    for (let point = whole.before + 1; point <= whole.passed; point += 3) {
      const { end } = await goBack([point]);
      if (JSON.stringify(end) !== JSON.stringify(whole.end)) differing.push({ point, end });
    }
    expect(whole.passed - whole.before).toBeGreaterThan(20);
    expect(differing).toEqual([]);
  });
});
