import { failureOf } from '../../src/engine/failure-of';
import { east } from '../dcos/builders';
import { parentOf } from '../support/child-kit';
import { createStageBench } from '../support/stage-kit';

/** Changes a server group that a Marathon deployment locks for so long, and notes in which second each try came. */
async function locked(type: string, minutes: number, context: Readonly<Record<string, unknown>> = {}) {
  const bench = createStageBench();
  const { serverGroups, clock } = bench;
  for (const name of ['foo-dev-v000', 'foo-dev-v001']) serverGroups.seed({ location: east, name, desired: 2 });
  serverGroups.lock(east, 'foo-dev-v000', 'dep-17');
  const began = clock.now();
  const tries: number[] = [];
  serverGroups.onEffect = (when) => {
    if (when === 'before') tries.push(Math.round((clock.now() - began) / 1000));
  };
  const place = { cluster: 'foo-dev', serverGroupName: 'foo-dev-v000', credentials: 'nonprod', location: east };
  await bench.start(parentOf([{ ref: '1', type, context: { ...place, ...context } }]));
  await bench.drive('E1', minutes * 60_000);
  const gaps = tries.slice(1).map((at, index) => at - (tries[index] ?? 0));
  const free = () => serverGroups.lock(east, 'foo-dev-v000', undefined);
  return { bench, tries, gaps, free };
}

describe('a step that a Marathon deployment keeps from its server group', () => {
  it.each(['disableServerGroup', 'destroyServerGroup'])(
    'tries ever more rarely, a minute apart at most: %s',
    async (type) => {
      const { gaps, tries, bench, free } = await locked(type, 20);
      expect(gaps[0]).toBeLessThanOrEqual(4);
      expect(gaps.every((gap, index) => gap >= (gaps[index - 1] ?? 0) && gap <= 61)).toBe(true);
      expect(gaps.at(-1)).toBeGreaterThanOrEqual(60);
      expect(tries.length).toBeLessThan(35);
      free();
      expect((await bench.drive('E1')).status).toBe('SUCCEEDED');
    },
  );

  it('fails at the end of its time, and says who has the lock', async () => {
    const { bench } = await locked('disableServerGroup', 60, { stageTimeoutMs: 600_000 });
    const done = await bench.drive('E1');
    expect(failureOf(done)?.code).toBe('TASK_TIMEOUT');
    expect(failureOf(done)?.message).toContain('Last seen: foo-dev-v000 is locked by deployment dep-17.');
  });
});
