import { executionRenderer } from '../../src/app';
import type { ServerGroupDescription } from '../../src/model/description';
import type { Execution, StageContext } from '../../src/model/execution';
import { plainText } from '../../src/model/text';
import { east } from '../dcos/builders';
import { driveUntil } from '../support/drive-until';
import { buildPipeline, stageOf } from '../support/engine-kit';
import { sendSignal } from '../support/send-signal';
import { crashEverywhere } from '../support/stage-crashes';
import { createStageBench, describeCluster, west } from '../support/stage-kit';

type Bench = ReturnType<typeof createStageBench>;

const minute = 60_000;
const watching = (context: StageContext = {}, ...clusters: readonly Partial<ServerGroupDescription>[]) =>
  buildPipeline([
    { ref: '1', type: 'deploy', context: { clusters: (clusters.length > 0 ? clusters : [{}]).map(describeCluster) } },
    { ref: '2', type: 'verify', after: ['1'], context: { durationSec: 600, ...context } },
  ]);
const isWatching = ({ stages }: Execution) =>
  stages.some(
    ({ type, status, context }) => type === 'verify' && status === 'RUNNING' && context.watched !== undefined,
  );

async function watched(context: StageContext = {}, ...clusters: readonly Partial<ServerGroupDescription>[]) {
  const bench = createStageBench();
  for (const location of [east, west]) bench.serverGroups.seed({ location, name: 'foo-dev-v000', desired: 2 });
  await bench.start(watching(context, ...clusters));
  await driveUntil(bench, isWatching);
  return bench;
}

/** One instance of the new group dies, and another comes up in its place. */
async function loseOne(bench: Bench) {
  await bench.clock.advance(minute);
  const group = await bench.serverGroups.get(east, 'foo-dev-v001');
  await bench.serverGroups.terminate(east, [group?.instances[0]?.id ?? ''], { decrement: false });
}

const failureOf = (execution: Execution) => stageOf(execution, '2').failure;

describe('watching what was deployed', () => {
  it('ends well after its time, when all stayed healthy and none was replaced', async () => {
    const bench = await watched();
    const running = await bench.drive('E1', 5 * minute);
    expect(plainText(executionRenderer.live(running).steps?.at(-1)?.detail ?? '')).toContain(
      '2/2 healthy, watched until',
    );
    const done = await bench.drive('E1');
    expect(done.status).toBe('SUCCEEDED');
    const { startTime = 0, endTime = 0, outputs } = stageOf(done, '2');
    expect(endTime - startTime).toBeGreaterThanOrEqual(10 * minute);
    expect(endTime - startTime).toBeLessThan(10 * minute + 2000);
    expect(outputs.verifiedServerGroups).toEqual(['foo-dev-v001']);
  });

  it('fails when instances are unhealthy for longer than tolerated, with the numbers', async () => {
    const bench = await watched();
    await bench.drive('E1', minute);
    bench.serverGroups.sickNames.add('foo-dev-v001');
    const done = await bench.drive('E1');
    expect(failureOf(done)).toMatchObject({ code: 'VERIFICATION_FAILED' });
    expect(failureOf(done)?.message).toMatch(/foo-dev-v001 in nonprod\/east had 0 of 2 instances healthy for 3\d s/);
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×0', 'foo-dev-v001 ×2']);
  });

  it.each([
    [30, 'SUCCEEDED'],
    [0, 'TERMINAL'],
  ])('tolerates a short illness with a tolerance of %i s: %s', async (toleranceSec, status) => {
    const bench = await watched({ toleranceSec });
    bench.serverGroups.sickNames.add('foo-dev-v001');
    await bench.drive('E1', 15_000);
    bench.serverGroups.sickNames.delete('foo-dev-v001');
    expect((await bench.drive('E1')).status).toBe(status);
  });

  it('does not end with an illness that began shortly before its end', async () => {
    const bench = await watched();
    await bench.drive('E1', 590_000);
    bench.serverGroups.sickNames.add('foo-dev-v001');
    const done = await bench.drive('E1');
    expect(failureOf(done)?.code).toBe('VERIFICATION_FAILED');
  });

  it.each([
    [['healthy', 'noRestarts'], 'TERMINAL'],
    [['noRestarts'], 'TERMINAL'],
    [['healthy'], 'SUCCEEDED'],
  ])('checks %j where an instance is replaced: %s', async (checks, status) => {
    const bench = await watched({ checks });
    await loseOne(bench);
    const done = await bench.drive('E1');
    expect(done.status).toBe(status);
    if (status === 'TERMINAL') expect(failureOf(done)?.message).toContain('foo-dev-v001 in nonprod/east lost 1 of 2');
  });

  it('takes no change of size for a loss, unless nothing is left', async () => {
    const bench = await watched();
    const resize = (size: number) => bench.serverGroups.resize(east, 'foo-dev-v001', size, { force: false });
    await resize(4);
    await bench.drive('E1', minute);
    await resize(1);
    expect(isWatching(await bench.drive('E1', minute))).toBe(true);
    await resize(0);
    expect(failureOf(await bench.drive('E1'))?.message).toContain('was taken out of service');
  });

  it('fails when the group is gone', async () => {
    const bench = await watched();
    bench.serverGroups.remove(east, 'foo-dev-v001');
    expect(failureOf(await bench.drive('E1'))?.message).toContain('foo-dev-v001 in nonprod/east is gone');
  });

  it('watches all places, or those that it names', async () => {
    const inWest = { location: west, group: 'west', region: 'np1_west' };
    const both = await watched({}, {}, inWest);
    const done = await both.drive('E1');
    expect(stageOf(done, '2').outputs.verifiedServerGroups).toEqual(['foo-dev-v001', 'foo-dev-v001']);
    const one = await watched({ regions: ['nonprod/west'] }, {}, inWest);
    const only = await one.drive('E1');
    expect(stageOf(only, '2').outputs.verifiedServerGroups).toEqual(['foo-dev-v001']);
  });

  it('fails where nothing was deployed before it', async () => {
    const bench = createStageBench();
    const done = await bench.run(buildPipeline([{ ref: '1', type: 'verify', context: { durationSec: 60 } }]));
    expect(stageOf(done, '1').failure).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('brings back everything where it is told to', async () => {
    const bench = await watched({ rollback: { onFailure: true } });
    bench.serverGroups.sickNames.add('foo-dev-v001');
    const done = await bench.drive('E1');
    expect(done.status).toBe('TERMINAL');
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×2', 'foo-dev-v001 ×0']);
  });

  it('does not count a pause', async () => {
    const bench = await watched();
    const startedAt = bench.clock.now();
    await sendSignal(bench, { type: 'pause', user: 'UANN' });
    await bench.clock.advance(20 * minute);
    await sendSignal(bench, { type: 'resume', user: 'UANN' });
    await bench.drive('E1');
    expect(bench.clock.now() - startedAt).toBeGreaterThan(29 * minute);
  });

  it('goes on watching after a time in which DC/OS could not be seen', async () => {
    const bench = await watched();
    for (let turn = 0; turn < 20; turn += 1) bench.serverGroups.fail('look', 'UNREACHABLE');
    expect((await bench.drive('E1')).status).toBe('SUCCEEDED');
  });

  it('ends with the time that it is given, where that is shorter', async () => {
    const bench = await watched({ stageTimeoutMs: minute });
    expect(failureOf(await bench.drive('E1'))?.code).toBe('TASK_TIMEOUT');
  });

  it('ends at once when it is canceled, and what it watched goes back', async () => {
    const bench = await watched();
    await sendSignal(bench, { type: 'cancel', user: 'UANN' });
    const done = await bench.drive('E1', 2 * minute);
    expect([done.status, stageOf(done, '2').status]).toEqual(['CANCELED', 'CANCELED']);
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×2', 'foo-dev-v001 ×0']);
  });

  it('begins anew when it is retried', async () => {
    const bench = await watched();
    await loseOne(bench);
    expect((await bench.drive('E1')).status).toBe('TERMINAL');
    const again = bench.clock.now();
    expect(await sendSignal(bench, { type: 'retryStage', stageId: '2', user: 'UANN' })).toBe('');
    expect((await bench.drive('E1')).status).toBe('SUCCEEDED');
    expect(bench.clock.now() - again).toBeGreaterThanOrEqual(10 * minute);
  });

  it('ends the same wherever the process stops', async () => {
    const serverGroups = [{ location: east, serverGroupName: 'foo-dev-v000' }];
    const { differing, points } = await crashEverywhere({
      seed: (bench) => bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 2 }),
      execution: () => buildPipeline([{ ref: '1', type: 'verify', context: { durationSec: 60, serverGroups } }]),
      end: (done, bench) => [done.status, stageOf(done, '1').outputs, bench.serverGroups.effects],
    });
    expect(points).toBeGreaterThan(3);
    expect(differing).toEqual([]);
  });
});
