import { createBench } from './bench';

const app = { id: '/web', cmd: 'serve', cpus: 0.1, mem: 32, instances: 1 };

/** What the tests look at of a task's health. */
const healthOf = (bench: ReturnType<typeof createBench>) => {
  const { tasks, lastTaskFailure } = bench.app('/web');
  return { results: tasks[0]?.healthCheckResults, lastTaskFailure };
};

describe('several health checks', () => {
  it('are shown with a result each', () => {
    const bench = createBench();
    bench.call('POST', '/v2/apps', { ...app, healthChecks: [{ path: '/a' }, { path: '/b' }] });
    bench.clock.advance(1000);
    expect(bench.app('/web')).toMatchObject({ tasksHealthy: 1 });
    expect(healthOf(bench).results).toMatchObject([
      { alive: true, consecutiveFailures: 0 },
      { alive: true, consecutiveFailures: 0 },
    ]);
  });

  it('count their failures each up to their own limit', () => {
    const bench = createBench();
    const healthChecks = [
      { path: '/patient', maxConsecutiveFailures: 9 },
      { path: '/strict', maxConsecutiveFailures: 2 },
    ];
    bench.call('POST', '/v2/apps', { ...app, labels: { EMULATOR_UNHEALTHY: 'true' }, healthChecks });
    bench.clock.advance(700);
    expect(healthOf(bench)).toMatchObject({
      results: [{ consecutiveFailures: 1 }, { consecutiveFailures: 1 }],
      lastTaskFailure: undefined,
    });
    bench.clock.advance(1000);
    expect(healthOf(bench).lastTaskFailure?.message).toContain('health check failed');
    const failed = bench.events.filter(({ eventType }) => eventType === 'failed_health_check_event');
    expect(failed.map(({ healthCheck }) => (healthCheck as { path: string }).path)).toEqual([
      '/patient',
      '/strict',
      '/patient',
      '/strict',
    ]);
  });

  it('have passed, all of them, in a seeded app', () => {
    const bench = createBench();
    bench.core.seed({ ...app, healthChecks: [{ path: '/a' }, { path: '/b' }] });
    expect(bench.app('/web')).toMatchObject({ tasksHealthy: 1 });
    expect(healthOf(bench).results).toMatchObject([{ alive: true }, { alive: true }]);
  });
});
