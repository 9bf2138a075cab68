import { createBench, type SeenApp } from './bench';

/**
 * Every number below was worked out by hand from Marathon's rules, with n = instances wanted:
 * least = ceil(n × minimumHealthCapacity) instances stay healthy; at most = floor(n × (1 + maximumOverCapacity)) exist,
 * one more where that equals the least and is no more than the healthy old ones (else nothing could move). What is
 * healthy beyond the least is killed at once; then each new instance that is healthy kills an old one.
 */
type Row = readonly [n: number, health: number, over: number, least: number, most: number];

const plain: readonly Row[] = [
  [1, 1, 1, 1, 2],
  [1, 1, 0, 1, 2],
  [1, 0, 0, 0, 1],
  [1, 0, 1, 0, 2],
  [1, 0.5, 0, 1, 2],
  [1, 0.5, 0.5, 1, 2],
  [2, 1, 1, 2, 4],
  [2, 1, 0, 2, 3],
  [2, 0.5, 0, 1, 2],
  [2, 0.5, 0.5, 1, 3],
  [2, 0, 0, 0, 2],
  [2, 1, 0.5, 2, 3],
  [2, 1, 0.4, 2, 3],
  [2, 0.6, 0, 2, 3],
  [3, 1, 1, 3, 6],
  [3, 0.5, 0, 2, 3],
  [3, 0.5, 0.5, 2, 4],
  [3, 1, 0, 3, 4],
  [3, 0.3, 0, 1, 3],
  [3, 0.7, 0.4, 3, 4],
  [3, 0.67, 0.2, 3, 4],
  [3, 0, 0.5, 0, 4],
  [4, 1, 1, 4, 8],
  [4, 0.75, 0.25, 3, 5],
  [4, 0.5, 0, 2, 4],
  [4, 0.25, 0, 1, 4],
  [4, 1, 0.25, 4, 5],
  [4, 0.6, 0.6, 3, 6],
  [4, 0, 0, 0, 4],
  [5, 0.5, 0.2, 3, 6],
  [5, 0.8, 0, 4, 5],
  [5, 0.9, 0, 5, 6],
  [5, 1, 0.1, 5, 6],
  [5, 0.2, 0.8, 1, 9],
  [7, 0.5, 0.5, 4, 10],
  [7, 0.9, 0.1, 7, 8],
  [7, 0.25, 0, 2, 7],
  [10, 0.9, 0.1, 9, 11],
  [10, 0.5, 0, 5, 10],
  [10, 0.95, 0.05, 10, 11],
];

/** New instances never get healthy; the last two columns are the old ones kept and the new ones that wait in vain. */
const newOnesFail: readonly (readonly [...Row, kept: number, waiting: number])[] = [
  [1, 1, 1, 1, 2, 1, 1],
  [1, 0, 0, 0, 1, 0, 1],
  [1, 1, 0, 1, 2, 1, 1],
  [2, 0.5, 0, 1, 2, 1, 1],
  [2, 1, 1, 2, 4, 2, 2],
  [3, 0.5, 0.5, 2, 4, 2, 2],
  [3, 1, 0, 3, 4, 3, 1],
  [4, 0.5, 0, 2, 4, 2, 2],
  [4, 0.75, 0.25, 3, 5, 3, 2],
  [4, 0, 1, 0, 8, 0, 4],
  [4, 0.5, 0.5, 2, 6, 2, 4],
  [5, 0.8, 0, 4, 5, 4, 1],
  [10, 0.9, 0.1, 9, 11, 9, 2],
];

/**
 * One old instance has failed and waits for its relaunch, so n − 1 are healthy: that, if fewer than the rule's least, is
 * all that can be kept. The most is what really comes to exist: n − 1 old and the new that fit beside them.
 */
const oldOneFails: readonly Row[] = [
  [1, 1, 0, 0, 1],
  [1, 1, 1, 0, 1],
  [2, 1, 0, 1, 2],
  [2, 1, 1, 1, 3],
  [3, 0.5, 0, 2, 3],
  [4, 1, 0, 3, 4],
  [4, 0.5, 0, 2, 4],
  [4, 0.5, 0.5, 2, 6],
  [4, 0, 0, 0, 4],
  [5, 0.8, 0.2, 4, 6],
  [10, 0.9, 0.1, 9, 11],
];

/** A second change is forced so many milliseconds after the first. */
const forced: readonly (readonly [...Row, afterMs: number])[] = [
  [1, 1, 1, 1, 2, 450],
  [3, 1, 1, 3, 6, 450],
  [3, 1, 1, 3, 6, 750],
  [4, 0.5, 0, 2, 4, 100],
  [4, 0.5, 0, 2, 4, 950],
  [4, 1, 0, 4, 5, 800],
  [4, 0.75, 0.25, 3, 5, 1500],
  [5, 0.8, 0, 4, 5, 1000],
  [2, 0.5, 0.5, 1, 3, 500],
  [10, 0.9, 0.1, 9, 11, 2000],
  [4, 0, 0, 0, 4, 100],
];

const isHealthy = ({ state, healthCheckResults }: SeenApp['tasks'][number]) =>
  state === 'TASK_RUNNING' && (healthCheckResults[0] as { alive?: boolean } | undefined)?.alive === true;

function begin(n: number, minimumHealthCapacity: number, maximumOverCapacity: number) {
  const bench = createBench();
  const { core, call, clock, app } = bench;
  const upgradeStrategy = { minimumHealthCapacity, maximumOverCapacity };
  // A check that never kills lets unhealthy instances wait for ever.
  const healthChecks = [{ path: '/', maxConsecutiveFailures: 0 }];
  core.seed({
    id: '/p',
    cmd: 'one',
    cpus: 0.1,
    mem: 1,
    instances: n,
    upgradeStrategy,
    healthChecks,
    backoffSeconds: 600,
  });
  const seen = { least: Infinity, most: 0 };
  const look = () => {
    const { tasks } = app('/p');
    seen.least = Math.min(seen.least, tasks.filter(isHealthy).length);
    seen.most = Math.max(seen.most, tasks.length);
  };
  const isDeploying = () => call('GET', '/v2/deployments').body.length > 0;
  /** Looks after every 50 ms, until the deployment has ended or time is up. */
  const watch = (ms: number) => {
    look();
    for (const end = clock.now() + ms; clock.now() < end && isDeploying();) {
      clock.advance(50);
      look();
    }
  };
  return { ...bench, seen, watch, isDeploying };
}

const aWhile = 20_000;

describe('the arithmetic of an upgrade strategy, looked at at every step', () => {
  it('has at least 60 rows', () => {
    expect(plain.length + newOnesFail.length + oldOneFails.length + forced.length).toBeGreaterThanOrEqual(60);
  });

  it.each(plain)(
    '%i instances with (%d, %d): at least %i healthy, at most %i in all',
    (n, health, over, least, most) => {
      const { call, app, seen, watch, isDeploying } = begin(n, health, over);
      const { version } = call('PUT', '/v2/apps/p', { cmd: 'two' }).body;
      watch(aWhile);
      expect(seen).toEqual({ least, most });
      expect(isDeploying()).toBe(false);
      expect(app('/p').tasks.map((task) => task.version)).toEqual(Array(n).fill(version));
    },
  );

  it.each(newOnesFail)(
    '%i instances with (%d, %d) whose new ones fail: at least %i healthy, at most %i in all, %i old beside %i new',
    (n, health, over, least, most, kept, waiting) => {
      const { call, app, seen, watch, isDeploying } = begin(n, health, over);
      const { version } = call('PUT', '/v2/apps/p', { cmd: 'two', labels: { EMULATOR_UNHEALTHY: 'true' } }).body;
      watch(aWhile);
      expect(seen).toEqual({ least, most });
      expect(isDeploying()).toBe(true);
      const fresh = app('/p').tasks.filter((task) => task.version === version);
      expect([app('/p').tasks.length - fresh.length, fresh.length]).toEqual([kept, waiting]);
    },
  );

  it.each(oldOneFails)(
    '%i instances with (%d, %d) of which one has failed: at least %i healthy, at most %i in all',
    (n, health, over, least, most) => {
      const { core, call, app, seen, watch, isDeploying } = begin(n, health, over);
      core.failTasks([app('/p').tasks[0]?.id ?? '']);
      expect(app('/p').tasks).toHaveLength(n - 1);
      const { version } = call('PUT', '/v2/apps/p', { cmd: 'two' }).body;
      watch(aWhile);
      expect(seen).toEqual({ least, most });
      expect(isDeploying()).toBe(false);
      expect(app('/p').tasks.map((task) => task.version)).toEqual(Array(n).fill(version));
    },
  );

  it.each(forced)(
    '%i instances with (%d, %d): at least %i healthy, at most %i in all, with another change forced after %i ms',
    (n, health, over, least, most, afterMs) => {
      const { call, app, seen, watch, isDeploying } = begin(n, health, over);
      call('PUT', '/v2/apps/p', { cmd: 'two' });
      watch(afterMs);
      const { version } = call('PUT', '/v2/apps/p?force=true', { cmd: 'three' }).body;
      watch(aWhile);
      expect(seen).toEqual({ least, most });
      expect(isDeploying()).toBe(false);
      expect(app('/p').tasks.map((task) => task.version)).toEqual(Array(n).fill(version));
    },
  );

  it('goes no further where old instances without health fill all the room, as nothing allows a kill', () => {
    const { call, seen, watch, isDeploying } = begin(5, 0.8, 0);
    call('PUT', '/v2/apps/p', { cmd: 'two' });
    // By now 4 are healthy, the least, and a fifth of the abandoned configuration has just been launched.
    watch(1200);
    call('PUT', '/v2/apps/p?force=true', { cmd: 'three' });
    watch(aWhile);
    expect(isDeploying()).toBe(true);
    expect(seen).toEqual({ least: 4, most: 5 });
  });
});
