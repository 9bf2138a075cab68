import { executionKind } from '../../src/engine/document-kinds';
import type { Execution } from '../../src/model/execution';
import { east } from '../dcos/builders';
import { benchOf, dayMs, driveUntil, endOf, hourMs, killsIn, runUntilIt, type Bench } from '../support/chaos-drive';
import { chaosApplication, chaosEnvironment, chaosOf, createChaosBench, loose, monday } from '../support/chaos-kit';
import { wordsOf } from '../support/command-kit';
import { buildPipeline } from '../support/engine-kit';

async function pressAndEnd(bench: Bench, word: 'now' | 'stop', user?: string) {
  const kill = await bench.kill();
  const answer = await bench.say(`chaos ${word} foo ${kill.id}`, user);
  await bench.runFor(5 * 60_000);
  return { answer, said: wordsOf(answer.reply) };
}

describe('a kill that nobody need confirm', () => {
  it('is an execution of terminateInstances within the hours, and its thread tells the recovery', async () => {
    const bench = benchOf();
    await bench.start();
    await bench.runUntil(monday + dayMs);
    const [kill] = killsIn(bench);
    const [execution] = await bench.executions();
    expect(kill).toMatch(/^kill foo-prod-v001\.\d$/);
    expect(killsIn(bench)).toHaveLength(1);
    expect(execution).toMatchObject({ status: 'SUCCEEDED', trigger: { user: 'coxswain', reason: 'Chaos Monkey' } });
    expect(execution?.stages.map(({ type }) => type)).toEqual(['terminateInstances']);
    const end = await endOf(bench);
    expect(end).toMatchObject({ outcome: 'killed', executionId: execution?.id });
    expect(new Date(end?.killedAt ?? 0).getUTCHours()).toBeGreaterThanOrEqual(9);
    expect(new Date(end?.killedAt ?? 0).getUTCHours()).toBeLessThan(15);
    const told = await bench.message(`${(await bench.kill()).id}/recovery`);
    expect(told?.target).toEqual({ kind: 'thread', parentId: `${execution?.id ?? ''}/live`, broadcast: false });
    expect(wordsOf(told?.view)).toContain('recovered in');
    expect(bench.errors).toEqual([]);
  });

  it('measures the recovery until as many serve as before', async () => {
    const bench = benchOf();
    await runUntilIt(bench, 'running');
    bench.serverGroups.sickNames.add('foo-prod-v001');
    await bench.runFor(120_000);
    expect((await bench.kill()).state.is).toBe('recovering');
    bench.serverGroups.sickNames.delete('foo-prod-v001');
    await bench.runFor(60_000);
    const { recoveryMs = 0 } = (await endOf(bench)) ?? {};
    expect(recoveryMs).toBeGreaterThanOrEqual(110_000);
    expect(recoveryMs).toBeLessThanOrEqual(130_000);
  });

  it('says so where the group does not recover', async () => {
    const bench = benchOf();
    await runUntilIt(bench, 'running');
    bench.serverGroups.sickNames.add('foo-prod-v001');
    await bench.runFor(2 * hourMs);
    expect(await endOf(bench)).toMatchObject({
      outcome: 'killed',
      reason: expect.stringContaining('within an hour') as string,
    });
  });

  it('is only told of while chaos is leashed, and entered as such', async () => {
    const bench = benchOf({}, { settings: { ...loose, leashed: true } });
    await bench.start();
    await bench.runUntil(monday + dayMs);
    expect(killsIn(bench)).toEqual([]);
    expect(await bench.executions()).toEqual([]);
    expect(await bench.ledger('foo')).toMatchObject([{ cluster: 'foo-prod', leashed: true }]);
    expect(wordsOf((await bench.message(`${(await bench.kill()).id}/note`))?.view)).toContain('chaos is leashed');
  });
});

const running = () => ({
  ...buildPipeline([{ ref: '1', type: 'wait' }]),
  id: 'X1',
  status: 'RUNNING' as const,
  startTime: 1,
});

const stops: Readonly<Record<string, { readonly reason: string; readonly come: (bench: Bench) => unknown }>> = {
  'that is stopped': { reason: 'storm', come: ({ say }) => say('stop storm', 'UBOB') },
  'that is locked': { reason: 'migration', come: ({ say }) => say('lock foo prod 1d migration', 'UBOB') },
  'with a running execution': {
    reason: 'is under way',
    come: ({ store }) => store.create(executionKind, 'X1', running()),
  },
  'whose last execution failed': {
    reason: 'failed last in prod',
    come: ({ store }) => {
      const failed = { ...running(), status: 'TERMINAL' as const };
      const definition = { ...failed.definition, environment: 'prod' };
      return store.create(executionKind, 'X1', { ...failed, definition });
    },
  },
  'whose account is not listed': {
    reason: 'CHAOS_ACCOUNTS',
    come: ({ boot }) => boot({ ...loose, accounts: ['prod'] }),
  },
  'while chaos is not enabled': { reason: 'CHAOS_ENABLED', come: ({ boot }) => boot({ ...loose, enabled: false }) },
  'turned off': { reason: 'was turned off: load test', come: ({ say }) => say('chaos off foo reason="load test"') },
  'turned off for all': {
    reason: 'was turned off: storm',
    come: async ({ people, boot, say }) => {
      await people({ sre: ['UANN'] });
      boot({ ...loose, admins: ['sre'] });
      await say('chaos off reason=storm');
    },
  },
  'whose file does not enable it any more': {
    reason: 'does not enable chaos in prod',
    come: ({ world }) =>
      (world.applications = new Map([
        ['foo', chaosApplication('foo', [chaosEnvironment('prod', { chaos: chaosOf({ enabled: false }) })])],
      ])),
  },
  'with a whitelist': {
    reason: 'whitelist is no longer supported',
    come: ({ world }) =>
      (world.applications = new Map([
        [
          'foo',
          chaosApplication('foo', [
            chaosEnvironment('prod', { chaos: chaosOf({ hasWhitelist: true, confirm: true }) }),
          ]),
        ],
      ])),
  },
  'that cannot be seen': {
    reason: 'cannot be seen',
    come: ({ serverGroups }) => serverGroups.fail('list', 'UNREACHABLE'),
  },
  'which one instance is left of': {
    reason: 'leave cluster foo-prod in nonprod/east with 0 of 1 healthy instances',
    come: async ({ serverGroups, kill }) => {
      const { victim } = await kill();
      const [group] = await serverGroups.list(east, 'foo-prod');
      const ids = group?.instances.map(({ id }) => id) ?? [];
      const stays = victim?.instanceId ?? ids[0];
      const others = ids.filter((id) => id !== stays);
      await serverGroups.terminate(east, others, { decrement: true });
    },
  },
  'in a freeze': {
    reason: 'never in a freeze',
    come: ({ world }) => {
      const freeze = { every: 'week', from: { weekday: 1, minute: 0 }, to: { weekday: 6, minute: 0 } } as const;
      const window = { hours: [], days: [], timeZone: 'UTC', freezes: [freeze] };
      world.applications = new Map([
        ['foo', chaosApplication('foo', [chaosEnvironment('prod', { window, chaos: chaosOf({ confirm: true }) })])],
      ]);
    },
  },
};

describe.each(Object.entries(stops))('an application %s', (_name, { reason, come }) => {
  it('is left alone', async () => {
    const bench = benchOf();
    await runUntilIt(bench, 'planned');
    await come(bench);
    await bench.runUntil(monday + dayMs);
    expect(killsIn(bench)).toEqual([]);
    const end = await endOf(bench);
    expect(end?.outcome).toBe('spared');
    expect(end?.reason).toContain(reason);
    expect((await bench.executions()).filter(({ id }) => id !== 'X1')).toEqual([]);
  });

  it('is left alone also where that came after the card', async () => {
    const bench = benchOf({ chaos: chaosOf({ confirm: true }) });
    await runUntilIt(bench, 'asked');
    await come(bench);
    await pressAndEnd(bench, 'now');
    expect(killsIn(bench)).toEqual([]);
    const end = await endOf(bench);
    expect(end?.outcome).toBe('spared');
    expect(end?.reason).toContain(reason);
    expect((await bench.executions()).filter(({ id }) => id !== 'X1')).toEqual([]);
  });
});

describe('an application is not left alone', () => {
  const ended = (id: string, status: 'TERMINAL' | 'SUCCEEDED', environment: string, more = {}) => ({
    ...running(),
    definition: { ...running().definition, environment, cluster: `foo-${environment}` },
    id,
    status,
    ...more,
  });
  const failed = (id: string, environment: string, more = {}) => ended(id, 'TERMINAL', environment, more);

  it.each([
    ['for a failure that a success has followed', [failed('X1', 'prod'), ended('X2', 'SUCCEEDED', 'prod')]],
    ['for a failure in an environment without chaos', [failed('X1', 'dev')]],
    [
      'for a failure of another application',
      [failed('X1', 'prod', { application: 'bar', definition: { ...running().definition, cluster: 'bar-prod' } })],
    ],
    ['while another application is at work', [{ ...running(), application: 'bar' }]],
    [
      'for a kill that was denied',
      [failed('X1', 'prod', { trigger: { ...running().trigger, correlationId: 'chaos/2026-01-02/x' } })],
    ],
  ])('%s', async (_why, executions) => {
    const quiet = chaosOf({ enabled: false });
    const foo = [chaosEnvironment('prod'), chaosEnvironment('dev', { chaos: quiet })];
    const bench = createChaosBench({ applications: [chaosApplication('foo', foo)] });
    bench.seed('foo-prod-v001');
    for (const execution of executions) await bench.store.create(executionKind, execution.id, execution);
    await bench.start();
    await bench.runUntil(monday + dayMs);
    expect(killsIn(bench)).toHaveLength(1);
  });
});

describe('the last execution of an environment', () => {
  const failed = (id: string): Execution => {
    const execution = { ...running(), id, status: 'TERMINAL' as const };
    return { ...execution, definition: { ...execution.definition, environment: 'prod', cluster: 'foo-prod' } };
  };
  const inStaging = (id: string): Execution => {
    const execution = { ...failed(id), status: 'SUCCEEDED' as const };
    return { ...execution, definition: { ...execution.definition, environment: 'staging', cluster: 'foo-staging' } };
  };
  const ofChaos = (id: string): Execution => {
    const execution = { ...failed(id), status: 'SUCCEEDED' as const };
    return { ...execution, trigger: { ...execution.trigger, correlationId: `chaos/${id}` } };
  };
  const ofParent = (id: string): Execution => {
    const execution = { ...failed(id), status: 'SUCCEEDED' as const };
    return {
      ...execution,
      trigger: { ...execution.trigger, type: 'pipeline', parentExecutionId: 'D000', parentStageId: '1' },
    };
  };

  /** How the kill of a day ended where `foo-prod` failed once, and then these came. */
  const endAfter = async (later: (id: string) => Execution, count: number) => {
    const bench = benchOf();
    await bench.store.create(executionKind, 'D000', failed('D000'));
    for (let index = 1; index <= count; index += 1) {
      const id = `D${String(index).padStart(3, '0')}`;
      await bench.store.create(executionKind, id, later(id));
    }
    await bench.start();
    await bench.runUntil(monday + dayMs);
    expect(bench.errors).toEqual([]);
    return endOf(bench);
  };
  const spared = { outcome: 'spared', reason: expect.stringContaining('failed last in prod') as string };

  it('counts however many there were in other environments since', async () => {
    expect(await endAfter(inStaging, 210)).toMatchObject(spared);
  });

  it('counts however many kills of ours there were since', async () => {
    expect(await endAfter(ofChaos, 210)).toMatchObject(spared);
  });

  it('counts where it failed after what it had started there succeeded', async () => {
    expect(await endAfter(ofParent, 1)).toMatchObject(spared);
  });

  it.each([1, 210])('counts where what was asked for since was called off before it began: %s', async (count) => {
    const calledOff = (id: string): Execution => {
      const { startTime, ...never } = failed(id);
      return { ...never, status: 'CANCELED', canceled: { by: 'UANN', at: 1 } };
    };
    expect(await endAfter(calledOff, count)).toMatchObject(spared);
  });

  it('counts where it had waited, and what was asked for later began before it', async () => {
    const first = (id: string): Execution => ({ ...failed(id), status: 'SUCCEEDED', startTime: 0 });
    expect(await endAfter(first, 1)).toMatchObject(spared);
  });

  it('counts no more once another one there succeeded', async () => {
    const succeeded = (id: string): Execution => ({ ...failed(id), status: 'SUCCEEDED' });
    expect(await endAfter(succeeded, 1)).toMatchObject({ outcome: 'killed' });
  });
});

describe('a card', () => {
  const asking = () => benchOf({ chaos: chaosOf({ confirm: true, meanTimeBetweenKillsInWorkDays: 1 }) });

  it('names the exact instance, why it was chosen and how long there is to answer', async () => {
    const bench = asking();
    const kill = await runUntilIt(bench, 'asked');
    await bench.handleDue();
    const card = await bench.message(`${kill.id}/card`);
    const words = wordsOf(card?.view);
    expect(card?.target).toEqual({ kind: 'channel', channel: 'foo-deploys' });
    expect(words).toContain(`kill ${kill.victim?.instanceId ?? ''} of foo-prod-v001 in nonprod/east?`);
    expect(words).toContain('a chance of 1 in 1 today for nonprod/foo-prod/east, 1 of 3 that may be');
    expect(words).toContain('this ends in 10 minutes');
    expect(card?.view.choices?.map(({ label }) => label)).toEqual(['Stop', 'Now']);
    await bench.runFor(4 * 60_000);
    expect(wordsOf((await bench.message(`${kill.id}/card`))?.view)).toContain('this ends in 6 minutes');
    await bench.runFor(5 * 60_000 + 1_000);
    expect(wordsOf((await bench.message(`${kill.id}/card`))?.view)).toContain('this ends in less than a minute');
  });

  it('never says that there is less time than there is', async () => {
    const bench = benchOf({ chaos: chaosOf({ confirm: true }) }, { settings: { ...loose, cardMs: 150_000 } });
    const kill = await runUntilIt(bench, 'asked');
    await bench.handleDue();
    expect(wordsOf((await bench.message(`${kill.id}/card`))?.view)).toContain('this ends in 3 minutes');
  });

  it('says that it is a rehearsal while chaos is leashed, and Now kills nothing', async () => {
    const bench = benchOf({ chaos: chaosOf({ confirm: true }) }, { settings: { ...loose, leashed: true } });
    const kill = await runUntilIt(bench, 'asked');
    await bench.handleDue();
    expect(wordsOf((await bench.message(`${kill.id}/card`))?.view)).toContain('whatever you press, nothing is killed');
    await pressAndEnd(bench, 'now');
    expect(killsIn(bench)).toEqual([]);
    expect(await endOf(bench)).toMatchObject({ outcome: 'leashed', by: 'UANN' });
  });

  it('kills what it names once somebody presses Now, and tells its thread', async () => {
    const bench = asking();
    const kill = await runUntilIt(bench, 'asked');
    await pressAndEnd(bench, 'now');
    expect(killsIn(bench)).toEqual([`kill ${kill.victim?.instanceId ?? ''}`]);
    const [execution] = await bench.executions();
    expect(execution?.trigger.user).toBe('UANN');
    expect(execution?.report?.threadOf).toBe(`${kill.id}/card`);
    const card = await bench.message(`${kill.id}/card`);
    expect(card?.view.choices).toBeUndefined();
    expect(wordsOf(card?.view)).toContain('killed by @UANN, recovered in');
    expect((await bench.message(`${kill.id}/recovery`))?.target).toMatchObject({ parentId: `${kill.id}/card` });
  });

  it('kills nothing where nobody answers', async () => {
    const bench = asking();
    const kill = await runUntilIt(bench, 'asked');
    await bench.runUntil(monday + dayMs);
    expect(killsIn(bench)).toEqual([]);
    expect(await endOf(bench)).toMatchObject({ outcome: 'expired' });
    expect(await bench.ledger('foo')).toEqual([]);
    expect(wordsOf((await bench.message(`${kill.id}/card`))?.view)).toContain('nobody answered: nothing was killed');
    expect((await pressAndEnd(bench, 'now')).said).toContain('Too late');
    expect(killsIn(bench)).toEqual([]);
  });

  it('counts no Now from the instant on at which it ends, although nobody has closed it yet', async () => {
    const bench = asking();
    const { state } = await runUntilIt(bench, 'asked');
    const left = state.is === 'asked' ? state.expiresAt - bench.clock.now() : 0;
    await bench.clock.advance(left);
    expect((await pressAndEnd(bench, 'now')).said).toContain('Too late');
    expect(killsIn(bench)).toEqual([]);
  });

  it('stops in its last second, and after a Now whose execution is not there yet', async () => {
    const bench = asking();
    const kill = await runUntilIt(bench, 'asked');
    const left = kill.state.is === 'asked' ? kill.state.expiresAt - bench.clock.now() : 0;
    await bench.clock.advance(left - 1);
    await bench.say(`chaos now foo ${kill.id}`);
    expect((await pressAndEnd(bench, 'stop', 'UBOB')).said).toContain('nothing is killed');
    expect(killsIn(bench)).toEqual([]);
    expect(await endOf(bench)).toMatchObject({ outcome: 'stopped', by: 'UBOB' });
    expect((await pressAndEnd(bench, 'now')).said).toContain('Too late: it stopped by @UBOB');
  });

  it('counts only those who may deploy there', async () => {
    const policy = { ...chaosEnvironment('prod').policy, deployers: ['crew'] };
    const bench = benchOf({ policy, chaos: chaosOf({ confirm: true }) });
    await bench.people({ crew: ['UBOB'] });
    await runUntilIt(bench, 'asked');
    for (const word of ['now', 'stop'] as const) {
      const { answer, said } = await pressAndEnd(bench, word, 'UANN');
      expect(answer.reply?.denied).toBe(true);
      expect(said).toContain('You may not change foo prod');
    }
    await bench.persons({ UBOB: { kind: 'bot' } });
    for (const word of ['now', 'stop'] as const)
      expect((await pressAndEnd(bench, word, 'UBOB')).said).toContain('Bots decide nothing here.');
    expect(killsIn(bench)).toEqual([]);
  });

  it('kills nothing else where what it names is gone', async () => {
    const bench = asking();
    await runUntilIt(bench, 'asked');
    bench.seed('foo-prod-v002');
    await pressAndEnd(bench, 'now');
    expect(killsIn(bench)).toEqual([]);
    expect(await endOf(bench)).toMatchObject({ reason: expect.stringContaining('not of the newest') as string });
  });

  it('does nothing long after a Now', async () => {
    const bench = asking();
    const kill = await runUntilIt(bench, 'asked');
    await bench.say(`chaos now foo ${kill.id}`);
    await bench.clock.advance(61_000);
    await bench.runFor(hourMs);
    expect(await endOf(bench)).toMatchObject({ outcome: 'spared', reason: 'It could not begin in time.' });
    expect(killsIn(bench)).toEqual([]);
  });
});

describe('two kills of one application', () => {
  const confirm = { chaos: chaosOf({ confirm: true }) };
  const both = async () => {
    const foo = chaosApplication('foo', [chaosEnvironment('prod', confirm), chaosEnvironment('dev', confirm)]);
    const bench = createChaosBench({ applications: [foo], startAt: monday + 12 * hourMs });
    bench.seed('foo-prod-v001');
    bench.seed('foo-dev-v001');
    await bench.say('chaos run foo prod');
    await bench.say('chaos run foo dev');
    await bench.runFor(1_000);
    const [one, other] = await bench.kills();
    if (one === undefined || other === undefined) throw new Error('There are not two.');
    const outcomes = async () => (await bench.kills()).map(({ state }) => state.is === 'ended' && state.outcome);
    return { bench, one, other, outcomes };
  };

  it('never go at once: of two that are let go together one is spared', async () => {
    const { bench, one, other, outcomes } = await both();
    await bench.say(`chaos now foo ${one.id}`);
    await bench.say(`chaos now foo ${other.id}`);
    await bench.runFor(hourMs);
    expect((await outcomes()).toSorted()).toEqual(['killed', 'spared']);
    expect(killsIn(bench)).toHaveLength(1);
    const reasons = (await bench.kills()).flatMap(({ state }) => (state.is === 'ended' ? [state.reason ?? ''] : []));
    expect(reasons.join()).toContain('is under way, and two never go at once');
    expect(await bench.ledger('foo')).toHaveLength(1);
  });

  it('never go at once: one under way keeps the other away', async () => {
    const { bench, one, other, outcomes } = await both();
    await bench.say(`chaos now foo ${one.id}`);
    await driveUntil(bench, async () => (await bench.executions()).length > 0);
    await bench.say(`chaos now foo ${other.id}`);
    await bench.runFor(hourMs);
    expect((await outcomes()).toSorted()).toEqual(['killed', 'spared']);
  });

  it('may follow one another: one that is over keeps nothing away', async () => {
    const { bench, one, other, outcomes } = await both();
    await bench.say(`chaos now foo ${one.id}`);
    await bench.runFor(2 * 60_000);
    await bench.say(`chaos now foo ${other.id}`);
    await bench.runFor(hourMs);
    expect(await outcomes()).toEqual(['killed', 'killed']);
  });
});

describe('no card is shown', () => {
  const confirm = chaosOf({ confirm: true });
  const at = (hour: number) => ({ startAt: monday + hour * hourMs });

  it('of what the traffic guard denies already', async () => {
    const bench = benchOf({ chaos: confirm, trafficGuard: { minInstances: 3 } }, at(12));
    await bench.say('chaos run foo prod');
    await bench.runFor(1_000);
    expect(await endOf(bench)).toMatchObject({ outcome: 'spared' });
    expect((await bench.kill()).hasCard).toBeUndefined();
  });

  it('of what had a kill in its time between two', async () => {
    const bench = benchOf({ chaos: confirm }, at(12));
    await bench.say('chaos run foo prod');
    await bench.runFor(1_000);
    await bench.say(`chaos now foo ${(await bench.kill()).id}`);
    await bench.runFor(60_000);
    await bench.say('chaos run foo prod');
    await bench.runFor(1_000);
    expect((await bench.kills()).map(({ hasCard }) => hasCard)).toEqual([true, undefined]);
  });

  it('beyond the hours: one that asks shortly before their end ends with them', async () => {
    const bench = benchOf({ chaos: confirm }, at(14.95));
    await bench.say('chaos run foo prod');
    await bench.runFor(1_000);
    expect((await bench.kill()).state).toMatchObject({ is: 'asked', expiresAt: monday + 15 * hourMs });
  });
});

it('a kill never leaves fewer than its environment promises', async () => {
  const bench = benchOf({ trafficGuard: { minInstances: 3 } });
  const { state } = await runUntilIt(bench, 'ended');
  expect(state).toMatchObject({ outcome: 'spared', reason: expect.stringContaining('3 that must serve') as string });
  expect(killsIn(bench)).toEqual([]);
  expect((await bench.store.list(executionKind)).map(({ document }) => document.name)).toEqual([]);
});
