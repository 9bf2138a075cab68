import type { StageContext } from '../../src/model/execution';
import { east } from '../dcos/builders';
import { buildPipeline, stageOf } from '../support/engine-kit';
import { sendSignal } from '../support/send-signal';
import { createStageBench } from '../support/stage-kit';

const place = { location: east, cluster: 'foo-dev' };
const named = { ...place, serverGroupName: 'foo-dev-v000' };

/** `foo-dev-v000`, which a deployment of somebody else holds for 20 s, beside `foo-dev-v001`; then the stage waits. */
async function held(type: string, context: StageContext) {
  const bench = createStageBench();
  const { serverGroups } = bench;
  serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 2 });
  serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 2 });
  serverGroups.lock(east, 'foo-dev-v000', 'somebody');
  await bench.run(buildPipeline([{ ref: '1', type, context }]), 20_000);
  const unlock = () => serverGroups.lock(east, 'foo-dev-v000', undefined);
  return { bench, serverGroups, unlock };
}

describe('the traffic guard', () => {
  const stages = [
    ['disableServerGroup', named],
    ['resizeServerGroup', { ...named, capacity: { desired: 0 } }],
    ['destroyServerGroup', { ...named, skipDisableBeforeDestroy: true }],
    ['terminateInstanceAndDecrementServerGroup', { location: east, instanceIds: ['foo-dev-v000.0', 'foo-dev-v000.1'] }],
  ] as const;

  it.each(stages)('is asked again before %s acts, where it had to wait for a lock', async (type, context) => {
    const { bench, serverGroups, unlock } = await held(type, context);
    serverGroups.sickNames.add('foo-dev-v001');
    unlock();
    const done = await bench.drive('E1');
    expect(stageOf(done, '1').failure).toMatchObject({ code: 'TRAFFIC_GUARD' });
    expect(serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×2', 'foo-dev-v001 ×2']);
  });

  it('is asked again after a pause', async () => {
    const { bench, serverGroups, unlock } = await held('disableServerGroup', named);
    await sendSignal(bench, { type: 'pause', user: 'UANN' });
    serverGroups.sickNames.add('foo-dev-v001');
    unlock();
    await bench.clock.advance(3_600_000);
    await sendSignal(bench, { type: 'resume', user: 'UANN' });
    const done = await bench.drive('E1');
    expect(stageOf(done, '1').failure).toMatchObject({ code: 'TRAFFIC_GUARD' });
  });

  it.each(stages)('lets %s act once the others serve again', async (type, context) => {
    const { bench, serverGroups, unlock } = await held(type, context);
    serverGroups.sickNames.add('foo-dev-v001');
    unlock();
    await bench.drive('E1', 10_000);
    serverGroups.sickNames.clear();
    expect((await bench.drive('E1')).status).toBe('SUCCEEDED');
    expect(serverGroups.sizes(east)).not.toContain('foo-dev-v000 ×2');
  });
});

it('lets two stages that kill instances not empty the last group together', async () => {
  const bench = createStageBench();
  bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 4 });
  await bench.serverGroups.get(east, 'foo-dev-v000');
  const kill = (...numbers: readonly number[]) => ({
    location: east,
    instanceIds: numbers.map((number) => `foo-dev-v000.${number}`),
  });
  const type = 'terminateInstanceAndDecrementServerGroup';
  const done = await bench.run(
    buildPipeline([
      { ref: '1', type, context: kill(0, 1) },
      { ref: '2', type, context: kill(2, 3) },
    ]),
  );
  expect(done.stages.flatMap(({ failure }) => failure?.code ?? [])).toEqual(['TRAFFIC_GUARD']);
  expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×2']);
});
