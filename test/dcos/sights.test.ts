import { createManualClock } from '../support/manual-clock';
import { createEmulatedCluster } from '../support/emulated-cluster';
import { createServerGroups } from '../../src/dcos/marathon-server-groups';
import { createSights } from '../../src/dcos/sights';
import { CoxswainError } from '../../src/model/errors';
import { east } from './builders';

const far = { ...east, account: 'nonprod', region: 'far', dcosCluster: 'np2' };

/** Two clusters, of which the second can be taken away. */
function bench(known?: ReadonlyMap<string, number>) {
  const clock = createManualClock(Date.UTC(2026, 0, 5, 14, 3));
  const np1 = createEmulatedCluster('np1', clock);
  const np2 = createEmulatedCluster('np2', clock);
  const changes: [string, number | undefined][] = [];
  const groups = createServerGroups({
    clusters: new Map([
      ['np1', np1.client],
      ['np2', np2.client],
    ]),
    clock,
    sights: createSights({
      clock,
      ...(known === undefined ? {} : { known }),
      onChange: (dcosCluster, since) => changes.push([dcosCluster, since]),
    }),
  });
  return { clock, np2, changes, groups };
}

describe('a cluster that does not answer', () => {
  it('is told with the time it was lost, and takes no other cluster with it', async () => {
    const it = bench();
    it.np2.setDown(true);
    const lostAt = it.clock.now();
    await expect(it.groups.list(far, 'foo-dev')).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: expect.stringMatching(
        /^I cannot see nonprod\/far since 14:03 UTC; nothing there changes until I can\./,
      ) as unknown,
      fields: { blindSince: lostAt },
    });
    await it.clock.advance(3_600_000);
    await expect(it.groups.look(far)).rejects.toMatchObject({ fields: { blindSince: lostAt } });
    await expect(it.groups.get(far, 'foo-dev-v001')).rejects.toMatchObject({ fields: { blindSince: lostAt } });
    expect(await it.groups.list(east, 'foo-dev')).toEqual([]);
    expect(it.changes).toEqual([['np2', lostAt]]);
  });

  it('keeps nobody waiting who did not say how long, and counts as lost only once the request failed', async () => {
    const it = bench();
    it.np2.hang();
    const look = it.groups.look(far).catch((error: unknown) => error);
    await it.clock.advance(6000);
    expect(await look).toMatchObject({
      code: 'TIMED_OUT',
      message: "DC/OS cluster 'np2' has not listed its apps within 6 s. Ask again in a moment.",
    });
    expect(it.changes).toEqual([]);
  });

  it('is forgotten once it is seen again', async () => {
    const it = bench();
    it.np2.setDown(true);
    await expect(it.groups.list(far, 'foo-dev')).rejects.toThrow();
    it.np2.setDown(false);
    expect(await it.groups.list(far, 'foo-dev')).toEqual([]);
    expect(it.changes).toEqual([
      ['np2', it.clock.now()],
      ['np2', undefined],
    ]);
  });

  it('keeps the time over a restart', async () => {
    const it = bench(new Map([['np2', 7]]));
    it.np2.setDown(true);
    await expect(it.groups.look(far)).rejects.toMatchObject({ fields: { blindSince: 7 } });
    expect(it.changes).toEqual([]);
  });

  it('is not seen by a look at what was known before', async () => {
    const it = bench();
    await it.groups.look(far);
    it.np2.setDown(true);
    const lostAt = it.clock.now() + 1000;
    for (let round = 0; round < 3; round += 1) {
      await it.clock.advance(1000);
      await expect(it.groups.list(far, 'foo-dev')).rejects.toMatchObject({ fields: { blindSince: lostAt } });
      expect((await it.groups.look(far)).at).toBeLessThan(lostAt);
    }
    expect(it.changes).toEqual([['np2', lostAt]]);
  });

  it('is lost and seen by what is read for all', async () => {
    const it = bench();
    it.np2.setDown(true);
    await expect(it.groups.look(far)).rejects.toThrow('since 14:03 UTC');
    it.np2.setDown(false);
    await it.clock.advance(3000);
    await it.groups.look(far);
    expect(it.changes.map(([, since]) => since)).toEqual([it.clock.now() - 3000, undefined]);
  });

  it('is not lost by a look that gave up waiting, or that was refused', async () => {
    const it = bench();
    const over = new CoxswainError('TIMED_OUT', { message: 'The step is over.' });
    await expect(it.groups.look(far, AbortSignal.abort(over))).rejects.toBe(over);
    it.np2.core.setFault({ kind: 'http', method: 'GET', path: '/v2/apps', status: 403 });
    await expect(it.groups.look(far)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(it.changes).toEqual([]);
  });

  it('is not lost by an answer that says no', async () => {
    const it = bench();
    expect(await it.groups.get(far, 'foo-dev-v001')).toBeUndefined();
    expect(it.changes).toEqual([]);
  });
});
