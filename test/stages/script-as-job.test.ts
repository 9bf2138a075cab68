import type { Execution, StageContext } from '../../src/model/execution';
import { buildPipeline, stageOf } from '../support/engine-kit';
import { sendSignal } from '../support/send-signal';
import { crashEverywhere } from '../support/stage-crashes';
import { createStageBench } from '../support/stage-kit';

type Bench = ReturnType<typeof createStageBench>;

const withoutJenkins = () => createStageBench(undefined, undefined, { hasJenkins: false });

const place = { account: 'nonprod', region: 'np1_east' };
const pipeline = (context: StageContext = {}): Execution =>
  buildPipeline([{ ref: '1', type: 'script', context: { command: './check.sh --all', ...place, ...context } }]);
const cancel = (bench: Bench) => sendSignal(bench, { type: 'cancel', user: 'U0BOB' });
const retry = (bench: Bench) => sendSignal(bench, { type: 'retryStage', stageId: '1', user: 'U0BOB' });
const taskStatuses = (execution: Execution) =>
  stageOf(execution, '1').tasks.map(({ name, status }) => `${name} ${status}`);

describe('a script where no Jenkins is configured', () => {
  it('runs as a job of Metronome, its parameters in the environment', async () => {
    const bench = withoutJenkins();
    const done = await bench.run(pipeline({ cluster: 'foo-dev', cmc: 'c' }));
    expect(done.status).toBe('SUCCEEDED');
    expect(taskStatuses(done)).toEqual([
      'startJenkinsJob SKIPPED',
      'waitForJenkinsJobStart SKIPPED',
      'monitorJenkinsJob SKIPPED',
      'runJob SUCCEEDED',
      'waitOnJobCompletion SUCCEEDED',
    ]);
    const [run] = bench.jobs.runs;
    expect(run).toMatchObject({ place: 'nonprod/np1_east', key: 'E1/1/1' });
    expect(run?.jobId).toMatch(/^nonprod\.east\.[a-z0-9-]+-script-1$/);
    expect(run?.description).toMatchObject({
      general: { cmd: './check.sh --all', cpus: 0.5, mem: 512 },
      env: {
        COMMAND: './check.sh --all',
        ENV_PARAM: 'nonprod',
        REGION_PARAM: 'np1_east',
        CLUSTER_PARAM: 'foo-dev',
        CMC: 'c',
        IMAGE_ID: '',
      },
    });
    expect(run?.description.docker).toBeUndefined();
    expect(stageOf(done, '1').outputs).toMatchObject({ jobStatus: 'Succeeded' });
  });

  it.each<[StageContext, string]>([
    [{ scriptPath: 'ops' }, "cd -- 'ops' || exit 1\n./check.sh --all"],
    [{ scriptPath: "it's" }, "cd -- 'it'\\''s' || exit 1\n./check.sh --all"],
    [
      { repoUrl: 'https://git.example.com/ops' },
      "git clone --quiet --depth 1 -- 'https://git.example.com/ops' script && cd script || exit 1\n./check.sh --all",
    ],
    [
      { repoUrl: 'https://git.example.com/ops', repoBranch: 'main', scriptPath: 'a/b' },
      "git clone --quiet --depth 1 --branch 'main' -- 'https://git.example.com/ops' script && cd script || exit 1\ncd -- 'a/b' || exit 1\n./check.sh --all",
    ],
  ])('with %j runs %j', async (context, cmd) => {
    const bench = withoutJenkins();
    await bench.run(pipeline(context));
    expect(bench.jobs.runs[0]?.description.general.cmd).toBe(cmd);
  });

  it('runs in the image that it names', async () => {
    const bench = withoutJenkins();
    await bench.run(pipeline({ image: 'demo/tools:3' }));
    expect(bench.jobs.runs[0]?.description.docker).toEqual({ image: { imageId: 'demo/tools:3' } });
  });

  it.each<[StageContext, string]>([
    [{}, 'r.json'],
    [{ scriptPath: 'ops' }, 'ops/r.json'],
    [{ scriptPath: '/opt/ops' }, 'r.json'],
    [{ scriptPath: 'ops', repoUrl: 'https://git.example.com/x' }, 'script/ops/r.json'],
  ])('with %j leaves its properties in %s', async (context, path) => {
    const bench = withoutJenkins();
    bench.jobs.files.set(path, '{"passed": 12}');
    const done = await bench.run(pipeline({ ...context, propertyFile: 'r.json' }));
    expect(stageOf(done, '1').outputs).toMatchObject({ passed: 12, propertyFileContents: { passed: 12 } });
  });

  it('is not waited for where the stage does not want that', async () => {
    const bench = withoutJenkins();
    bench.jobs.runMs = 3_600_000;
    expect((await bench.run(pipeline({ waitForCompletion: false }), 5000)).status).toBe('SUCCEEDED');
  });

  it.each<[StageContext, string]>([
    [{ account: '' }, 'says where a job runs'],
    [{ master: 'ci' }, "Jenkins 'ci' is not configured"],
    [{ job: 'mine' }, 'no Jenkins is configured, which scripts run through'],
  ])('with %j fails and says why', async (context, message) => {
    const bench = withoutJenkins();
    const done = await bench.run(pipeline(context));
    expect(stageOf(done, '1').failure?.message).toContain(message);
    expect(bench.jobs.effects).toEqual([]);
  });

  it('fails with its job, and runs anew when it is retried', async () => {
    const bench = withoutJenkins();
    bench.jobs.outcome = 'FAILED';
    const failed = await bench.run(pipeline());
    expect(stageOf(failed, '1').failure).toMatchObject({ code: 'JOB_FAILED' });
    bench.jobs.outcome = 'SUCCEEDED';
    await retry(bench);
    expect((await bench.drive('E1')).status).toBe('SUCCEEDED');
    expect(bench.jobs.runs.map(({ key }) => key)).toEqual(['E1/1/1', 'E1/1/2']);
  });

  it.each([
    ['a cancel', true],
    ['its timeout', false],
  ])('is stopped at %s', async (_title, isCanceled) => {
    const bench = withoutJenkins();
    bench.jobs.runMs = 3_600_000;
    await bench.run(pipeline({ stageTimeoutMs: 60_000 }), 20_000);
    if (isCanceled) await cancel(bench);
    const done = await bench.drive('E1');
    expect(done.status).toBe(isCanceled ? 'CANCELED' : 'TERMINAL');
    expect(bench.jobs.effects.at(-1)).toBe('cancel R1');
  });

  it('runs once, wherever its process crashes', async () => {
    const { end, differing, points } = await crashEverywhere({
      hasJenkins: false,
      seed: ({ jobs }) => void jobs.files.set('r.json', '{"passed": 12}'),
      execution: () => pipeline({ propertyFile: 'r.json' }),
      end: (done, { jobs }) => [done.status, jobs.runs.length, stageOf(done, '1').outputs.passed],
    });
    expect(points).toBeGreaterThan(10);
    expect(end).toEqual(['SUCCEEDED', 1, 12]);
    expect(differing).toEqual([]);
  });
});
