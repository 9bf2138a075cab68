import { createTrafficGuard, guardTraffic, reservationKind } from '../../src/guards';
import { executionKind } from '../../src/engine/document-kinds';
import type { ServerGroup } from '../../src/model/server-group';
import { parseMoniker } from '../../src/model/moniker';
import { buildExecution, buildJudgment } from '../support/api-fixture';
import { createFakeServerGroups } from '../support/fake-server-groups';
import { createManualClock } from '../support/manual-clock';
import { createMemoryStore } from '../support/memory-store';
import { east } from '../dcos/builders';

const group = (name: string, serving: number, desired = serving): ServerGroup => ({
  name,
  moniker: parseMoniker(name) as ServerGroup['moniker'],
  location: east,
  createdTime: 0,
  desired,
  instances: Array.from({ length: serving }, (_, index) => ({ id: `${name}.${index}`, health: 'Up', serving: true })),
  image: undefined,
  marathonId: `/nonprod/east/${name}`,
  marathonVersion: '1',
  deployments: [],
  labels: {},
});

describe('guardTraffic', () => {
  const sick = (name: string, count: number): ServerGroup => {
    const { instances, ...rest } = group(name, count);
    return { ...rest, instances: instances.map((instance) => ({ ...instance, health: 'Down', serving: false })) };
  };

  it.each([
    ['the other is all sick', [group('a-v1', 2), sick('a-v2', 2)], ['a-v1'], [], false],
    ['all are sick', [sick('a-v1', 2), sick('a-v2', 2)], ['a-v1'], [], true],
    ['another serves', [group('a-v1', 2), group('a-v2', 2)], ['a-v1'], [], true],
    ['it is the last', [group('a-v1', 2), group('a-v2', 0)], ['a-v1'], [], false],
    ['nothing serves anyway', [group('a-v1', 0, 2)], ['a-v1'], [], true],
    ['what goes serves nothing', [group('a-v1', 2), group('a-v2', 0, 2)], ['a-v2'], [], true],
    ['the other is on its way out', [group('a-v1', 2), group('a-v2', 2)], ['a-v1'], ['a-v2'], false],
    ['the other only drains', [group('a-v1', 2), group('a-v2', 2, 0)], ['a-v1'], [], false],
    ['it reserved itself before', [group('a-v1', 2), group('a-v2', 2)], ['a-v1'], ['a-v1'], true],
    ['all go at once', [group('a-v1', 2), group('a-v2', 2)], ['a-v1', 'a-v2'], [], false],
    ['it is gone', [group('a-v2', 2)], ['a-v1'], [], true],
  ] as const)('%s', (_title, groups, going, reserved, allowed) => {
    const answer = guardTraffic({ operation: 'Disabling', cluster: 'a', place: 'p/e', groups, going, reserved });
    expect(answer.allowed).toBe(allowed);
  });

  it.each([
    ['enough is left', [group('a-v1', 6), group('a-v2', 3)], { keeping: 3, minimumServing: 6 }, true],
    ['one too few serves elsewhere', [group('a-v1', 6), group('a-v2', 2, 3)], { keeping: 3, minimumServing: 6 }, false],
    // Marathon may stop any three of the five that serve.
    ['one of its own is sick', [group('a-v1', 5, 6), group('a-v2', 3)], { keeping: 3, minimumServing: 6 }, false],
    ['it goes as a whole', [group('a-v1', 6), group('a-v2', 5, 6)], { minimumServing: 6 }, false],
    ['what goes serves nothing', [group('a-v1', 0, 6), group('a-v2', 1)], { minimumServing: 6 }, true],
    ['it keeps some and nothing is promised', [group('a-v1', 6)], { keeping: 1 }, true],
  ] as const)('counts what is left where some must serve: %s', (_title, groups, promise, allowed) => {
    const question = { operation: 'Disabling', cluster: 'a', place: 'p/e', groups, going: ['a-v1'], reserved: [] };
    expect(guardTraffic({ ...question, ...promise }).allowed).toBe(allowed);
  });

  it.each([
    ['instances of others stay', [group('a-v1', 3)], ['a-v1.0'], ['a-v1.1'], true],
    ['others are killing the rest', [group('a-v1', 3)], ['a-v1.0'], ['a-v1.1', 'a-v1.2'], false],
    ['all go', [group('a-v1', 2)], ['a-v1.0', 'a-v1.1'], [], false],
    ['another group serves', [group('a-v1', 2), group('a-v2', 1)], ['a-v1.0', 'a-v1.1'], [], true],
    ['the other group is being killed', [group('a-v1', 1), group('a-v2', 1)], ['a-v1.0'], ['a-v2.0'], false],
    ['they serve nothing', [group('a-v1', 1)], ['a-v1.7'], ['a-v1.0'], true],
  ] as const)('of instances: %s', (_title, groups, instances, reservedInstances, allowed) => {
    const question = { operation: 'Terminating', cluster: 'a', place: 'p/e', groups, going: [], reserved: [] };
    expect(guardTraffic({ ...question, instances, reservedInstances }).allowed).toBe(allowed);
  });

  it('counts on no instance that is being killed', () => {
    const groups = [group('a-v1', 2), group('a-v2', 1)];
    const question = { operation: 'Disabling', cluster: 'a', place: 'p/e', groups, going: ['a-v1'], reserved: [] };
    expect(guardTraffic({ ...question, reservedInstances: ['a-v2.0'] }).allowed).toBe(false);
  });

  it('says what it would leave, with the number', () =>
    expect(
      guardTraffic({
        operation: 'Disabling',
        cluster: 'a',
        place: 'p/e',
        groups: [group('a-v001', 3)],
        going: ['a-v001'],
        reserved: [],
      }),
    ).toEqual({
      allowed: false,
      reason:
        'Disabling a-v001 would leave cluster a in p/e with 0 of 3 healthy instances. Enable or deploy another server group first.',
      numbers: { left: 0, of: 3, least: 1 },
    }));
});

describe('reservations', () => {
  const build = async () => {
    const clock = createManualClock();
    const store = createMemoryStore(() => clock.now());
    const serverGroups = createFakeServerGroups(clock);
    const guard = createTrafficGuard(store, serverGroups);
    serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 2 });
    serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 2 });
    for (const id of ['E1', 'E2'])
      await store.create(
        executionKind,
        id,
        buildExecution({ id, stages: [buildJudgment('1', 'busy'), buildJudgment('2', 'busy')] }),
      );
    const reserve = (executionId: string, name: string, stage = '1') =>
      guard.reserve({
        location: east,
        cluster: 'foo-dev',
        operation: 'Disabling',
        going: [name],
        key: `${executionId}/${stage}/1`,
        executionId,
      });
    const reservation = async () => (await store.get(reservationKind, 'nonprod/np1_east/foo-dev'))?.document;
    return { store, serverGroups, guard, reserve, reservation };
  };
  const end = (store: Awaited<ReturnType<typeof build>>['store'], id: string) =>
    store.update(executionKind, id, (execution) => ({ ...execution, status: 'TERMINAL' as const }));

  it('lets exactly one of two executions take out the last but one', async () => {
    const { reserve } = await build();
    const answers = await Promise.all([reserve('E1', 'foo-dev-v000'), reserve('E2', 'foo-dev-v001')]);
    expect(answers.map((answer) => 'allowed' in answer && answer.allowed).sort()).toEqual([false, true]);
  });

  it('lets only one of two executions do so that spell the place differently', async () => {
    const { guard, reserve, serverGroups } = await build();
    const list = serverGroups.list.bind(serverGroups);
    serverGroups.list = (_location, ...call) => list(east, ...call);
    expect(await reserve('E1', 'foo-dev-v000')).toEqual({ allowed: true });
    const other = {
      cluster: 'foo-dev',
      operation: 'Disabling',
      going: ['foo-dev-v001'],
      key: 'E2/1/1',
      executionId: 'E2',
    };
    expect(await guard.reserve({ ...other, location: { ...east, region: 'np1/east' } })).toMatchObject({
      allowed: false,
    });
  });

  it('counts a repeat of the same effect once', async () => {
    const { reserve, reservation } = await build();
    for (let time = 0; time < 3; time += 1) expect(await reserve('E1', 'foo-dev-v000')).toEqual({ allowed: true });
    expect((await reservation())?.entries).toHaveLength(1);
  });

  it('is not blocked by an execution that is over, nor by one that vanished', async () => {
    const { store, reserve } = await build();
    await reserve('E1', 'foo-dev-v000');
    await end(store, 'E1');
    expect(await reserve('E2', 'foo-dev-v001')).toEqual({ allowed: true });
    await store.delete(executionKind, 'E2');
    expect(await reserve('E3', 'foo-dev-v000')).toEqual({ allowed: true });
  });

  it('is not blocked by a stage that is over in an execution that goes on', async () => {
    const { store, reserve } = await build();
    await reserve('E1', 'foo-dev-v000', '1');
    expect(await reserve('E1', 'foo-dev-v001', '2')).toMatchObject({ allowed: false });
    await store.update(executionKind, 'E1', (execution) => ({
      ...execution,
      stages: execution.stages.map((stage) => (stage.id === '1' ? { ...stage, status: 'TERMINAL' as const } : stage)),
    }));
    expect(await reserve('E1', 'foo-dev-v001', '2')).toEqual({ allowed: true });
  });

  it('gives back what is released and raises the epoch', async () => {
    const { guard, reserve, reservation } = await build();
    await reserve('E1', 'foo-dev-v000');
    await guard.release(east, 'foo-dev', 'E1/1/1');
    expect(await reservation()).toEqual({ schema: 1, epoch: 1, entries: [] });
    await guard.release(east, 'foo-dev', 'E1/1/1');
    expect((await reservation())?.epoch).toBe(1);
    expect(await reserve('E2', 'foo-dev-v001')).toEqual({ allowed: true });
  });

  it.each(['release', 'forget'] as const)('asks again when its list is older than a %s', async (how) => {
    const { store, serverGroups, guard, reserve } = await build();
    serverGroups.seed({ location: east, name: 'foo-dev-v002', desired: 0 });
    await reserve('E1', 'foo-dev-v000');
    const list = serverGroups.list.bind(serverGroups);
    serverGroups.list = async (...call) => {
      const seen = await list(...call);
      serverGroups.list = list;
      serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 0 });
      if (how === 'release') await guard.release(east, 'foo-dev', 'E1/1/1');
      else await reserve('E1', 'foo-dev-v002', '2');
      return seen;
    };
    expect(await reserve('E2', 'foo-dev-v001')).toEqual({ moved: true });
    expect(await reserve('E2', 'foo-dev-v001')).toMatchObject({ allowed: false });
    expect(await store.count(reservationKind)).toBe(1);
  });

  const kill = { location: east, cluster: 'foo-dev', operation: 'Terminating', going: [] } as const;
  const killing = (executionId: string, name: string, ids: readonly string[]) => ({
    ...kill,
    instances: new Map([[name, ids]]),
    key: `${executionId}/1/1`,
    executionId,
  });

  it('of instances leave the rest of their group to be counted on', async () => {
    const { guard, reserve } = await build();
    expect(await guard.reserve(killing('E1', 'foo-dev-v000', ['foo-dev-v000.0']))).toEqual({ allowed: true });
    expect(await reserve('E2', 'foo-dev-v001')).toEqual({ allowed: true });
  });

  it('of instances count: two cannot each kill one of the last two', async () => {
    const { guard, serverGroups } = await build();
    serverGroups.remove(east, 'foo-dev-v001');
    expect(await guard.reserve(killing('E1', 'foo-dev-v000', ['foo-dev-v000.0']))).toEqual({ allowed: true });
    expect(await guard.reserve(killing('E2', 'foo-dev-v000', ['foo-dev-v000.1']))).toMatchObject({ allowed: false });
  });

  it('are given back for one stage, not for others', async () => {
    const { guard, reserve, reservation, serverGroups } = await build();
    serverGroups.seed({ location: east, name: 'foo-dev-v002', desired: 2 });
    await reserve('E1', 'foo-dev-v000');
    await reserve('E2', 'foo-dev-v001');
    await guard.release(east, 'foo-dev', 'E1/1/1');
    expect((await reservation())?.entries.map(({ key }) => key)).toEqual(['E2/1/1']);
  });

  it('of an earlier attempt of a stage do not count', async () => {
    const { store, reserve } = await build();
    expect(await reserve('E1', 'foo-dev-v000')).toEqual({ allowed: true });
    await store.update(executionKind, 'E1', (execution) => ({
      ...execution,
      stages: execution.stages.map((stage) => ({ ...stage, attempt: 2 })),
    }));
    expect(await reserve('E2', 'foo-dev-v001')).toEqual({ allowed: true });
  });

  it('are overridden by the digest of the very same denial only', async () => {
    const { guard, reserve } = await build();
    await reserve('E1', 'foo-dev-v000');
    const request = (stage: string) => ({
      location: east,
      cluster: 'foo-dev',
      operation: 'Disabling',
      going: ['foo-dev-v001'],
      key: `E2/${stage}/1`,
      executionId: 'E2',
    });
    const denial = await guard.reserve(request('1'));
    const overrides = 'digest' in denial ? denial.digest : '';
    expect(await guard.reserve({ ...request('1'), overrides: `${overrides}x` })).toMatchObject({ allowed: false });
    expect(await guard.reserve({ ...request('2'), overrides })).toMatchObject({ allowed: false });
    const instances = new Map([['foo-dev-v001', ['foo-dev-v001.0', 'foo-dev-v001.1']]]);
    const same = { ...request('1'), going: [], instances, overrides };
    expect(await guard.reserve(same)).toMatchObject({ allowed: false, numbers: { left: 0, of: 2 } });
    expect(await guard.reserve({ ...request('1'), overrides })).toEqual({ allowed: true });
  });
});
