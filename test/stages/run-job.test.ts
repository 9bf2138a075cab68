import { executionRenderer } from '../../src/app';
import { plainText } from '../../src/model/text';
import type { Execution, StageContext } from '../../src/model/execution';
import { createCrashPoints } from '../support/crash-points';
import { drive, buildPipeline, stageOf, statuses } from '../support/engine-kit';
import { writtenPipeline } from '../support/expression-kit';
import { sendSignal } from '../support/send-signal';
import { createStageBench, west } from '../support/stage-kit';
import { east } from '../dcos/builders';

type Bench = ReturnType<typeof createStageBench>;

const jobId = 'prod.foo-smoke';
const job = { general: { id: jobId, cmd: 'true' }, application: 'foo', location: east };
const pipeline = (context: StageContext = {}): Execution =>
  buildPipeline([{ ref: '1', type: 'runJob', context: { ...job, ...context } }]);

const cancel = (bench: Bench) => sendSignal(bench, { type: 'cancel', user: 'U0BOB' });
const retry = (bench: Bench) => sendSignal(bench, { type: 'retryStage', stageId: '1', user: 'U0BOB' });
const failureOf = (execution: Execution) => stageOf(execution, '1').failure;

describe('a job', () => {
  it('runs once, and says how it ended under the names of Spinnaker', async () => {
    const bench = createStageBench();
    const done = await bench.run(pipeline());
    expect(done.status).toBe('SUCCEEDED');
    expect(bench.jobs.effects).toEqual([`run ${jobId} E1/1/1`]);
    expect(stageOf(done, '1').outputs).toMatchObject({
      jobStatus: 'Succeeded',
      completionDetails: { successful: true, location: 'np1', jobId, taskId: 'task-R1' },
      'deploy.jobs': { np1: [`foo-${jobId}-R1`] },
    });
    expect(stageOf(done, '1').tasks.map(({ name }) => name)).toEqual(['runJob', 'waitOnJobCompletion']);
  });

  it('shows that it runs', async () => {
    const bench = createStageBench();
    const running = await bench.run(pipeline(), 5000);
    const steps = executionRenderer.live(running).steps ?? [];
    expect(steps.map(({ state, detail }) => `${state} ${plainText(detail ?? '')}`)).toEqual([`running ${jobId} runs`]);
  });

  it('is not waited for where the stage does not want that', async () => {
    const bench = createStageBench();
    bench.jobs.runMs = 3_600_000;
    bench.jobs.outcome = 'FAILED';
    const startedAt = bench.clock.now();
    const done = await bench.run(pipeline({ waitForCompletion: false, propertyFile: 'a.json' }));
    expect([done.status, bench.clock.now() - startedAt]).toEqual(['SUCCEEDED', 0]);
    expect(stageOf(done, '1').outputs).toMatchObject({ 'deploy.jobs': { np1: [`foo-${jobId}-R1`] } });
  });

  it.each([
    [{ account: 'nonprod', dcosCluster: 'np2' }, 'nonprod/np2', 'np2'],
    [{ account: 'nonprod', region: 'np1_east' }, 'nonprod/np1_east', 'np1'],
    [{ credentials: 'nonprod', region: 'np1/east' }, 'nonprod/np1/east', 'np1'],
    [{ account: 'nonprod', region: 'default', dcosCluster: 'np3' }, 'nonprod/default', 'np3'],
  ])('runs where %j says', async (place, name, dcosCluster) => {
    const bench = createStageBench();
    const done = await bench.run(pipeline({ location: undefined, ...place }));
    expect(bench.jobs.runs.map((run) => run.place)).toEqual([name]);
    expect(Object.keys(stageOf(done, '1').outputs['deploy.jobs'] as object)).toEqual([dcosCluster]);
  });

  it('runs in several places at the same time, their results by place', async () => {
    const bench = createStageBench();
    bench.jobs.files.set('a.json', '{"passed": 3}');
    const startedAt = bench.clock.now();
    const done = await bench.run(pipeline({ location: undefined, locations: [east, west], propertyFile: 'a.json' }));
    expect(statuses(done)).toEqual(['1 SUCCEEDED', '1<0 SUCCEEDED', '1<1 SUCCEEDED']);
    expect((done.endTime ?? 0) - startedAt).toBeLessThan(15_000);
    expect(stageOf(done, '1').outputs.jobs).toMatchObject({ np1_east: { passed: 3 }, np1_west: { passed: 3 } });
  });

  it('has the id that a place gives it, where it runs in several', async () => {
    const bench = createStageBench();
    const locations = [
      { ...east, jobId: 'east.smoke' },
      { ...west, jobId: 'west.smoke' },
    ];
    await bench.run(pipeline({ location: undefined, locations }));
    expect(bench.jobs.runs.map((run) => run.jobId)).toEqual(['east.smoke', 'west.smoke']);
  });

  it.each([
    [{ general: { id: jobId, mem: 'lots' } }, 'general.mem: must be a number'],
    [{ location: {} }, 'location.account'],
    [{ env: { A: ['x'] } }, 'env.A: must be text or { secret: name }'],
  ])('that was given %j fails, naming the field', async (context, message) => {
    const bench = createStageBench();
    const done = await bench.run(pipeline(context));
    expect([done.status, failureOf(done)?.code]).toEqual(['TERMINAL', 'INVALID_INPUT']);
    expect(failureOf(done)?.message).toContain(message);
    expect(bench.jobs.effects).toEqual([]);
  });

  it('that says not where it runs fails', async () => {
    const bench = createStageBench();
    const done = await bench.run(pipeline({ location: undefined, account: 'nonprod' }));
    expect([done.status, failureOf(done)?.code]).toEqual(['TERMINAL', 'INVALID_INPUT']);
    expect(failureOf(done)?.message).toContain('account together with dcosCluster or region says where a job runs');
  });
});

describe('what a job leaves', () => {
  const withFile = async (propertyFile: string, text: string | undefined) => {
    const bench = createStageBench();
    if (text !== undefined) bench.jobs.files.set(propertyFile, text);
    return bench.run(pipeline({ propertyFile }));
  };

  it.each([
    ['out/result.json', '{"passed": 12, "by": {"suite": [1]}}', { passed: 12, by: { suite: [1] } }],
    ['result.properties', 'passed = 12\n', { passed: '12' }],
  ])('becomes its outputs: %s', async (propertyFile, text, expected) => {
    const done = await withFile(propertyFile, text);
    expect(stageOf(done, '1').outputs).toMatchObject({ ...expected, propertyFileContents: expected });
  });

  it('is seen by expressions of later stages, and is data there', async () => {
    const bench = createStageBench();
    bench.jobs.files.set('result.json', '{"passed": 12, "evil": "${1 + 1}"}');
    const later = { preconditions: [{ type: 'expression', context: { expression: '${passed == 12}' } }] };
    const variables = [{ key: 'seen', value: "${#stage('Stage 1').outputs.propertyFileContents.evil}" }];
    const done = await bench.run(
      writtenPipeline([
        { ref: '1', type: 'runJob', context: { ...job, propertyFile: 'result.json' } },
        { ref: '2', type: 'checkPreconditions', after: ['1'], context: later },
        { ref: '3', type: 'evaluateVariables', after: ['2'], context: { variables } },
      ]),
    );
    expect(done.status).toBe('SUCCEEDED');
    expect(stageOf(done, '3').outputs.seen).toBe('${1 + 1}');
  });

  it('cannot hide what the stage says itself', async () => {
    const own = { jobStatus: 'x', jobRun: 'x', jobTasks: 'x', completionDetails: 'x', 'deploy.jobs': 'x' };
    const done = await withFile('a.json', JSON.stringify({ ...own, propertyFileContents: 'x' }));
    expect(stageOf(done, '1').outputs).toMatchObject({
      jobStatus: 'Succeeded',
      jobRun: { jobId, runId: 'R1' },
      propertyFileContents: own,
    });
  });

  it.each([
    ['a.json', undefined, 'there is no such file'],
    ['a.json', '{}', 'it is empty'],
    ['a.properties', '# nothing\n', 'it is empty'],
    ['a.json', '[1]', 'one object'],
    ['a.json', '{', 'a.json cannot be read'],
  ])('fails a job that succeeded where it is not what was expected: %s %j', async (file, text, problem) => {
    const done = await withFile(file, text);
    expect(failureOf(done)?.code).toBe('JOB_FAILED');
    expect(failureOf(done)?.message).toContain(
      `Expected properties file: ${file} in job: ${jobId} but it was either missing, empty or contained invalid syntax: `,
    );
    expect(failureOf(done)?.message).toContain(problem);
  });

  it('may not be longer than 64 KiB', async () => {
    const done = await withFile('a.properties', `a=${'x'.repeat(65_536)}`);
    expect(failureOf(done)?.message).toMatch(/invalid syntax: it is longer than 64 KiB\.$/);
  });

  it('may come a moment after its end', async () => {
    const bench = createStageBench();
    await bench.run(pipeline({ propertyFile: 'a.json' }), 13_000);
    bench.jobs.files.set('a.json', '{"a": 1}');
    expect((await bench.drive('E1')).status).toBe('SUCCEEDED');
  });
});

describe('a job that fails', () => {
  it('says why, with the end of its stderr, and keeps what it left', async () => {
    const bench = createStageBench();
    Object.assign(bench.jobs, { outcome: 'FAILED', diagnosis: { reasons: ['Exit 3.'], output: 'last words' } });
    bench.jobs.files.set('a.json', '{"continuePipeline": true}');
    const done = await bench.run(pipeline({ propertyFile: 'a.json' }));
    expect(done.status).toBe('TERMINAL');
    expect(failureOf(done)).toEqual({
      code: 'JOB_FAILED',
      message: `Job: '${jobId}' failed. Exit 3.`,
      output: 'last words',
    });
    expect(stageOf(done, '1').context).toMatchObject({
      jobStatus: 'Failed',
      completionDetails: { successful: false, taskId: 'task-R1' },
      propertyFileContents: { continuePipeline: true },
    });
    expect(bench.jobs.effects).toEqual([`run ${jobId} E1/1/1`]);
  });

  it('does not mind that it left nothing', async () => {
    const bench = createStageBench();
    bench.jobs.outcome = 'FAILED';
    bench.jobs.fail('readFile', 'UNREACHABLE');
    const done = await bench.run(pipeline({ propertyFile: 'a.json' }));
    expect(failureOf(done)?.message).toBe(`Job: '${jobId}' failed.`);
  });

  it('runs anew when it is retried', async () => {
    const bench = createStageBench();
    bench.jobs.outcome = 'FAILED';
    bench.jobs.files.set('a.json', '{"a": 1}');
    await bench.run(pipeline({ propertyFile: 'a.json' }));
    bench.jobs.outcome = 'SUCCEEDED';
    await retry(bench);
    const done = await bench.drive('E1');
    expect(bench.jobs.effects).toEqual([`run ${jobId} E1/1/1`, `run ${jobId} E1/1/2`]);
    expect([done.status, stageOf(done, '1').outputs.jobStatus]).toEqual(['SUCCEEDED', 'Succeeded']);
    expect(stageOf(done, '1').outputs.jobRun).toEqual({ jobId, runId: 'R2' });
    for (const stale of ['jobStatus', 'completionDetails', 'propertyFileContents', 'diagnosis'])
      expect(stageOf(done, '1').context).not.toHaveProperty(stale);
  });

  it('counts as failed after nobody could say for five minutes how it ended', async () => {
    const bench = createStageBench();
    bench.jobs.outcome = 'UNKNOWN';
    const startedAt = bench.clock.now();
    const done = await bench.run(pipeline());
    expect(failureOf(done)?.message).toBe(
      `Nobody can say how run R1 of job '${jobId}' ended, for 5 min: nobody knows.`,
    );
    expect((done.endTime ?? 0) - startedAt).toBeLessThan(310_000);
  });

  it('is not given up where somebody can say again', async () => {
    const bench = createStageBench();
    Object.assign(bench.jobs, { outcome: 'UNKNOWN', runMs: 500_000 });
    await bench.run(pipeline(), 200_000);
    const [run] = bench.jobs.runs;
    if (run === undefined) throw new Error('no run');
    run.outcome = 'SUCCEEDED';
    await bench.drive('E1', 100_000);
    run.outcome = 'UNKNOWN';
    const wondering = await bench.drive('E1', 200_000);
    expect(wondering.status).toBe('RUNNING');
    run.outcome = 'SUCCEEDED';
    expect((await bench.drive('E1')).status).toBe('SUCCEEDED');
  });
});

describe('a job that takes too long', () => {
  it('is stopped by its time, and can be retried', async () => {
    const bench = createStageBench();
    bench.jobs.runMs = 3_600_000;
    const done = await bench.run(pipeline({ stageTimeoutMs: 60_000 }));
    expect(failureOf(done)?.code).toBe('TASK_TIMEOUT');
    expect(bench.jobs.effects).toEqual([`run ${jobId} E1/1/1`, 'cancel R1']);
    bench.jobs.runMs = 1000;
    await retry(bench);
    expect((await bench.drive('E1')).status).toBe('SUCCEEDED');
  });
});

describe('a cancel', () => {
  it('stops the run', async () => {
    const bench = createStageBench();
    bench.jobs.runMs = 3_600_000;
    await bench.run(pipeline(), 60_000);
    await cancel(bench);
    const done = await bench.drive('E1');
    expect([done.status, statuses(done)]).toEqual(['CANCELED', ['1 CANCELED', '1~0 SUCCEEDED']]);
    expect(bench.jobs.effects).toEqual([`run ${jobId} E1/1/1`, 'cancel R1']);
  });

  it('stops the runs of all places', async () => {
    const bench = createStageBench();
    bench.jobs.runMs = 3_600_000;
    await bench.run(pipeline({ location: undefined, locations: [east, west] }), 60_000);
    await cancel(bench);
    expect((await bench.drive('E1')).status).toBe('CANCELED');
    expect(bench.jobs.effects.slice(2).sort()).toEqual(['cancel R1', 'cancel R2']);
  });

  it.each([
    ['nobody waits for', { waitForCompletion: false }, 3_600_000],
    ['has ended', {}, 1000],
  ])('leaves alone a run that %s', async (_title, context, runMs) => {
    const bench = createStageBench();
    bench.jobs.runMs = runMs;
    const judged = { ref: '2', type: 'manualJudgment', after: ['1'] };
    await bench.run(buildPipeline([{ ref: '1', type: 'runJob', context: { ...job, ...context } }, judged]), 60_000);
    await cancel(bench);
    const done = await bench.drive('E1');
    expect([done.status, stageOf(done, '1').status]).toEqual(['CANCELED', 'SUCCEEDED']);
    expect(bench.jobs.effects).toEqual([`run ${jobId} E1/1/1`]);
  });

  it.each([{}, { waitForCompletion: false }])(
    'stops a run of a stage of %j that is still being started',
    async (context) => {
      const bench = createStageBench();
      bench.jobs.runMs = 3_600_000;
      bench.jobs.fail('run', 'TIMED_OUT', true, 12_000);
      await bench.run(pipeline(context), 5000);
      await cancel(bench);
      expect((await bench.drive('E1')).status).toBe('CANCELED');
      expect(bench.jobs.effects).toEqual([`run ${jobId} E1/1/1`, 'cancel R1']);
    },
  );

  it('stops nothing where nothing was started', async () => {
    const bench = createStageBench();
    bench.jobs.fail('knownRuns', 'UNREACHABLE');
    await bench.run(pipeline(), 1000);
    await cancel(bench);
    const done = await bench.drive('E1');
    expect([done.status, statuses(done)]).toEqual(['CANCELED', ['1 CANCELED']]);
    expect(bench.jobs.effects).toEqual([]);
  });
});

describe('a job that another execution is starting', () => {
  it('waits for that, and says for whom', async () => {
    const bench = createStageBench();
    bench.jobs.fail('run', 'TIMED_OUT');
    await bench.run({ ...pipeline(), name: 'deploy foo 1.1 to prod' }, 1000);
    await bench.start(buildPipeline([{ ref: '1', type: 'runJob', context: job }], { id: 'E2' }));
    const waiting = await bench.drive('E2', 1000);
    expect(stageOf(waiting, '1').context.progress).toBe(`waits for deploy foo 1.1 to prod to start job ${jobId}`);
    expect((await bench.drive('E2')).status).toBe('SUCCEEDED');
    expect((await bench.drive('E1')).status).toBe('SUCCEEDED');
    expect([...bench.jobs.effects].sort()).toEqual([`run ${jobId} E1/1/1`, `run ${jobId} E2/1/1`]);
  });

  it('does not wait for a start that was refused', async () => {
    const bench = createStageBench();
    bench.jobs.fail('run', 'REQUEST_REFUSED');
    await bench.run(pipeline());
    await bench.start(buildPipeline([{ ref: '1', type: 'runJob', context: job }], { id: 'E2' }));
    await bench.drive('E2', 0);
    expect(bench.jobs.effects).toEqual([`run ${jobId} E2/1/1`]);
  });
});

describe('a start whose answer is lost', () => {
  it.each([0, 1500, 12_000])('adopts the run that it has started, seen %i ms later', async (lateMs) => {
    const bench = createStageBench();
    bench.jobs.fail('run', 'TIMED_OUT', true, lateMs);
    const done = await bench.run(pipeline());
    expect(done.status).toBe('SUCCEEDED');
    expect(bench.jobs.effects).toEqual([`run ${jobId} E1/1/1`]);
  });

  it('starts one where none has come of it', async () => {
    const bench = createStageBench();
    bench.jobs.fail('run', 'UNREACHABLE');
    const done = await bench.run(pipeline());
    expect(done.status).toBe('SUCCEEDED');
    expect(bench.jobs.effects).toEqual([`run ${jobId} E1/1/1`]);
  });

  it('does not adopt the run of another', async () => {
    const bench = createStageBench();
    bench.jobs.fail('run', 'UNREACHABLE');
    await bench.run(pipeline(), 5000);
    await bench.jobs.run(east, { general: { id: jobId } }, 'E9/1/1');
    const done = await bench.drive('E1');
    expect(stageOf(done, '1').outputs.jobRun).toEqual({ jobId, runId: 'R2' });
  });

  it('starts none while one is there of which nobody can tell whose it is, and says so', async () => {
    const bench = createStageBench();
    bench.jobs.fail('run', 'UNREACHABLE');
    await bench.run(pipeline(), 5000);
    const foreign = await bench.jobs.run(east, { general: { id: jobId } }, 'E9/1/1');
    bench.jobs.withoutTask.add(foreign);
    const waiting = await bench.drive('E1', 60_000);
    expect([waiting.status, bench.jobs.effects]).toEqual(['RUNNING', [`run ${jobId} E9/1/1`]]);
    expect(stageOf(waiting, '1').context.progress).toBe(
      `a run of ${jobId} waits for an agent in nonprod/east, and may be this stage's own, because an answer was lost`,
    );
    bench.jobs.withoutTask.clear();
    expect((await bench.drive('E1')).status).toBe('SUCCEEDED');
    expect(bench.jobs.effects).toEqual([`run ${jobId} E9/1/1`, `run ${jobId} E1/1/1`]);
  });

  it('is not held up by the run of another that waits for an agent, where nothing was sent', async () => {
    const bench = createStageBench();
    const knownRuns = bench.jobs.knownRuns.bind(bench.jobs);
    bench.jobs.knownRuns = async (...call) => {
      const known = await knownRuns(...call);
      if (bench.jobs.runs.length > 0) return known;
      bench.jobs.withoutTask.add(await bench.jobs.run(east, { general: { id: jobId } }, 'E9/1/1'));
      return known;
    };
    const begun = await bench.run(pipeline(), 1000);
    expect(stageOf(begun, '1').context.progress).toBe(
      `a run of ${jobId} that somebody else has started waits for an agent in nonprod/east`,
    );
    const done = await bench.drive('E1', 20_000);
    expect([done.status, stageOf(done, '1').outputs.jobRun]).toEqual(['SUCCEEDED', { jobId, runId: 'R2' }]);
  });

  it('is refused at once where trying again cannot help', async () => {
    const bench = createStageBench();
    bench.jobs.fail('run', 'REQUEST_REFUSED');
    const done = await bench.run(pipeline());
    expect(failureOf(done)).toMatchObject({ code: 'REQUEST_REFUSED' });
    expect(bench.jobs.effects).toEqual([]);
  });
});

describe('a crash', () => {
  const runWith = async (
    points: readonly number[],
    act: (bench: Bench) => Promise<unknown>,
    runMs: number,
    landMs = 0,
  ) => {
    const crashes = createCrashPoints(new Set(points));
    const bench = createStageBench(crashes.wrap);
    bench.jobs.files.set('a.json', '{"a": 1}');
    Object.assign(bench.jobs, { runMs, landMs });
    bench.jobs.onEffect = crashes.point;
    const handle = (loaded: Execution, owner: string) => {
      crashes.boot();
      return bench.handle(loaded, owner);
    };
    await bench.start(pipeline({ propertyFile: 'a.json' }));
    const driving = { store: bench.store, clock: bench.clock, id: 'E1', handle };
    await drive({ ...driving, maxMs: 20_000 });
    await act(bench);
    const done = await drive(driving);
    return { done, effects: bench.jobs.effects, passed: crashes.passed() };
  };

  it.each([0, 12_000])('at any moment starts no second run and loses none, seen %i ms later', async (landMs) => {
    const nothing = () => Promise.resolve();
    const whole = await runWith([], nothing, 10_000, landMs);
    expect(whole.passed).toBeGreaterThan(10);
    for (let point = 1; point <= whole.passed; point += 1) {
      const { done, effects } = await runWith([point], nothing, 10_000, landMs);
      expect([point, done.status, effects]).toEqual([point, 'SUCCEEDED', [`run ${jobId} E1/1/1`]]);
      expect(stageOf(done, '1').outputs).toEqual(stageOf(whole.done, '1').outputs);
    }
  });

  it('at any moment of a canceled run leaves none running', async () => {
    const whole = await runWith([], cancel, 3_600_000);
    for (let point = 1; point <= whole.passed; point += 1) {
      const { done, effects } = await runWith([point], cancel, 3_600_000);
      expect([point, done.status]).toEqual([point, 'CANCELED']);
      expect([point, effects]).toEqual([point, [`run ${jobId} E1/1/1`, 'cancel R1']]);
    }
  });
});
