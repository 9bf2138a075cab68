import type { StageContext } from '../../src/model/execution';
import { createCrashPoints } from '../support/crash-points';
import { buildPipeline, stageOf } from '../support/engine-kit';
import { createJenkinsBench } from '../support/jenkins-bench';
import { jobXml } from '../support/jenkins-jobs';

const names = [
  'SCRIPT_PATH',
  'COMMAND',
  'IMAGE_ID',
  'REGION_PARAM',
  'ENV_PARAM',
  'CLUSTER_PARAM',
  'CMC',
  'REPO_URL',
  'REPO_BRANCH',
];
const parameters = Object.fromEntries(names.map((name) => [name, '']));
const scriptXml = (script = 'true', more: Readonly<Record<string, string>> = {}) =>
  jobXml({ script, parameters: { ...parameters, ...more } });
const pipeline = (context: StageContext = {}) =>
  buildPipeline([{ ref: '1', type: 'script', context: { command: './check.sh --all', ...context } }]);
const cancel = { type: 'cancel', user: 'U0BOB' } as const;
const retry = { type: 'retryStage', stageId: '1', user: 'U0BOB' } as const;

/** A Jenkins whose `run-script` runs this script. */
function bench(script?: string) {
  const made = createJenkinsBench({ scriptJob: 'run-script' });
  made.jenkins.create('run-script', scriptXml(script));
  return made;
}

describe('a script stage', () => {
  it('runs through the job made for it, with the parameters that Spinnaker passes', async () => {
    const { jenkins, run } = bench();
    const context = {
      scriptPath: 'ops',
      image: 'foo:1',
      region: 'east',
      account: 'nonprod',
      cluster: 'foo-dev',
      cmc: 'c',
    };
    const done = await run(pipeline({ ...context, repoUrl: 'https://git.example.com/ops', repoBranch: 'main' }));
    expect(stageOf(done, '1')).toMatchObject({
      status: 'SUCCEEDED',
      context: { buildNumber: 1, buildInfo: { name: 'run-script', result: 'SUCCESS' } },
    });
    const values = [
      'ops',
      './check.sh --all',
      'foo:1',
      'east',
      'nonprod',
      'foo-dev',
      'c',
      'https://git.example.com/ops',
      'main',
    ];
    expect(jenkins.world().items[0]?.builds[0]?.parameters).toEqual(
      names.map((name, index) => ({ name, value: values[index] })),
    );
  });

  it('runs through a job of its own where it names one, and reads its property file', async () => {
    const { jenkins, run } = bench();
    jenkins.create('mine', scriptXml('echo tag=1.9 > r.properties'));
    const done = await run(pipeline({ job: 'mine', propertyFile: 'r.properties' }));
    expect(stageOf(done, '1').outputs).toMatchObject({ tag: '1.9', buildInfo: { name: 'mine' } });
  });

  it.each([
    [{}, 'Cannot run the script: no job is named that it could run through (scriptJob of ci).'],
    [{ master: 'none' }, "Jenkins 'none' is not configured. Known: ci."],
    [{ master: 'none', job: 'x' }, "Jenkins 'none' is not configured. Known: ci."],
  ])('with %p says what is missing', async (context, message) => {
    const done = await createJenkinsBench().run(pipeline(context));
    expect(stageOf(done, '1').failure).toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining(message) as string,
    });
  });

  it('fails with its build, and starts another when retried', async () => {
    const { jenkins, run, signal, go } = bench('exit 1');
    const failed = await run(pipeline());
    expect(stageOf(failed, '1').failure?.message).toContain('Job failed (see Jenkins): run-script #1');
    await signal(failed.id, retry);
    await go(failed.id);
    expect(jenkins.builds('run-script')).toEqual(['1 FAILURE', '2 FAILURE']);
  });

  it.each([
    ['a cancel', true],
    ['its timeout', false],
  ])('stops its build at %s', async (_title, canceled) => {
    const { jenkins, run, signal, go } = bench('sleep 1000');
    const running = await run(pipeline({ stageTimeoutMs: 60_000 }), 20_000);
    if (canceled) await signal(running.id, cancel);
    const done = await go(running.id);
    expect([done.status, ...jenkins.builds('run-script')]).toEqual([canceled ? 'CANCELED' : 'TERMINAL', '1 ABORTED']);
  });

  it('canceled while the answer of its start is lost finds its build by what it passes', async () => {
    const { jenkins, run, signal, go } = bench('sleep 1000');
    jenkins.go((method, path) => {
      if (method === 'POST' && path.includes('/build')) return 'lost';
      return jenkins.builds('run-script').length > 0 ? 'refused' : undefined;
    });
    const running = await run(pipeline(), 5000);
    jenkins.go(() => undefined);
    await signal(running.id, cancel);
    await go(running.id);
    expect(jenkins.builds('run-script')).toEqual(['1 ABORTED']);
  });

  it('goes on with its build when accounts.yaml names no job for scripts any more', async () => {
    const { jenkins, run, go } = bench('sleep 30');
    jenkins.go((method, path) => {
      if (method === 'POST' && path.includes('/build')) return 'lost';
      return jenkins.builds('run-script').length > 0 ? 'refused' : undefined;
    });
    const running = await run(pipeline(), 5000);
    jenkins.forgetScriptJob();
    jenkins.go(() => undefined);
    const done = await go(running.id);
    expect([done.status, ...jenkins.builds('run-script')]).toEqual(['SUCCEEDED', '1 SUCCESS']);
  });

  it('runs once, wherever its process crashes', async () => {
    const runWith = async (points: readonly number[]) => {
      const crashes = createCrashPoints(new Set(points));
      const { jenkins, run } = createJenkinsBench({ scriptJob: 'run-script', point: crashes.point }, crashes);
      jenkins.create('run-script', scriptXml('sleep 20', { COXSWAIN_KEY: '' }));
      const done = await run(pipeline());
      return { end: [done.status, ...jenkins.builds('run-script')], passed: crashes.passed() };
    };
    const whole = await runWith([]);
    expect(whole.end).toEqual(['SUCCEEDED', '1 SUCCESS']);
    for (let point = 1; point <= whole.passed; point += 1) {
      expect([point, ...(await runWith([point])).end]).toEqual([point, ...whole.end]);
    }
  }, 60_000);
});
