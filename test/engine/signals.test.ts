import type { Execution } from '../../src/model/execution';
import { applyResults, dueOf } from '../../src/engine/fold';
import { stepTimeoutMs } from '../../src/engine/landing';
import { runLook } from '../../src/engine/run-look';
import type { TaskResult } from '../../src/engine/contracts/task';
import { CoxswainError } from '../../src/model/errors';
import { east } from '../dcos/builders';
import { buildPipeline, buildRegistry, scriptedTask, stageOf, statuses } from '../support/engine-kit';
import { createManualClock } from '../support/manual-clock';
import { sendSignal } from '../support/send-signal';
import { createStageBench, describeCluster } from '../support/stage-kit';

const judged = (context = {}) => buildPipeline([{ ref: '1', type: 'manualJudgment', context }]);
const approve = { type: 'judge', decision: 'continue', stageId: '1', user: 'UANN' } as const;
const reject = { ...approve, decision: 'stop', user: 'UBOB', reason: 'too slow' } as const;

describe('deciding', () => {
  it('lets the first decision win and tells the second who and when', async () => {
    const bench = createStageBench();
    await bench.run(judged(), 60_000);
    expect(await sendSignal(bench, approve)).toBe('');
    await bench.clock.advance(30_000);
    expect(await sendSignal(bench, reject)).toBe('ALREADY_DECIDED Already approved by @UANN 30 s ago.');
    expect((await bench.drive('E1')).status).toBe('SUCCEEDED');
    expect(await sendSignal(bench, reject)).toContain('Already approved by @UANN');
  });

  it('fails the pipeline on a rejection, with its reason', async () => {
    const bench = createStageBench();
    await bench.run(judged(), 60_000);
    await sendSignal(bench, reject);
    const done = await bench.drive('E1');
    expect(stageOf(done, '1').failure).toEqual({
      code: 'JUDGMENT_REJECTED',
      message: 'Stage 1 was rejected: too slow',
    });
  });

  it('rolls back on a rejection where the stage says so', async () => {
    const bench = createStageBench();
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 3 });
    const clusters = [describeCluster()];
    await bench.run(
      buildPipeline([
        { ref: '0', type: 'deploy', context: { clusters } },
        { ref: '1', type: 'manualJudgment', after: ['0'], context: { onReject: 'rollback' } },
      ]),
      600_000,
    );
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×0', 'foo-dev-v001 ×2']);
    await sendSignal(bench, reject);
    expect((await bench.drive('E1')).status).toBe('TERMINAL');
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×3', 'foo-dev-v001 ×0']);
  });

  it('times out after three days', async () => {
    const bench = createStageBench();
    const done = await bench.run(judged(), 4 * 24 * 3_600_000);
    expect(stageOf(done, '1').failure?.code).toBe('TASK_TIMEOUT');
  });
});

describe('stopping and going on', () => {
  const waiting = (waitTime = 60) => buildPipeline([{ ref: '1', type: 'wait', context: { waitTime } }]);

  it('cancels once and says who did', async () => {
    const bench = createStageBench();
    await bench.run(waiting(), 1000);
    expect(await sendSignal(bench, { type: 'cancel', user: 'UANN', reason: 'wrong one' })).toBe('');
    expect(await sendSignal(bench, { type: 'cancel', user: 'UBOB' })).toContain('Already canceled by @UANN');
    const done = await bench.drive('E1');
    expect([done.status, ...statuses(done)]).toEqual(['CANCELED', '1 CANCELED']);
    expect(await sendSignal(bench, { type: 'pause', user: 'UANN' })).toContain('Unable to pause: it is canceled');
  });

  it('stands still while paused, and does not count the pause as a task’s time', async () => {
    const bench = createStageBench();
    await bench.run(judged({ stageTimeoutMs: 100_000 }), 50_000);
    expect(await sendSignal(bench, { type: 'pause', user: 'UANN' })).toBe('');
    expect((await bench.drive('E1', 500_000)).status).toBe('PAUSED');
    await bench.clock.advance(500_000);
    expect(await sendSignal(bench, { type: 'retryStage', stageId: '1', user: 'UANN' })).toContain('is paused');
    expect(await sendSignal(bench, { type: 'resume', user: 'UBOB' })).toBe('');
    expect(await sendSignal(bench, { type: 'resume', user: 'UBOB' })).toContain('Unable to resume: it is running');
    const paused = (await bench.drive('E1', 10_000)).paused;
    expect((await bench.drive('E1')).status).toBe('TERMINAL');
    const done = await bench.drive('E1');
    const [task] = stageOf(done, '1').tasks;
    const pause = (paused?.resumedAt ?? 0) - (paused?.at ?? 0);
    expect((task?.endTime ?? 0) - (task?.startTime ?? 0)).toBe(100_000 + pause);
  });

  it('counts none of several pauses as a task’s time', async () => {
    const bench = createStageBench();
    await bench.run(judged({ stageTimeoutMs: 100_000 }), 10_000);
    for (const pauseMs of [500_000, 1_000]) {
      await sendSignal(bench, { type: 'pause', user: 'UANN' });
      await bench.clock.advance(pauseMs);
      await sendSignal(bench, { type: 'resume', user: 'UANN' });
      expect((await bench.drive('E1', 10_000)).status).toBe('RUNNING');
    }
    const done = await bench.drive('E1');
    const [task] = stageOf(done, '1').tasks;
    expect((task?.endTime ?? 0) - (task?.startTime ?? 0)).toBe(100_000 + 501_000);
  });

  it('is canceled while paused', async () => {
    const bench = createStageBench();
    await bench.run(waiting(), 1000);
    await sendSignal(bench, { type: 'pause', user: 'UANN' });
    await sendSignal(bench, { type: 'cancel', user: 'UANN' });
    expect((await bench.drive('E1')).status).toBe('CANCELED');
  });

  it('skips a wait, and waits anew when the stage is retried', async () => {
    const bench = createStageBench();
    const started = bench.clock.now();
    await bench.run(waiting(), 1000);
    expect(await sendSignal(bench, { type: 'skipWait', stageId: '1', user: 'UANN' })).toBe('');
    const done = await bench.drive('E1');
    expect([done.status, (done.endTime ?? 0) - started < 60_000]).toEqual(['SUCCEEDED', true]);
    expect(await sendSignal(bench, { type: 'skipWait', stageId: '1', user: 'UANN' })).toContain('is over');
    await sendSignal(bench, { type: 'retryStage', stageId: '1', user: 'UANN' });
    const again = await bench.drive('E1');
    expect((again.endTime ?? 0) - (stageOf(again, '1').startTime ?? 0)).toBe(60_000);
  });
});

describe('retrying a stage', () => {
  it('acts anew under another key, and its downstream runs', async () => {
    const bench = createStageBench();
    bench.serverGroups.fail('create', 'REQUEST_REFUSED');
    const clusters = [describeCluster({ strategy: 'none' })];
    const steps = [
      { ref: '1', type: 'deploy', context: { clusters } },
      { ref: '2', type: 'wait', after: ['1'], context: { waitTime: 1 } },
    ];
    expect((await bench.run(buildPipeline(steps))).status).toBe('TERMINAL');
    expect(await sendSignal(bench, { type: 'retryStage', stageId: '1<0', user: 'UANN' })).toContain('NOT_FOUND');
    expect(await sendSignal(bench, { type: 'retryStage', stageId: '1', user: 'UANN' })).toBe('');
    const done = await bench.drive('E1');
    expect(statuses(done)).toEqual(['1 SUCCEEDED', '2 SUCCEEDED', '1<0 SUCCEEDED']);
    const group = await bench.serverGroups.get(east, 'foo-dev-v000');
    expect(group?.labels.COXSWAIN_KEY).toBe('E1/1<0/2');
  });

  it('takes along the branches that the failure cut short', async () => {
    const bench = createStageBench();
    bench.serverGroups.fail('create', 'REQUEST_REFUSED');
    const clusters = [describeCluster({ strategy: 'none' })];
    const steps = [
      { ref: '1', type: 'deploy', context: { clusters } },
      { ref: '2', type: 'wait', context: { waitTime: 90 } },
    ];
    const failed = await bench.run(buildPipeline(steps));
    expect(stageOf(failed, '2').status).toBe('CANCELED');
    await sendSignal(bench, { type: 'retryStage', stageId: '1', user: 'UANN' });
    expect((await bench.drive('E1')).status).toBe('SUCCEEDED');
  });
});

describe('looks', () => {
  const running = (): Execution => {
    const [stage] = buildPipeline([{ ref: '1', type: 'x' }]).stages;
    if (stage === undefined) throw new Error('no stage');
    const task = { id: '1', name: 't', status: 'RUNNING', looks: 2, startTime: 0, dueAt: 50 } as const;
    return { ...buildPipeline([]), status: 'RUNNING', stages: [{ ...stage, status: 'RUNNING', tasks: [task] }] };
  };
  const look = (over = {}) => ({ stageId: '1', taskId: '1', attempt: 1, looks: 2, ...over });
  const done: TaskResult = { status: 'SUCCEEDED', outputs: { a: 1 } };

  it('takes the result of the present look only', () => {
    const before = running();
    expect(stageOf(applyResults(before, [{ ...look(), result: done }], 100), '1').outputs).toEqual({ a: 1 });
    for (const over of [{ looks: 1 }, { attempt: 2 }, { taskId: '2' }, { stageId: '2' }])
      expect(applyResults(before, [{ ...look(over), result: done }], 100)).toBe(before);
  });

  it('is due when the idle look asked, at the deadline, at once for events, never when over', () => {
    const registry = buildRegistry([{ type: 'x', tasks: [scriptedTask('t', [], { timeoutMs: 5000 })] }]);
    const idle = (retryAfterMs: number) => [{ ...look(), result: { status: 'RUNNING', retryAfterMs } as const }];
    expect(dueOf(running(), registry, 100, idle(300))).toBe(400);
    expect(dueOf(running(), registry, 100, idle(90_000))).toBe(5000);
    expect(dueOf(running(), registry, 100)).toBe(50);
    expect(dueOf({ ...running(), events: [{ id: 'e', type: 'live', urgent: false }] }, registry, 100)).toBe(100);
    for (const status of ['PAUSED', 'SUCCEEDED', 'CANCELED'] as const)
      expect(dueOf({ ...running(), status }, registry, 100)).toBeNull();
  });

  it.each([
    ['UNREACHABLE', 'RUNNING'],
    ['RATE_LIMITED', 'RUNNING'],
    ['MARATHON_LOCKED', 'RUNNING'],
    ['FORBIDDEN', 'TERMINAL'],
    ['NOT_FOUND', 'TERMINAL'],
  ] as const)('an error %s leaves the task %s', async (code, status) => {
    const run = () => Promise.reject(new CoxswainError(code, { message: 'oh' }));
    const registry = buildRegistry<undefined>([{ type: 'x', tasks: [scriptedTask('t', [], { run })] }]);
    const [stage] = running().stages;
    const [task] = stage?.tasks ?? [];
    if (stage === undefined || task === undefined) throw new Error('no task');
    const world = { registry, services: undefined, clock: createManualClock() };
    expect((await runLook(running(), { stage, task }, world)).result.status).toBe(status);
  });

  describe('an error that says when to ask again', () => {
    const timeoutMs = 300_000;

    async function waitAfter(fields: Readonly<Record<string, unknown>>, leftMs = timeoutMs) {
      const run = () => Promise.reject(new CoxswainError('RATE_LIMITED', { message: 'oh', fields }));
      const registry = buildRegistry<undefined>([{ type: 'x', tasks: [scriptedTask('t', [], { run, timeoutMs })] }]);
      const [stage] = running().stages;
      const [task] = stage?.tasks ?? [];
      if (stage === undefined || task === undefined) throw new Error('no task');
      const clock = createManualClock((task.startTime ?? 0) + timeoutMs - leftMs);
      const { result } = await runLook(running(), { stage, task }, { registry, services: undefined, clock });
      return result.status === 'RUNNING' ? result.retryAfterMs : undefined;
    }

    it.each([
      ['as it says', { retryAfterMs: 30_000 }, undefined, 30_000],
      ['2 s where it says less', { retryAfterMs: 0 }, undefined, 2000],
      ['a minute where it says more', { retryAfterMs: 3_600_000 }, undefined, 60_000],
      ["no longer than the task's deadline", { retryAfterMs: 30_000 }, 12_000, 12_000],
      ['2 s shortly before the deadline', { retryAfterMs: 30_000 }, 500, 2000],
      ['2 s where it says nothing', { retryAfterMs: undefined }, undefined, 2000],
      ['2 s where it says what is no time', { retryAfterMs: Number.NaN }, undefined, 2000],
    ])('is waited for %s', async (_title, fields, leftMs, expected) =>
      expect(await waitAfter(fields, leftMs)).toBe(expected),
    );
  });

  it('aborts a look that takes longer than a step', async () => {
    const clock = createManualClock();
    const run: Parameters<typeof scriptedTask>[2] = {
      run: ({ signal }) =>
        new Promise((_resolve, fail) => {
          signal.addEventListener('abort', () => fail(new CoxswainError('TIMED_OUT', { message: 'aborted' })));
        }),
    };
    const registry = buildRegistry<unknown>([{ type: 'x', tasks: [scriptedTask('t', [], run)] }]);
    const [stage] = running().stages;
    const [task] = stage?.tasks ?? [];
    if (stage === undefined || task === undefined) throw new Error('no task');
    const looking = runLook(running(), { stage, task }, { registry, services: undefined, clock });
    await clock.advance(stepTimeoutMs);
    expect((await looking).result).toMatchObject({ status: 'RUNNING', context: { lastError: 'aborted' } });
  });
});
