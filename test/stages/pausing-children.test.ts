import type { Execution } from '../../src/model/execution';
import { east } from '../dcos/builders';
import { applicationOf, childIn, childrenIn, parentOf, runs, startLocked } from '../support/child-kit';
import { driveUntil } from '../support/drive-until';
import { sendSignal } from '../support/send-signal';
import { createStageBench, describeCluster } from '../support/stage-kit';

const waiting = { ref: '1', type: 'wait', context: { waitTime: 60 } } as const;
const applications = () => {
  const [name, foo] = applicationOf('foo', { child: [waiting], between: [runs()] });
  const gently = {
    name: 'gently',
    strategy: true,
    stages: [
      { refId: '1', requisiteStageRefIds: [], type: 'deploy', name: 'Create', context: { strategy: 'none' } },
      { refId: '2', requisiteStageRefIds: ['1'], type: 'wait', name: 'Wait', context: { waitTime: 60 } },
      {
        refId: '3',
        requisiteStageRefIds: ['2'],
        type: 'disableCluster',
        name: 'Disable the old',
        context: {},
        leavesOpen: ['places', 'cluster'],
      },
    ],
  } as const;
  return new Map([[name, { ...foo, pipelines: new Map([...foo.pipelines, ['gently', gently]]) }]]);
};

async function started(main: Execution, holds: (children: readonly Execution[]) => boolean) {
  const bench = createStageBench(undefined, applications());
  bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 3, image: 'repo/foo:1.0' });
  await startLocked(bench, main);
  let children: readonly Execution[] = [];
  await driveUntil(bench, () => {
    void childrenIn(bench).then((found) => (children = found));
    return holds(children);
  });
  const statuses = async () => (await childrenIn(bench)).map(({ status }) => status);
  return { bench, statuses };
}
const isRunning = ({ status, stages }: Execution) =>
  status === 'RUNNING' && stages.some((stage) => stage.type === 'wait' && stage.status === 'RUNNING');

describe('a pause', () => {
  it('holds what a strategy pipeline does, until it ends', async () => {
    const cluster = describeCluster({ strategy: 'custom', strategyPipeline: 'gently', location: east });
    const deploys = parentOf([{ ref: '1', type: 'deploy', context: { clusters: [cluster] } }]);
    const { bench } = await started(deploys, (children) => children.some(isRunning));
    expect(await sendSignal(bench, { type: 'pause', user: 'U0BOB' })).toBe('');
    expect((await bench.drive('E1', 600_000)).status).toBe('PAUSED');
    const child = await childIn(bench);
    expect([child.status, child.paused?.by]).toEqual(['PAUSED', 'U0BOB']);
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×3', 'foo-dev-v001 ×2']);
    expect(await sendSignal(bench, { type: 'resume', user: 'U0BOB' })).toBe('');
    expect((await bench.drive('E1')).status).toBe('SUCCEEDED');
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×0', 'foo-dev-v001 ×2']);
  });

  it('holds children and theirs', async () => {
    const main = parentOf([runs({ pipeline: 'between' })]);
    const { bench, statuses } = await started(main, (children) => children.some(isRunning));
    expect(await sendSignal(bench, { type: 'pause', user: 'U0BOB' })).toBe('');
    await bench.drive('E1', 600_000);
    expect(await statuses()).toEqual(['PAUSED', 'PAUSED']);
    expect(await sendSignal(bench, { type: 'resume', user: 'U0BOB' })).toBe('');
    expect((await bench.drive('E1')).status).toBe('SUCCEEDED');
    expect(await statuses()).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  });

  it('that somebody has asked for of a child alone does not end with that of its parent', async () => {
    const { bench, statuses } = await started(parentOf([runs()]), (children) => children.some(isRunning));
    const child = await childIn(bench);
    expect(await sendSignal(bench, { type: 'pause', user: 'U0EVE' }, child.id)).toBe('');
    expect(await sendSignal(bench, { type: 'pause', user: 'U0BOB' })).toBe('');
    await bench.drive('E1', 60_000);
    expect(await sendSignal(bench, { type: 'resume', user: 'U0BOB' })).toBe('');
    await bench.drive('E1', 600_000);
    expect(await statuses()).toEqual(['PAUSED']);
    expect(await sendSignal(bench, { type: 'resume', user: 'U0EVE' }, child.id)).toBe('');
    expect((await bench.drive('E1')).status).toBe('SUCCEEDED');
  });

  it('leaves alone a child for which nobody waits', async () => {
    const main = parentOf([runs({ waitForCompletion: false }), { ref: '2', type: 'wait', context: { waitTime: 600 } }]);
    const { bench, statuses } = await started(main, (children) => children.some(isRunning));
    expect(await sendSignal(bench, { type: 'pause', user: 'U0BOB' })).toBe('');
    await bench.drive('E1', 300_000);
    expect(await statuses()).toEqual(['SUCCEEDED']);
  });
});
