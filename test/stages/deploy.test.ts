import { CoxswainError } from '../../src/model/errors';
import type { ServerGroupDescription } from '../../src/model/description';
import type { StageContext } from '../../src/model/execution';
import { keyLabel } from '../../src/dcos/server-groups';
import { east } from '../dcos/builders';
import { buildPipeline, stageOf, statuses } from '../support/engine-kit';
import { createStageBench, describeCluster, west } from '../support/stage-kit';

const deployOf = (...clusters: readonly Partial<ServerGroupDescription>[]) =>
  buildPipeline([{ ref: '1', type: 'deploy', context: { clusters: clusters.map(describeCluster) } }]);

const sick = { docker: { image: { imageId: 'repo/foo:sick' } }, stageTimeoutMs: 60_000 };

describe('what stages before a deploy put out', () => {
  const variables = [
    { key: 'env', value: { EVIL: '1' } },
    { key: 'labels', value: { evil: '1' } },
    { key: 'desiredCapacity', value: 9 },
    { key: 'forceDeployment', value: true },
  ];
  const after = (type: string, context: StageContext) =>
    buildPipeline([
      { ref: '1', type: 'evaluateVariables', context: { variables } },
      { ref: '2', type, after: ['1'], context },
    ]);

  it('is no part of the app', async () => {
    const bench = createStageBench();
    const created: ServerGroupDescription[] = [];
    const create = bench.serverGroups.create.bind(bench.serverGroups);
    bench.serverGroups.create = (description, ...others) => {
      created.push(description);
      return create(description, ...others);
    };
    const done = await bench.run(after('deploy', { clusters: [describeCluster()] }));
    expect(done.status).toBe('SUCCEEDED');
    expect(created.map(({ desiredCapacity, location }) => [desiredCapacity, location])).toEqual([[2, east]]);
    const keys = created.flatMap((description) => Object.keys(description));
    expect(keys.filter((key) => ['env', 'labels', 'forceDeployment'].includes(key))).toEqual([]);
  });

  it.each(['disableServerGroup', 'destroyServerGroup'])('forces no lock for %s', async (type) => {
    const bench = createStageBench();
    for (const name of ['foo-dev-v000', 'foo-dev-v001']) bench.serverGroups.seed({ location: east, name, desired: 2 });
    bench.serverGroups.lock(east, 'foo-dev-v000', 'somebody');
    const own = { location: east, cluster: 'foo-dev', serverGroupName: 'foo-dev-v000', skipDisableBeforeDestroy: true };
    await bench.run(after(type, own), 60_000);
    expect(bench.serverGroups.effects).toEqual([]);
  });
});

describe('deploy', () => {
  it('adds a group beside the others with strategy none', async () => {
    const bench = createStageBench();
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 2 });
    const done = await bench.run(deployOf({ strategy: 'none' }));
    expect(done.status).toBe('SUCCEEDED');
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×2', 'foo-dev-v001 ×2']);
  });

  it('destroys all others with highlander, once all are out of service', async () => {
    const bench = createStageBench();
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 2 });
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 1 });
    const done = await bench.run(deployOf({ strategy: 'highlander' }));
    expect(done.status).toBe('SUCCEEDED');
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v002 ×2']);
    expect(bench.serverGroups.effects).toEqual([
      'create nonprod/east/foo-dev-v002',
      'resize nonprod/east/foo-dev-v001 1→0',
      'resize nonprod/east/foo-dev-v000 2→0',
      'destroy nonprod/east/foo-dev-v001',
      'destroy nonprod/east/foo-dev-v000',
    ]);
  });

  it('keeps the old disabled with red/black and destroys the surplus last', async () => {
    const bench = createStageBench();
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 0 });
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 2 });
    const done = await bench.run(deployOf({ delayBeforeDisableSec: 60 }));
    expect(done.status).toBe('SUCCEEDED');
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v001 ×0', 'foo-dev-v002 ×2']);
    expect(bench.serverGroups.effects.at(-1)).toBe('destroy nonprod/east/foo-dev-v000');
    expect((done.endTime ?? 0) - done.buildTime).toBeGreaterThan(60_000);
  });

  it('leaves the old untouched and disables the new when it does not come up', async () => {
    const bench = createStageBench();
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 2 });
    const done = await bench.run(deployOf({ ...sick, rollback: { onFailure: true } }));
    expect(done.status).toBe('TERMINAL');
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×2', 'foo-dev-v001 ×0']);
    expect(bench.serverGroups.effects.filter((effect) => effect.includes('v000'))).toEqual([]);
    expect(stageOf(done, '1').failure?.message).toContain('last failure: TASK_FAILED: no health');
  });

  describe('whose account lost the permission to read while it waits', () => {
    /** Lists leave everything out and the group itself is refused, from then until `untilMs` after the creation. */
    function loseRead(bench: ReturnType<typeof createStageBench>, untilMs: number, refusal?: 'FORBIDDEN') {
      const { serverGroups, clock } = bench;
      const look = serverGroups.look.bind(serverGroups);
      const get = serverGroups.get.bind(serverGroups);
      let createdAt = Number.POSITIVE_INFINITY;
      serverGroups.onEffect = () => (createdAt = Math.min(createdAt, clock.now()));
      const isLost = () => clock.now() > createdAt && clock.now() < createdAt + untilMs;
      const nothing = createStageBench().serverGroups;
      serverGroups.look = (...call) => (isLost() ? nothing : { look }).look(...call);
      serverGroups.get = (...call) => {
        if (!isLost() || refusal === undefined) return get(...call);
        return Promise.reject(new CoxswainError(refusal, { message: 'Our account may not do this.' }));
      };
    }

    it.each(['FORBIDDEN', undefined] as const)('goes on once it may again, refused with %s', async (refusal) => {
      const bench = createStageBench();
      bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 2 });
      loseRead(bench, 30_000, refusal);
      const done = await bench.run(deployOf({}));
      expect(done.status).toBe('SUCCEEDED');
      expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×0', 'foo-dev-v001 ×2']);
    });

    it('ends when its time is over, with words that name the permission', async () => {
      const bench = createStageBench();
      loseRead(bench, 60_000, 'FORBIDDEN');
      const done = await bench.run(deployOf({ stageTimeoutMs: 40_000 }));
      expect(done.status).toBe('TERMINAL');
      expect(stageOf(done, '1').failure?.message).toContain(
        'our account lacks the permission to read what runs in nonprod/east',
      );
    });
  });

  it('fails when the group that it waits for is gone', async () => {
    const bench = createStageBench();
    const look = bench.serverGroups.look.bind(bench.serverGroups);
    bench.serverGroups.look = (...call) => {
      bench.serverGroups.remove(east, 'foo-dev-v000');
      return look(...call);
    };
    const done = await bench.run(deployOf({}));
    expect(done.status).toBe('TERMINAL');
    expect(stageOf(done, '1').failure?.message).toContain('foo-dev-v000 vanished while it was awaited');
  });

  it('restores the old when a later step fails after it lost its traffic', async () => {
    const bench = createStageBench();
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 0 });
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 3 });
    bench.serverGroups.fail('destroy', 'FORBIDDEN');
    const done = await bench.run(deployOf({ rollback: { onFailure: true } }));
    expect(done.status).toBe('TERMINAL');
    expect(stageOf(done, '1').failure?.code).toBe('FORBIDDEN');
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×0', 'foo-dev-v001 ×3', 'foo-dev-v002 ×0']);
  });

  it('restores the old even when the stage that disabled it timed out', async () => {
    const bench = createStageBench();
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 3 });
    bench.serverGroups.fail('resize', 'FORBIDDEN', true);
    const done = await bench.run(deployOf({ rollback: { onFailure: true } }));
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×3', 'foo-dev-v001 ×0']);
    expect(done.status).toBe('TERMINAL');
  });

  it('works on two regions side by side; when one fails, the other goes back too where the team asked for that', async () => {
    const bench = createStageBench();
    for (const location of [east, west]) bench.serverGroups.seed({ location, name: 'foo-dev-v000', desired: 2 });
    const rollback = { onFailure: true };
    const done = await bench.run(deployOf({ rollback }, { ...sick, location: west, group: 'west', rollback }));
    expect(done.status).toBe('TERMINAL');
    expect([stageOf(done, '1<0').status, stageOf(done, '1<1').status]).toEqual(['SUCCEEDED', 'TERMINAL']);
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×2', 'foo-dev-v001 ×0']);
    expect(bench.serverGroups.sizes(west)).toEqual(['foo-dev-v000 ×2', 'foo-dev-v001 ×0']);
  });

  it('does not take a group of another region for its own', async () => {
    const bench = createStageBench();
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 2 });
    bench.serverGroups.seed({ location: west, name: 'foo-dev-v000', desired: 0 });
    bench.serverGroups.seed({ location: west, name: 'foo-dev-v001', desired: 2 });
    const done = await bench.run(deployOf({}, { location: west, group: 'west', region: 'np1_west' }));
    expect(done.status).toBe('SUCCEEDED');
    expect(bench.serverGroups.sizes(west)).toEqual(['foo-dev-v001 ×0', 'foo-dev-v002 ×2']);
  });
});

describe('creating', () => {
  it('takes the next name when another took the chosen one', async () => {
    const bench = createStageBench();
    const create = bench.serverGroups.create.bind(bench.serverGroups);
    let first = true;
    bench.serverGroups.create = (...call) => {
      if (first) bench.serverGroups.seed({ location: east, name: call[1], desired: 1, createdTime: bench.clock.now() });
      first = false;
      return create(...call);
    };
    const done = await bench.run(deployOf({ strategy: 'none' }));
    expect(done.status).toBe('SUCCEEDED');
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×1', 'foo-dev-v001 ×2']);
  });

  it.each(['TIMED_OUT', 'UNREACHABLE', 'SERVER_ERROR'] as const)(
    'adopts its app when the reply was lost (%s)',
    async (code) => {
      const bench = createStageBench();
      bench.serverGroups.fail('create', code, true);
      const done = await bench.run(deployOf({ strategy: 'none' }));
      expect(done.status).toBe('SUCCEEDED');
      expect(bench.serverGroups.effects).toEqual(['create nonprod/east/foo-dev-v000']);
      const group = await bench.serverGroups.get(east, 'foo-dev-v000');
      expect(group?.labels[keyLabel]).toBe('E1/1<0/1');
    },
  );

  it('gives up at once on an error that time does not heal', async () => {
    const bench = createStageBench();
    bench.serverGroups.fail('create', 'REQUEST_REFUSED');
    const done = await bench.run(deployOf({ strategy: 'none' }));
    expect(stageOf(done, '1').failure?.code).toBe('REQUEST_REFUSED');
    expect(bench.serverGroups.effects).toEqual([]);
  });

  it('fails when all 1000 names are taken', async () => {
    const bench = createStageBench();
    for (let sequence = 0; sequence < 1000; sequence += 1)
      bench.serverGroups.seed({ location: east, name: `foo-dev-v${String(sequence).padStart(3, '0')}`, desired: 0 });
    const done = await bench.run(deployOf({ strategy: 'none' }));
    expect(stageOf(done, '1').failure?.code).toBe('NO_FREE_NAME');
  });
});

it('waits for a Marathon lock, naming its holder, and forces where told to', async () => {
  const bench = createStageBench();
  bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 2 });
  bench.serverGroups.lock(east, 'foo-dev-v000', 'dep-17');
  const context = { location: east, cluster: 'foo-dev', serverGroupName: 'foo-dev-v000', capacity: { desired: 5 } };
  const steps = [{ ref: '1', type: 'resizeServerGroup', context }];
  const waiting = await bench.run(buildPipeline(steps), 60_000);
  expect(stageOf(waiting, '1').context.progress).toContain('dep-17');
  expect(bench.serverGroups.effects).toEqual([]);
  bench.serverGroups.lock(east, 'foo-dev-v000', undefined);
  expect((await bench.drive('E1')).status).toBe('SUCCEEDED');
  bench.serverGroups.lock(east, 'foo-dev-v000', 'dep-18');
  const forced = { ...context, capacity: { desired: 1 }, forceDeployment: true };
  const done = await bench.run(buildPipeline([{ ref: '1', type: 'resizeServerGroup', context: forced }], { id: 'E2' }));
  expect(statuses(done)).toEqual(['1 SUCCEEDED']);
  expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×1']);
  expect(new CoxswainError('MARATHON_LOCKED', { message: '' }).canRetry).toBe(true);
});
