import { lockCluster } from '../../src/engine/cluster-lock';
import { east } from '../dcos/builders';
import { createCommandBench, wordsOf } from '../support/command-kit';
import { west } from '../support/stage-kit';

async function deploying() {
  const bench = await createCommandBench();
  for (const location of [east, west])
    bench.serverGroups.seed({ location, name: 'foo-prod-v001', desired: 2, image: 'repo/foo:1.1' });
  const id = (await bench.press(await bench.say('deploy foo prod sick'), 'confirm')).executionId ?? '';
  await bench.drive(id, 20_000);
  return { bench, id };
}

describe('canceling from a message', () => {
  it('is for those who may deploy', async () => {
    const { bench, id } = await deploying();
    expect(wordsOf((await bench.choose(id, 'cancelExecution', { user: 'UEVE' })).reply)).toContain(
      'You may not change',
    );
    expect((await bench.choose(id, 'cancelExecution')).quiet).toBe(true);
    expect((await bench.drive(id)).status).toBe('CANCELED');
    for (const location of [east, west])
      expect(bench.serverGroups.sizes(location)).toEqual(['foo-prod-v001 ×2', 'foo-prod-v002 ×0']);
  });

  it('holds the cluster until everything is back', async () => {
    const { bench, id } = await deploying();
    await bench.choose(id, 'cancelExecution');
    expect(wordsOf((await bench.say('deploy foo prod 2.0')).reply)).toContain('This waits for it');
    expect(wordsOf((await bench.say('rollback foo prod')).reply)).toContain('is on its way back already');
    expect(await lockCluster(bench.store, 'foo-prod', { executionId: 'other' })).toMatchObject({ executionId: id });
    await bench.drive(id);
    expect(await lockCluster(bench.store, 'foo-prod', { executionId: 'other' })).toBeUndefined();
  });
});
