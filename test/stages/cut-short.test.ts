import { CoxswainError } from '../../src/model/errors';
import type { ServerGroupDescription } from '../../src/model/description';
import type { Execution } from '../../src/model/execution';
import { executionRenderer } from '../../src/app';
import { plainText } from '../../src/model/text';
import { east } from '../dcos/builders';
import { driveUntil } from '../support/drive-until';
import { buildPipeline, stageOf } from '../support/engine-kit';
import { sendSignal } from '../support/send-signal';
import { createStageBench, describeCluster, west } from '../support/stage-kit';

type Bench = ReturnType<typeof createStageBench>;

describe('a rejection while another branch deploys', () => {
  const branches = (over: Partial<ServerGroupDescription> = {}) =>
    buildPipeline([
      { ref: '1', type: 'deploy', context: { clusters: [describeCluster()] } },
      {
        ref: '2',
        type: 'deploy',
        after: ['1'],
        context: { clusters: [describeCluster({ location: west, group: 'west', ...over })] },
      },
      { ref: '3', type: 'manualJudgment', after: ['1'], context: { onReject: 'rollback' } },
    ]);
  const reject = { type: 'judge', decision: 'stop', stageId: '3', user: 'UBOB', reason: 'no' } as const;

  async function rejectWhen(holds: (bench: Bench, execution: Execution) => boolean) {
    const bench = createStageBench();
    for (const location of [east, west]) bench.serverGroups.seed({ location, name: 'foo-dev-v000', desired: 2 });
    await bench.start(branches({ delayBeforeDisableSec: 30 }));
    await driveUntil(bench, (execution) => holds(bench, execution));
    expect(await sendSignal(bench, reject)).toBe('');
    return { bench, done: await bench.drive('E1') };
  }

  it.each([
    ['comes up', (bench: Bench) => bench.serverGroups.sizes(west).includes('foo-dev-v001 ×2')],
    [
      'waits',
      (_bench: Bench, { stages }: Execution) => stages.some(({ id, status }) => id === '2<0>0' && status === 'RUNNING'),
    ],
  ] as const)('takes both back while the other one %s', async (_what, holds) => {
    const { bench, done } = await rejectWhen(holds);
    expect(done.status).toBe('TERMINAL');
    for (const location of [east, west])
      expect(bench.serverGroups.sizes(location)).toEqual(['foo-dev-v000 ×2', 'foo-dev-v001 ×0']);
    expect([stageOf(done, '2').status, stageOf(done, '3').status]).toEqual(['CANCELED', 'TERMINAL']);
  });

  it('is not shown as failed before both are back', async () => {
    const bench = createStageBench();
    for (const location of [east, west]) bench.serverGroups.seed({ location, name: 'foo-dev-v000', desired: 2 });
    await bench.run(branches({ delayBeforeDisableSec: 600 }), 60_000);
    await sendSignal(bench, reject);
    const headline = async (maxMs?: number) =>
      plainText(executionRenderer.live(await bench.drive('E1', maxMs)).headline);
    expect(await headline(1000)).toBe('deploy foo 1.1 to prod · going back');
    expect(await headline()).toBe('deploy foo 1.1 to prod · failed');
  });

  it('lets the other branch create nothing any more', async () => {
    const bench = createStageBench();
    for (const location of [east, west]) bench.serverGroups.seed({ location, name: 'foo-dev-v000', desired: 2 });
    const steps = branches().stages;
    const wait = buildPipeline([{ ref: '4', type: 'wait', after: ['1'], context: { waitTime: 5 } }]).stages;
    const late = steps.map((stage) => (stage.id === '2' ? { ...stage, requisiteStageRefIds: ['4'] } : stage));
    await bench.start({ ...branches(), stages: [...late, ...wait] });
    await driveUntil(bench, ({ stages }) => stages.some(({ id, status }) => id === '4' && status === 'RUNNING'));
    await sendSignal(bench, reject);
    const done = await bench.drive('E1');
    expect([done.status, stageOf(done, '2').status]).toEqual(['TERMINAL', 'NOT_STARTED']);
    expect(bench.serverGroups.sizes(west)).toEqual(['foo-dev-v000 ×2']);
  });
});

it('takes a deploy back that the failure of another branch cuts short', async () => {
  const bench = createStageBench();
  for (const location of [east, west]) bench.serverGroups.seed({ location, name: 'foo-dev-v000', desired: 2 });
  const sick = { docker: { image: { imageId: 'repo/foo:sick' } }, stageTimeoutMs: 20_000 };
  const other = { location: west, group: 'west', delayBeforeDisableSec: 600 };
  const done = await bench.run(
    buildPipeline([
      {
        ref: '1',
        type: 'deploy',
        context: { clusters: [describeCluster({ ...sick, rollback: { onFailure: true } })] },
      },
      { ref: '2', type: 'deploy', context: { clusters: [describeCluster(other)] } },
    ]),
  );
  expect([done.status, stageOf(done, '2').status]).toEqual(['TERMINAL', 'CANCELED']);
  for (const location of [east, west])
    expect(bench.serverGroups.sizes(location)).toEqual(['foo-dev-v000 ×2', 'foo-dev-v001 ×0']);
});

it('finds what a creation left behind whose answer never came', async () => {
  const bench = createStageBench();
  bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 2 });
  const create = bench.serverGroups.create.bind(bench.serverGroups);
  bench.serverGroups.create = async (...call) => {
    await create(...call);
    throw new CoxswainError('REQUEST_REFUSED', { message: 'A proxy answered in Marathon’s place.' });
  };
  const done = await bench.run(
    buildPipeline([
      { ref: '1', type: 'deploy', context: { clusters: [describeCluster({ rollback: { onFailure: true } })] } },
    ]),
  );
  expect(done.status).toBe('TERMINAL');
  expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×2', 'foo-dev-v001 ×0']);
});
