import { executionRenderer } from '../../src/app';
import type { NamedWindow } from '../../src/model/common-window';
import type { Execution, StageContext } from '../../src/model/execution';
import { plainText } from '../../src/model/text';
import { east } from '../dcos/builders';
import { windowOf } from '../support/draw-window';
import { buildPipeline, stageOf, statuses } from '../support/engine-kit';
import { sendSignal } from '../support/send-signal';
import { crashEverywhere } from '../support/stage-crashes';
import { createStageBench, describeCluster, west } from '../support/stage-kit';

type Bench = ReturnType<typeof createStageBench>;

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const at = (iso: string) => Date.parse(iso);
const windowsOf = (...texts: readonly string[]): readonly NamedWindow[] =>
  texts.map((text, index) => ({
    of: ['environment prod', 'pipeline p', 'this stage'][index] ?? '',
    window: windowOf(text, 'UTC'),
  }));

/** The bench begins on Thursday, 1 January 2026, at 00:00 UTC. */
const office = "{ days: Mon-Fri, hours: '09:00-16:00' }";

type Held = {
  readonly type?: string;
  readonly context?: StageContext;
  readonly windows: readonly NamedWindow[];
  readonly fields?: Partial<Execution>;
};

/** One stage that windows hold back. */
function held({ type = 'wait', context = { waitTime: 60 }, windows, fields = {} }: Held): Execution {
  const { stages, ...rest } = buildPipeline([{ ref: '1', type, context }], fields);
  return { ...rest, stages: stages.map((stage) => ({ ...stage, windows })) };
}

const deploying = (...windows: readonly string[]) =>
  held({ type: 'deploy', context: { clusters: [describeCluster()] }, windows: windowsOf(...windows) });

const lookAt = (bench: Bench, ms = 1000) => bench.drive('E1', ms);
const time = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());
const windowDetail = (execution: Execution): string => {
  const step = executionRenderer.live(execution).steps?.find(({ name }) => name === 'Execution window');
  return plainText(step?.detail ?? '');
};

describe('an execution window', () => {
  it('holds a stage back until it opens, and says when that is', async () => {
    const bench = createStageBench();
    await bench.start(held({ windows: windowsOf(office) }));
    const waiting = await lookAt(bench);
    expect(statuses(waiting)).toEqual(['1 RUNNING', '1<0 RUNNING']);
    expect(plainText(executionRenderer.live(waiting).headline)).toContain('waiting for its window');
    expect(windowDetail(waiting)).toBe('opens 2026-01-01 09:00 UTC (environment prod)');
    const done = await lookAt(bench, dayMs);
    expect([done.status, time(stageOf(done, '1<0').endTime), time(done.endTime)]).toEqual([
      'SUCCEEDED',
      '2026-01-01T09:00:00.000Z',
      '2026-01-01T09:01:00.000Z',
    ]);
    expect(windowDetail(done)).toBe('opened 2026-01-01 09:00 UTC');
  });

  it('is not looked at in between', async () => {
    const bench = createStageBench();
    await bench.start(held({ windows: windowsOf(office) }));
    await lookAt(bench);
    expect(await bench.store.nextDue(['execution'], bench.clock.now())).toBe(at('2026-01-01T09:00:00Z'));
  });

  it('that is open lets the stage begin at once', async () => {
    const bench = createStageBench();
    await bench.clock.advance(10 * hourMs);
    const done = await bench.run(held({ windows: windowsOf(office) }));
    expect([done.status, time(done.endTime)]).toEqual(['SUCCEEDED', '2026-01-01T10:01:00.000Z']);
    expect(windowDetail(done)).toBe('');
  });

  it('stands before everything else that comes before the stage, also where that is parallel', async () => {
    const bench = createStageBench();
    for (const location of [east, west]) bench.serverGroups.seed({ location, name: 'foo-dev-v000', desired: 2 });
    const clusters = [describeCluster(), describeCluster({ location: west, region: 'np1_west', group: 'west' })];
    await bench.start(held({ type: 'deploy', context: { clusters }, windows: windowsOf(office) }));
    const waiting = await lookAt(bench, 8 * hourMs);
    const children = waiting.stages.filter(({ parentStageId }) => parentStageId === '1');
    expect(children.map(({ refId, requisiteStageRefIds }) => [refId, ...requisiteStageRefIds])).toEqual([
      ['1<0'],
      ['1<1', '1<0'],
      ['1<2', '1<0'],
    ]);
    expect(bench.serverGroups.effects).toEqual([]);
    expect((await lookAt(bench, dayMs)).status).toBe('SUCCEEDED');
  });

  it('opens with others at the first instant at which all are open', async () => {
    const bench = createStageBench();
    const windows = windowsOf(office, "{ hours: '15:00-23:00' }", "{ freeze: ['2026-01-01/2026-01-04'] }");
    const done = await bench.run(held({ windows }), 7 * dayMs);
    expect(time(stageOf(done, '1<0').endTime)).toBe('2026-01-05T15:00:00.000Z');
  });

  it('names those that are closed', async () => {
    const bench = createStageBench();
    await bench.start(held({ windows: windowsOf(office, "{ hours: '00:00-10:00' }") }));
    expect(windowDetail(await lookAt(bench))).toBe('opens 2026-01-01 09:00 UTC (environment prod)');
  });

  it.each([
    // Berlin, 29 March 2026: 02:00 is 03:00. 25 October: 03:00 is 02:00 once more.
    ["{ hours: '02:30-04:00', timeZone: Europe/Berlin }", '2026-03-28T20:00:00Z', '2026-03-29T01:00:00.000Z'],
    ["{ hours: '02:15-02:45', timeZone: Europe/Berlin }", '2026-10-25T00:50:00Z', '2026-10-26T01:15:00.000Z'],
    ["{ hours: '09:00-16:00', timeZone: America/New_York }", '2026-03-07T23:00:00Z', '2026-03-08T13:00:00.000Z'],
  ])('%s asked for at %s opens at %s, where clocks are changed', async (text, asked, opens) => {
    const bench = createStageBench();
    await bench.clock.advance(at(asked) - bench.clock.now());
    const done = await bench.run(held({ windows: windowsOf(text) }), 3 * dayMs);
    expect(time(stageOf(done, '1<0').endTime)).toBe(opens);
  });

  it('that opened and closed while nobody could look is waited for again', async () => {
    const bench = createStageBench();
    await bench.start(held({ windows: windowsOf(office) }));
    await lookAt(bench);
    await bench.clock.advance(18 * hourMs);
    expect(windowDetail(await lookAt(bench))).toBe('opens 2026-01-02 09:00 UTC (environment prod)');
  });

  it('that closes while a judgment waits holds back what follows', async () => {
    const bench = createStageBench();
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 2 });
    await bench.clock.advance(15 * hourMs);
    const { stages, ...rest } = buildPipeline([
      { ref: '1', type: 'manualJudgment' },
      { ref: '2', type: 'deploy', after: ['1'], context: { clusters: [describeCluster()] } },
    ]);
    const windows = windowsOf(office);
    await bench.start({
      ...rest,
      stages: stages.map((stage) => (stage.refId === '2' ? { ...stage, windows } : stage)),
    });
    await lookAt(bench);
    await bench.clock.advance(3 * hourMs);
    expect(await sendSignal(bench, { type: 'judge', decision: 'continue', stageId: '1', user: 'UBOB' })).toBe('');
    const waiting = await lookAt(bench, 10 * hourMs);
    expect([stageOf(waiting, '2<0').status, ...bench.serverGroups.effects]).toEqual(['RUNNING']);
    const done = await lookAt(bench, dayMs);
    expect([done.status, time(stageOf(done, '2<0').endTime)]).toEqual(['SUCCEEDED', '2026-01-02T09:00:00.000Z']);
  });

  it('before a judgment keeps it from asking, and from being answered', async () => {
    const bench = createStageBench();
    const report = { teamId: 'T1', channel: 'foo' };
    await bench.start(held({ type: 'manualJudgment', context: {}, windows: windowsOf(office), fields: { report } }));
    const waiting = await lookAt(bench);
    const choices = (execution: Execution) => executionRenderer.live(execution).choices?.map(({ name }) => name);
    expect(choices(waiting)).toEqual(['startNow', 'pause', 'cancelExecution']);
    const judge = { type: 'judge', decision: 'continue', stageId: '1', user: 'UBOB' } as const;
    expect(await sendSignal(bench, judge)).toContain('waits for its window');
    const questions = async () =>
      (await bench.store.list({ name: 'message', indexes: () => ({}) })).filter(({ id }) => id.endsWith('/question'));
    expect(await questions()).toEqual([]);
    const open = await lookAt(bench, 10 * hourMs);
    expect(choices(open)).toEqual(['approve', 'reject', 'pause', 'cancelExecution']);
    expect(await questions()).toHaveLength(1);
    expect(await sendSignal(bench, judge)).toBe('');
    expect((await lookAt(bench)).status).toBe('SUCCEEDED');
  });

  it('is asked for by nobody where the condition of the stage is false', async () => {
    const bench = createStageBench();
    const execution = held({
      context: { waitTime: 60, stageEnabled: { type: 'expression', expression: 'false' } },
      windows: windowsOf(office),
    });
    const done = await bench.run({ ...execution, definition: { ...execution.definition, writtenAs: 'yaml' } });
    expect(statuses(done)).toEqual(['1 SKIPPED']);
  });
});

describe('a window of others, before what goes on with a change', () => {
  const unless = (unlessBegun: readonly (readonly string[])[]): readonly NamedWindow[] =>
    windowsOf(office).map((window) => ({ ...window, unlessBegun }));
  type First = { readonly context?: StageContext; readonly windows?: readonly NamedWindow[] };
  /** Whether the second stage waits, after a first one like this; `begun` are those that must have begun for it. */
  async function waits({ context = {}, windows = [] }: First, begun: readonly (readonly string[])[] = [['1']]) {
    const bench = createStageBench();
    const built = buildPipeline([
      { ref: '0', type: 'wait', context: { waitTime: 1 } },
      { ref: '1', type: 'wait', after: ['0'], context: { waitTime: 1, ...context } },
      { ref: '2', type: 'wait', after: ['1'], context: { waitTime: 1 } },
    ]);
    const windowsBy: Readonly<Record<string, readonly NamedWindow[]>> = { '1': windows, '2': unless(begun) };
    const stages = built.stages.map((stage) => ({ ...stage, windows: windowsBy[stage.refId] ?? [] }));
    await bench.start({ ...built, stages, definition: { ...built.definition, writtenAs: 'yaml' } });
    return (await lookAt(bench, 60_000)).status === 'RUNNING';
  }
  const skipped = { context: { stageEnabled: { type: 'expression', expression: 'false' } } };
  const goesOn = { failPipeline: false, continuePipeline: true };

  it('does not hold it back', async () => expect(await waits({})).toBe(false));

  it('holds it back where that was skipped', async () => expect(await waits(skipped)).toBe(true));

  it('holds it back where only one of two changes has begun', async () => {
    expect(await waits(skipped, [['0'], ['1']])).toBe(true);
    expect(await waits(skipped, [['0', '1']])).toBe(false);
  });

  it('holds it back where the window of that let nothing through', async () => {
    const never = windowsOf("{ hours: '01:00-02:00' }", "{ hours: '03:00-04:00' }");
    expect(await waits({ context: goesOn, windows: never })).toBe(true);
  });

  it('holds it back where that failed before it began', async () => {
    const context = { ...goesOn, stageEnabled: { type: 'expression', expression: 'nope(1)' } };
    expect(await waits({ context })).toBe(true);
  });
});

describe('while a window is waited for', () => {
  it('a failure says that the windows never meet, and nothing is undone', async () => {
    const bench = createStageBench();
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 2 });
    const done = await bench.run(deploying("{ hours: '09:00-09:59' }", "{ hours: '10:00-10:59' }"));
    expect([done.status, stageOf(done, '1').failure?.code]).toEqual(['TERMINAL', 'INVALID_INPUT']);
    expect(stageOf(done, '1').failure?.message).toContain('environment prod and pipeline p never open together');
    expect(bench.serverGroups.effects).toEqual([]);
  });

  it('a cancel ends it at once, without a way back, as nothing was done', async () => {
    const bench = createStageBench();
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 2 });
    await bench.start(deploying(office));
    await lookAt(bench);
    expect(await sendSignal(bench, { type: 'cancel', user: 'UBOB' })).toBe('');
    const done = await lookAt(bench);
    expect(done.stages.map(({ type, status }) => [type, status])).toEqual([
      ['deploy', 'CANCELED'],
      ['restrictExecutionDuringTimeWindow', 'CANCELED'],
      ['createServerGroup', 'NOT_STARTED'],
    ]);
    expect(bench.serverGroups.effects).toEqual([]);
  });

  it('no time of the stage runs, and all of it is there when the window opens', async () => {
    const bench = createStageBench();
    const context = { stageTimeoutMs: 600_000 };
    const done = await bench.run(held({ type: 'manualJudgment', context, windows: windowsOf(office) }), dayMs);
    expect(stageOf(done, '1').failure?.code).toBe('TASK_TIMEOUT');
    expect(time(done.endTime)).toBe('2026-01-01T09:10:00.000Z');
  });

  it('a pause neither shortens nor lengthens what comes after it', async () => {
    const bench = createStageBench();
    const context = { stageTimeoutMs: 600_000 };
    await bench.start(held({ type: 'manualJudgment', context, windows: windowsOf(office) }));
    await lookAt(bench, hourMs);
    await sendSignal(bench, { type: 'pause', user: 'UBOB' });
    await lookAt(bench, 12 * hourMs);
    await bench.clock.advance(11 * hourMs);
    await sendSignal(bench, { type: 'resume', user: 'UBOB' });
    const done = await lookAt(bench, dayMs);
    expect(time(done.endTime)).toBe('2026-01-01T11:10:00.000Z');
  });

  it('the clean-up of another branch does not wait for any window', async () => {
    const bench = createStageBench();
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 2 });
    await bench.clock.advance(15.99 * hourMs);
    const clusters = [describeCluster({ delayBeforeDisableSec: 7200 })];
    await bench.start(held({ type: 'deploy', context: { clusters }, windows: windowsOf(office) }));
    const waiting = await lookAt(bench, hourMs);
    expect(waiting.status).toBe('RUNNING');
    await sendSignal(bench, { type: 'cancel', user: 'UBOB' });
    const done = await lookAt(bench, hourMs);
    expect([done.status, ...bench.serverGroups.sizes(east)]).toEqual([
      'CANCELED',
      'foo-dev-v000 ×2',
      'foo-dev-v001 ×0',
    ]);
  });
});

describe('Start now', () => {
  const startNow = (bench: Bench, over: { stageId?: string; user?: string; reason?: string } = {}) =>
    sendSignal(bench, { type: 'startNow', stageId: '1<0', user: 'UBOB', reason: 'login is broken', ...over });
  const begin = async (execution = held({ windows: windowsOf(office) })) => {
    const bench = createStageBench();
    await bench.start(execution);
    await lookAt(bench);
    return bench;
  };

  it('lets the stage begin, and keeps who said so and why', async () => {
    const bench = await begin();
    expect(await startNow(bench)).toBe('');
    const done = await lookAt(bench, 60_000);
    expect([done.status, time(done.endTime)]).toEqual(['SUCCEEDED', '2026-01-01T00:01:00.000Z']);
    expect(windowDetail(done)).toBe('started before its time by @UBOB: login is broken');
    expect(stageOf(done, '1<0').context).toMatchObject({ startedBy: 'UBOB', startReason: 'login is broken' });
  });

  it('asks for a reason, and is over with the waiting', async () => {
    const bench = await begin();
    expect(await startNow(bench, { reason: ' ' })).toContain('INVALID_INPUT Say why');
    expect(await startNow(bench, { stageId: '1' })).toBe('');
    expect(await startNow(bench, { user: 'UANN' })).toContain('ALREADY_DECIDED Already started by @UBOB');
    await lookAt(bench);
    expect(await startNow(bench)).toContain('ALREADY_DECIDED');
    expect(await startNow(bench, { stageId: '9' })).toContain('NOT_FOUND');
  });

  it('is offered for each branch by its name', async () => {
    const { stages, ...rest } = buildPipeline([
      { ref: '1', type: 'wait', name: 'East', context: { waitTime: 1 } },
      { ref: '2', type: 'wait', name: 'West', context: { waitTime: 1 } },
    ]);
    const bench = await begin({ ...rest, stages: stages.map((stage) => ({ ...stage, windows: windowsOf(office) })) });
    const { choices = [] } = executionRenderer.live(await lookAt(bench));
    expect(choices.map(({ name, label }) => `${name} ${label}`)).toEqual([
      'startNow Start now: East',
      'startNow Start now: West',
      'pause Pause',
      'cancelExecution Cancel',
    ]);
    expect(choices[0]?.asks).toMatchObject({ required: true });
  });

  it('counts for one attempt: the next one asks the window again', async () => {
    const bench = await begin(
      held({
        type: 'checkPreconditions',
        context: { preconditions: [{ type: 'expression', context: { expression: 'false' } }] },
        windows: windowsOf(office),
      }),
    );
    await startNow(bench);
    expect((await lookAt(bench)).status).toBe('TERMINAL');
    await sendSignal(bench, { type: 'retryStage', stageId: '1', user: 'UBOB' });
    const again = await lookAt(bench);
    expect([stageOf(again, '1').attempt, stageOf(again, '1<0').status]).toEqual([2, 'RUNNING']);
    expect(windowDetail(again)).toContain('opens 2026-01-01 09:00 UTC');
  });
});

describe('jitter', () => {
  const jittery = (
    id: string,
    text = "{ hours: '09:00-16:00', jitter: { minDelay: 60, maxDelay: 600 } }",
    fields = {},
  ) => held({ windows: windowsOf(text), fields: { id, ...fields } });
  const secondsOf = async (execution: Execution): Promise<number> => {
    const bench = createStageBench();
    await bench.start(execution);
    const done = await bench.drive(execution.id, dayMs);
    return ((stageOf(done, '1<0').endTime ?? NaN) - at('2026-01-01T09:00:00Z')) / 1000;
  };

  it('is a wait of whole seconds after the window opens, within its bounds and spread over them', async () => {
    const ids = Array.from({ length: 60 }, (_each, index) => `E${index}`);
    const seconds = await Promise.all(ids.map((id) => secondsOf(jittery(id))));
    expect(seconds.every((each) => Number.isInteger(each) && each >= 60 && each <= 600)).toBe(true);
    expect(new Set(seconds).size).toBeGreaterThan(40);
    expect(Math.min(...seconds)).toBeLessThan(150);
    expect(Math.max(...seconds)).toBeGreaterThan(510);
  });

  it('is in what is announced from the first look on, which is when the stage begins', async () => {
    const bench = createStageBench();
    await bench.start(jittery('E1'));
    const told = windowDetail(await lookAt(bench));
    const done = await bench.drive('E1', dayMs);
    const begun = time(stageOf(done, '1<0').endTime);
    expect(begun).not.toContain('T09:00');
    expect(told).toBe(
      `opens 2026-01-01 09:00 UTC (environment prod); begins ${begun?.slice(0, 16).replace('T', ' ') ?? ''} UTC`,
    );
    expect(windowDetail(done)).toBe(`opened ${begun?.slice(0, 16).replace('T', ' ') ?? ''} UTC`);
  });

  it('that lasts beyond the end is announced as the next opening', async () => {
    const bench = createStageBench();
    await bench.start(jittery('E1', "{ hours: '09:00-09:01', jitter: { minDelay: 120, maxDelay: 120 } }"));
    expect(windowDetail(await lookAt(bench))).toContain('; begins 2026-01-02 09:00 UTC');
    const open = await lookAt(bench, 9 * hourMs);
    expect(windowDetail(open)).toBe('open; begins 2026-01-02 09:00 UTC');
    expect(await bench.store.nextDue(['execution'], bench.clock.now())).toBe(at('2026-01-01T09:02:00Z'));
    const done = await bench.drive('E1', 2 * dayMs);
    expect(time(stageOf(done, '1<0').endTime)).toBe('2026-01-02T09:00:00.000Z');
  });

  it('is said while it lasts', async () => {
    const bench = createStageBench();
    await bench.start(jittery('E1'));
    const waiting = await bench.drive('E1', 9 * hourMs + 1000);
    expect(windowDetail(waiting)).toMatch(/^open; begins 2026-01-01 09:\d\d UTC$/);
  });

  it('leaves out what a person started, where it says so', async () => {
    const text = "{ hours: '09:00-16:00', jitter: { minDelay: 60, maxDelay: 600, skipManual: true } }";
    expect(await secondsOf(jittery('E1', text))).toBe(0);
    const parent = { parentExecutionId: 'P1', parentStageId: '1' };
    const trigger = { type: 'pipeline', user: 'UANN', parameters: {}, correlationId: 'C1', ...parent } as const;
    expect(await secondsOf(jittery('E1', text, { trigger }))).toBeGreaterThanOrEqual(60);
  });

  it('that lasts beyond the end of the window waits for the next', async () => {
    const bench = createStageBench();
    await bench.clock.advance(15 * hourMs + 60 * 60_000);
    await bench.start(jittery('E1', "{ hours: '09:00-16:00', jitter: { minDelay: 120, maxDelay: 120 } }"));
    const done = await bench.drive('E1', dayMs);
    expect(time(stageOf(done, '1<0').endTime)).toBe('2026-01-02T09:00:00.000Z');
  });

  it('is ended by Start now', async () => {
    const bench = createStageBench();
    await bench.start(jittery('E1'));
    await bench.drive('E1', 9 * hourMs + 1000);
    expect(await sendSignal(bench, { type: 'startNow', stageId: '1', user: 'UBOB', reason: 'now' })).toBe('');
    expect((await bench.drive('E1', 90_000)).status).toBe('SUCCEEDED');
  });
});

it('a process that stops at any moment changes nothing of what windows do', async () => {
  const text = "{ hours: '01:00-16:00', jitter: { minDelay: 60, maxDelay: 600 } }";
  let first: number | undefined;
  const { end, points, differing } = await crashEverywhere({
    seed: ({ serverGroups }) => serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 2 }),
    execution: () => deploying(text, '{ days: Mon-Fri }'),
    end: (done, { serverGroups }) => {
      const { endTime = NaN } = stageOf(done, '1<0');
      first ??= endTime;
      // A process that is lost is replaced within ten seconds.
      return [done.status, Math.abs(endTime - first) <= 11_000, ...serverGroups.sizes(east)];
    },
  });
  expect((first ?? NaN) - at('2026-01-01T01:00:00Z')).toBeGreaterThanOrEqual(60_000);
  expect(end).toEqual(['SUCCEEDED', true, 'foo-dev-v000 ×0', 'foo-dev-v001 ×2']);
  expect(points).toBeGreaterThan(10);
  expect(differing).toEqual([]);
}, 120_000);
