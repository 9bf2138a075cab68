import fc from 'fast-check';
import { planRestart } from '../../../src/emulators/dcos/restart-plan';
import { createBench } from './bench';

type Row = readonly [n: number, health: number, over: number, minHealthy: number, maxCapacity: number, killNow: number];

const rows: readonly Row[] = [
  [4, 1, 1, 4, 8, 0],
  [4, 0, 0, 0, 4, 4],
  [4, 0.5, 0, 2, 4, 2],
  [4, 1, 0, 4, 5, 0],
  [3, 0.5, 0.5, 2, 4, 1],
  [1, 1, 0, 1, 2, 0],
  [1, 0.5, 0, 1, 2, 0],
];

describe('planRestart', () => {
  it.each(rows)(
    '%i instances with (%d, %d) keep %i, allow %i and kill %i',
    (n, health, over, minHealthy, maxCapacity, killNow) => {
      const input = { instances: n, minimumHealthCapacity: health, maximumOverCapacity: over, isResident: false };
      expect(planRestart({ ...input, healthyOld: n, current: n })).toEqual({ minHealthy, maxCapacity, killNow });
    },
  );

  it('lets a resident app kill one instead of going one over', () => {
    const input = { instances: 2, minimumHealthCapacity: 1, maximumOverCapacity: 0, isResident: true };
    expect(planRestart({ ...input, healthyOld: 2, current: 2 })).toEqual({ minHealthy: 2, maxCapacity: 2, killNow: 1 });
  });

  it('kills at least what a smaller count makes surplus', () => {
    const input = { instances: 2, minimumHealthCapacity: 1, maximumOverCapacity: 1, isResident: false };
    expect(planRestart({ ...input, healthyOld: 5, current: 5 }).killNow).toBe(3);
  });
});

describe('a rolling restart', () => {
  it('never falls below the minimum nor rises above the maximum, and ends with new tasks only', () => {
    const fraction = fc.integer({ min: 0, max: 4 }).map((quarter) => quarter / 4);
    const sizes = fc.integer({ min: 1, max: 6 });
    fc.assert(
      fc.property(sizes, sizes, fraction, fraction, fc.boolean(), (before, after, health, over, hasCheck) => {
        const { core, call, clock, app } = createBench();
        const upgradeStrategy = { minimumHealthCapacity: health, maximumOverCapacity: over };
        const healthChecks = hasCheck ? [{ path: '/' }] : [];
        core.seed({ id: '/p', cmd: 'a', cpus: 0.1, mem: 1, instances: before, upgradeStrategy, healthChecks });
        const { deploymentId } = call('PUT', '/v2/apps/p', { cmd: 'b', instances: after }).body;
        const limits = planRestart({
          ...{ instances: after, ...upgradeStrategy, isResident: false, healthyOld: before, current: before },
        });
        const isRunning = () => call('GET', '/v2/deployments').body.length > 0;
        for (let looks = 0; isRunning() && looks < 2000; looks += 1) {
          const seen = app('/p');
          const healthy = hasCheck
            ? seen.tasks.filter(
                ({ state, healthCheckResults }) => state === 'TASK_RUNNING' && healthCheckResults.length > 0,
              )
            : seen.tasks.filter(({ state }) => state === 'TASK_RUNNING');
          expect(healthy.length).toBeGreaterThanOrEqual(Math.min(before, limits.minHealthy));
          expect(seen.tasks.length).toBeLessThanOrEqual(Math.max(before, limits.maxCapacity));
          clock.advance(50);
        }
        expect(deploymentId).toMatch(/^[0-9a-f-]{36}$/);
        expect(isRunning()).toBe(false);
        const end = app('/p');
        expect(end.tasks.map(({ version }) => version)).toEqual(Array(after).fill(end.version));
      }),
      { numRuns: 60 },
    );
  });

  it('kills all first with (0, 0) and starts all first with (1, 1)', () => {
    const look = (health: number, over: number) => {
      const { core, call, clock, app } = createBench();
      const upgradeStrategy = { minimumHealthCapacity: health, maximumOverCapacity: over };
      core.seed({ id: '/p', cmd: 'a', cpus: 0.1, instances: 3, upgradeStrategy });
      call('POST', '/v2/apps/p/restart');
      const first = app('/p')
        .tasks.map(({ state }) => state)
        .sort();
      clock.advance(10_000);
      return { first, end: app('/p').tasks.length };
    };
    expect(look(0, 0)).toEqual({ first: Array(3).fill('TASK_KILLING'), end: 3 });
    const staging = Array<string>(3).fill('TASK_STAGING');
    expect(look(1, 1)).toEqual({ first: [...Array<string>(3).fill('TASK_RUNNING'), ...staging], end: 3 });
  });

  it('does not go on while the new tasks stay unready', () => {
    const { core, call, clock, app } = createBench();
    const readinessChecks = [{ portName: 'http-api' }];
    const portDefinitions = [{ port: 0, name: 'http-api' }];
    const labels = { EMULATOR_READY_MS: '60000' };
    core.seed({ id: '/p', cmd: 'a', cpus: 0.1, instances: 2, readinessChecks, portDefinitions });
    call('PUT', '/v2/apps/p', { cmd: 'b', labels });
    clock.advance(10_000);
    expect(app('/p').tasksRunning).toBe(4);
    const deployments = call('GET', '/v2/deployments').body as unknown as Record<string, object[]>[];
    const result = { name: 'readinessCheck', ready: false };
    expect(deployments[0]?.currentActions?.[0]).toMatchObject({
      action: 'RestartApplication',
      readinessCheckResults: [result, result],
    });
    clock.advance(60_000);
    expect(app('/p').tasksRunning).toBe(2);
  });
});
