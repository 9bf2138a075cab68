import type { StageContext } from '../../src/model/execution';
import { createCrashPoints } from '../support/crash-points';
import { buildPipeline, stageOf, statuses, type Step } from '../support/engine-kit';
import { writtenPipeline } from '../support/expression-kit';
import type { JenkinsMishap } from '../support/emulated-jenkins';
import { createJenkinsBench } from '../support/jenkins-bench';
import { jobXml } from '../support/jenkins-jobs';

const step = (context: StageContext = {}): Step => ({
  ref: '1',
  type: 'jenkins',
  context: { master: 'ci', job: 'ship', ...context },
});
const pipeline = (context: StageContext = {}, ...more: readonly Step[]) => buildPipeline([step(context), ...more]);
const cancel = { type: 'cancel', user: 'U0BOB' } as const;
const retry = { type: 'retryStage', stageId: '1', user: 'U0BOB' } as const;

/** A Jenkins with one job, and the outcome of one stage that builds it. */
async function build(config: string, context: StageContext = {}) {
  const bench = createJenkinsBench();
  bench.jenkins.create('ship', config);
  const done = await bench.run(pipeline(context));
  return { bench, done, stage: stageOf(done, '1') };
}

describe('a jenkins stage', () => {
  it('builds the job with its parameters, and tells of the build as Spinnaker does', async () => {
    const config = jobXml({
      script: 'echo "$A $B $C" > seen.txt',
      parameters: { A: '', B: '', C: '', D: 'as it was' },
      git: 'https://git.example.com/foo',
    });
    const { bench, done, stage } = await build(config, { parameters: { A: 'x & y', B: 7, C: { d: [1] } } });
    expect(statuses(done)).toEqual(['1 SUCCEEDED']);
    expect(stage.tasks.map(({ name }) => name)).toEqual([
      'startJenkinsJob',
      'waitForJenkinsJobStart',
      'monitorJenkinsJob',
    ]);
    const buildInfo = {
      building: false,
      result: 'SUCCESS',
      name: 'ship',
      number: 1,
      url: 'http://ci/job/ship/1/',
      fullDisplayName: 'ship #1',
      artifacts: [{ fileName: 'seen.txt', displayPath: 'seen.txt', relativePath: 'seen.txt' }],
      scm: [{ branch: 'feature/fast', remoteUrl: 'https://git.example.com/foo' }],
    };
    expect(stage.context).toMatchObject({ queuedBuild: 1, buildNumber: 1, buildInfo });
    expect(stage.outputs).toMatchObject({ queuedBuild: 1, buildNumber: 1, buildInfo });
    const [item] = bench.jenkins.world().items;
    expect(item?.builds[0]?.files['seen.txt']).toBe('x & y 7 {"d":[1]}\n');
    expect(item?.builds[0]?.parameters).toContainEqual({ name: 'D', value: 'as it was' });
  });

  it('asks for the end of a build every 5 s', async () => {
    const { stage } = await build(jobXml({ script: 'sleep 12' }));
    const [, , monitor] = stage.tasks;
    expect((monitor?.endTime ?? 0) - (monitor?.startTime ?? 0)).toBe(15_000);
  });

  it.each([
    ['exit 1', {}, 'TERMINAL', 'Job failed (see Jenkins): ship #1, http://ci/job/ship/1/'],
    ['exit 3', {}, 'TERMINAL', 'Job is unstable: ship #1, http://ci/job/ship/1/'],
    ['exit 3', { markUnstableAsSuccessful: true }, 'SUCCEEDED', undefined],
    ['exit 3', { markUnstableAsSuccessful: 'true' }, 'SUCCEEDED', undefined],
    ['exit 3', { markUnstableAsSuccessful: 'false' }, 'TERMINAL', 'Job is unstable: ship #1, http://ci/job/ship/1/'],
    [
      'exit 1',
      { continuePipeline: true },
      'FAILED_CONTINUE',
      'Job failed (see Jenkins): ship #1, http://ci/job/ship/1/',
    ],
  ])('after %s with %p is %s', async (script, context, status, message) => {
    const { bench, stage } = await build(jobXml({ script }), context);
    expect([stage.status, stage.failure?.message]).toEqual([status, message]);
    expect(bench.jenkins.builds('ship')).toHaveLength(1);
  });

  it('is canceled with a build that somebody aborts in Jenkins, and may be retried', async () => {
    const bench = createJenkinsBench();
    bench.jenkins.create('ship', jobXml({ script: 'sleep 100' }));
    await bench.run(pipeline(), 20_000);
    bench.jenkins.ask('POST', '/job/ship/1/stop');
    const canceled = await bench.go(pipeline().id, 20_000);
    expect([canceled.status, stageOf(canceled, '1').failure?.message]).toEqual([
      'CANCELED',
      'The build was aborted in Jenkins: ship #1, http://ci/job/ship/1/',
    ]);
    await bench.signal(canceled.id, retry);
    const done = await bench.go(canceled.id);
    expect([done.status, ...bench.jenkins.builds('ship')]).toEqual(['SUCCEEDED', '1 ABORTED', '2 SUCCESS']);
  });

  it('is canceled with a build that somebody takes out of the queue, and says meanwhile what it waits for', async () => {
    const bench = createJenkinsBench({ executors: 1 });
    bench.jenkins.create('other', jobXml({ script: 'sleep 1000' }));
    bench.jenkins.create('ship', jobXml());
    bench.jenkins.ask('POST', '/job/other/build');
    const waiting = await bench.run(pipeline(), 20_000);
    expect(stageOf(waiting, '1').context.progress).toBe('waits in Jenkins: Waiting for next available executor');
    bench.jenkins.ask('POST', '/queue/cancelItem?id=2');
    const done = await bench.go(waiting.id);
    expect([done.status, stageOf(done, '1').failure?.message]).toEqual([
      'CANCELED',
      'The build of ship was taken out of the queue of Jenkins ci.',
    ]);
  });

  it('does not wait for the end where it is told so, nor stops the build then', async () => {
    const bench = createJenkinsBench();
    bench.jenkins.create('ship', jobXml({ script: 'sleep 1000' }));
    const wait: Step = { ref: '2', type: 'wait', after: ['1'], context: { waitTime: 100 } };
    const running = await bench.run(pipeline({ waitForCompletion: 'false' }, wait), 60_000);
    expect(statuses(running)).toEqual(['1 SUCCEEDED', '2 RUNNING']);
    expect(stageOf(running, '1').outputs).toMatchObject({ buildNumber: 1 });
    await bench.signal(running.id, cancel);
    expect((await bench.go(running.id)).status).toBe('CANCELED');
    await bench.clock.advance(2_000_000);
    expect(bench.jenkins.builds('ship')).toEqual(['1 SUCCESS']);
  });

  it.each([
    [{ master: 'nowhere' }, jobXml(), "Jenkins 'nowhere' is not configured. Known: ci."],
    [{ job: 'none' }, jobXml(), 'Cannot read job none'],
    [{ parameters: { A: 1 } }, jobXml(), 'Job ship takes no parameters, but the stage passes A'],
    [
      { parameters: { P: 'x' } },
      jobXml({ choices: { P: ['y', 'z'] } }),
      "'x' is not a valid choice for 'P' of job ship. Valid choices are: y, z.",
    ],
    [{}, jobXml({ extra: '<disabled>true</disabled>' }), 'Job ship is disabled in Jenkins ci'],
  ])('with %p fails before anything is started', async (context, config, message) => {
    const { bench, stage } = await build(config, context);
    expect([stage.status, stage.failure?.message]).toEqual(['TERMINAL', expect.stringContaining(message)]);
    expect(bench.jenkins.requests.filter((request) => request.startsWith('POST'))).toEqual([]);
  });

  it('gives its master and job as expressions', async () => {
    const bench = createJenkinsBench();
    bench.jenkins.create('ship', jobXml({ script: 'echo $V > v', parameters: { V: '' } }));
    const done = await bench.run(writtenPipeline([step({ job: '${"sh" + "ip"}', parameters: { V: '${1 + 1}' } })]));
    expect(done.status).toBe('SUCCEEDED');
    expect(bench.jenkins.world().items[0]?.builds[0]?.files.v).toBe('2\n');
  });
});

describe('the property file of a jenkins stage', () => {
  const writes = (line: string, end = '') =>
    jobXml({ script: `echo '${line}' > out/r.json\n${end}`, artifacts: 'out/*' });

  it.each(['r.json', 'out/r.json'])('%s becomes outputs and context', async (propertyFile) => {
    const { stage } = await build(writes('{"tag": "1.9", "n": 2}'), { propertyFile });
    const properties = { tag: '1.9', n: 2 };
    expect(stage.outputs).toMatchObject({ ...properties, propertyFileContents: properties });
    expect(stage.context).toMatchObject({ ...properties, propertyFileContents: properties });
    const { stage: old } = await build(writes('{"tag": "1.9"}'), { property: propertyFile });
    expect(old.outputs.tag).toBe('1.9');
  });

  it('is seen by expressions of later stages', async () => {
    const bench = createJenkinsBench();
    bench.jenkins.create('ship', writes('{"tag": "1.9"}'));
    const variables = [
      { key: 'seen', value: "${tag} ${#stage('Stage 1').context.propertyFileContents.tag} ${buildInfo.number}" },
    ];
    const later: Step = { ref: '2', type: 'evaluateVariables', after: ['1'], context: { variables } };
    const done = await bench.run(writtenPipeline([step({ propertyFile: 'r.json' }), later]));
    expect(stageOf(done, '2').outputs.seen).toBe('1.9 1.9 1');
  });

  it('hides nothing that the stage was written with, and decides nothing about it', async () => {
    const line = '{"job": "evil", "continuePipeline": true, "buildNumber": 9, "__proto__": {"x": 1}, "ok": 1}';
    const { stage } = await build(writes(line), { propertyFile: 'r.json' });
    expect(stage.context).toMatchObject({ job: 'ship', buildNumber: 1, ok: 1 });
    expect(stage.context.continuePipeline).toBeUndefined();
    expect(stage.outputs).toMatchObject({ buildNumber: 1, job: 'evil' });
    expect(Object.hasOwn(stage.outputs, '__proto__') || 'x' in stage.outputs).toBe(false);
  });

  it.each([
    ['another.json', '{"a": 1}', 'there is no such file'],
    ['r.json', '{"a": ', 'invalid syntax: r.json cannot be read'],
    ['r.json', '{}', 'it is empty'],
    ['r.json', `{"a": "${'x'.repeat(70_000)}"}`, 'it is longer than 64 KiB'],
  ])('%s of what is not there or of no use fails the stage', async (propertyFile, line, why) => {
    const { stage } = await build(writes(line), { propertyFile });
    expect(stage.status).toBe('TERMINAL');
    expect(stage.failure).toMatchObject({ code: 'JOB_FAILED', message: expect.stringContaining(why) as string });
    expect(stage.failure?.message).toMatch(
      /^Expected properties file: \S+ in job: ship but it was either missing, empty or contained invalid syntax/,
    );
  });

  it('is read of a build that failed too, where there is one', async () => {
    const failed = await build(writes('{"why": "no disk"}', 'exit 1'), { propertyFile: 'r.json' });
    expect(failed.stage).toMatchObject({
      status: 'TERMINAL',
      context: { why: 'no disk', buildInfo: { result: 'FAILURE' } },
    });
    const without = await build(jobXml({ script: 'exit 1' }), { propertyFile: 'r.json' });
    expect(without.stage.failure?.message).toContain('Job failed (see Jenkins)');
  });

  it.each<[StageContext, StageContext]>([
    [{ markUnstableAsSuccessful: true }, {}],
    [{ waitForCompletion: false }, {}],
    [{ parameters: { A: 1 } }, {}],
    [{ property: 'another.json' }, {}],
    [{ extra: 'evil' }, { extra: 'mine' }],
  ])('decides nothing of the retry of a build that failed, with %j beside %j', async (left, context) => {
    const bench = createJenkinsBench();
    bench.jenkins.create('ship', writes(JSON.stringify(left), 'exit 3'));
    const failed = await bench.run(pipeline({ propertyFile: 'r.json', ...context }));
    const before = stageOf(failed, '1');
    expect(before.context.propertyFileContents).toEqual(left);
    await bench.signal(failed.id, retry);
    const again = stageOf(await bench.go(failed.id), '1');
    expect([again.attempt, again.status, again.tasks.length]).toEqual([2, 'TERMINAL', before.tasks.length]);
    expect(again.context).toMatchObject(context);
    expect(bench.jenkins.builds('ship')).toEqual(['1 UNSTABLE', '2 UNSTABLE']);
  });

  it('that a retry does not leave again is gone', async () => {
    const bench = createJenkinsBench();
    bench.jenkins.create('ship', writes('{"why": "no disk"}', 'exit 1'));
    const failed = await bench.run(pipeline({ propertyFile: 'r.json' }));
    bench.jenkins.ask('POST', '/job/ship/config.xml', jobXml({ script: 'exit 1' }));
    await bench.signal(failed.id, retry);
    const { context } = stageOf(await bench.go(failed.id), '1');
    expect(['why' in context, 'propertyFileContents' in context]).toEqual([false, false]);
  });

  it('is waited for a moment, and not read whole where it is too long', async () => {
    const missing = await build(writes('{"a": 1}'), { propertyFile: 'none.json' });
    const [, , , task] = missing.stage.tasks;
    expect((task?.endTime ?? 0) - (task?.startTime ?? 0)).toBe(10_000);
    const long = await build(writes(`{"a": "${'x'.repeat(70_000)}"}`), { propertyFile: 'r.json' });
    expect(long.bench.jenkins.requests.filter((request) => request.includes('/artifact/'))).toHaveLength(1);
  });

  it('of a retry replaces what the first attempt left', async () => {
    const bench = createJenkinsBench();
    bench.jenkins.create('ship', jobXml({ script: 'echo "{\\"n\\": $BUILD_NUMBER}" > r.json' }));
    await bench.run(pipeline({ propertyFile: 'r.json' }));
    const failing: Step = { ref: '2', type: 'jenkins', after: ['1'], context: { master: 'ci', job: 'none' } };
    const execution = { ...pipeline({ propertyFile: 'r.json' }, failing), id: 'E2' };
    await bench.run(execution);
    await bench.signal('E2', retry);
    const done = await bench.go('E2');
    expect(stageOf(done, '1')).toMatchObject({ attempt: 2, context: { n: 3, buildNumber: 3 }, outputs: { n: 3 } });
  });
});

describe('a jenkins stage that ends early', () => {
  it.each([
    ['while its build runs', 20_000, 'sleep 1000', ['1 ABORTED']],
    ['while its build waits', 20_000, 'sleep 1000', ['1 RUNNING']],
    ['when its build has ended', 20_000, 'true', ['1 SUCCESS']],
  ])('by a cancel %s stops what it started', async (when, afterMs, script, builds) => {
    const bench = createJenkinsBench();
    bench.jenkins.create('ship', jobXml({ script }));
    // A build of somebody else holds the stage's own in the queue.
    if (when.includes('waits')) bench.jenkins.ask('POST', '/job/ship/build');
    const wait: Step = { ref: '2', type: 'wait', after: ['1'], context: { waitTime: 900 } };
    const running = await bench.run(pipeline({}, wait), afterMs);
    await bench.signal(running.id, cancel);
    const done = await bench.go(running.id, 60_000);
    expect(done.status).toBe('CANCELED');
    expect(bench.jenkins.builds('ship')).toEqual(builds);
    expect(bench.jenkins.world().queue.filter(({ leftAt }) => leftAt === undefined)).toEqual([]);
  });

  it('by a cancel while the answer of its start is lost stops what may have started', async () => {
    const bench = createJenkinsBench();
    bench.jenkins.create('ship', jobXml({ script: 'sleep 1000' }));
    bench.jenkins.go((method, path) => {
      if (method === 'POST' && path.endsWith('/build')) return 'lost';
      return bench.jenkins.builds('ship').length > 0 ? 'refused' : undefined;
    });
    const running = await bench.run(pipeline(), 5000);
    bench.jenkins.go(() => undefined);
    await bench.signal(running.id, cancel);
    const done = await bench.go(running.id, 120_000);
    expect([done.status, ...bench.jenkins.builds('ship')]).toEqual(['CANCELED', '1 ABORTED']);
  });

  it('by its timeout stops its build, and a retry starts another', async () => {
    const bench = createJenkinsBench();
    bench.jenkins.create('ship', jobXml({ script: 'sleep 1000' }));
    const failed = await bench.run(pipeline({ stageTimeoutMs: 60_000 }));
    expect([failed.status, stageOf(failed, '1').failure?.code]).toEqual(['TERMINAL', 'TASK_TIMEOUT']);
    expect(bench.jenkins.builds('ship')).toEqual(['1 ABORTED']);
    bench.jenkins.ask('POST', '/job/ship/config.xml', jobXml());
    await bench.signal(failed.id, retry);
    const done = await bench.go(failed.id);
    expect([done.status, ...bench.jenkins.builds('ship')]).toEqual(['SUCCEEDED', '1 ABORTED', '2 SUCCESS']);
    expect(stageOf(done, '1').context.buildNumber).toBe(2);
  });

  it.each([403, 404] as const)(
    'by a %i after the answer of its start was lost stops what may have started',
    async (trouble) => {
      const bench = createJenkinsBench();
      bench.jenkins.create('ship', jobXml({ script: 'sleep 1000' }));
      const mishaps: JenkinsMishap[] = ['lost', trouble];
      bench.jenkins.go((method, path) =>
        mishaps.length === 1 || (method === 'POST' && path.endsWith('/build')) ? mishaps.shift() : undefined,
      );
      const done = await bench.run(pipeline());
      expect([done.status, mishaps, ...bench.jenkins.builds('ship')]).toEqual(['TERMINAL', [], '1 ABORTED']);
    },
  );

  it('stops a build that comes of its start only after it has failed', async () => {
    const bench = createJenkinsBench();
    bench.jenkins.create('ship', jobXml({ script: 'sleep 1000' }));
    const mishaps: JenkinsMishap[] = [500, 403];
    bench.jenkins.go((method, path) =>
      mishaps.length === 1 || (method === 'POST' && path.endsWith('/build')) ? mishaps.shift() : undefined,
    );
    const failed = await bench.run(pipeline(), 8000);
    expect(failed.status).toBe('RUNNING');
    bench.jenkins.ask('POST', '/job/ship/build');
    const done = await bench.go(failed.id);
    expect([done.status, ...bench.jenkins.builds('ship')]).toEqual(['TERMINAL', '1 ABORTED']);
  });

  it('by a 403 while its build runs stops the build', async () => {
    const bench = createJenkinsBench();
    bench.jenkins.create('ship', jobXml({ script: 'sleep 1000' }));
    const running = await bench.run(pipeline(), 20_000);
    const mishaps: JenkinsMishap[] = [403];
    bench.jenkins.go(() => mishaps.shift());
    const done = await bench.go(running.id);
    expect([done.status, stageOf(done, '1').failure?.code]).toEqual(['TERMINAL', 'FORBIDDEN']);
    expect(bench.jenkins.builds('ship')).toEqual(['1 ABORTED']);
  });

  it('by its own failure leaves nothing to stop', async () => {
    for (const script of ['exit 1', 'true']) {
      const { done } = await build(jobXml({ script }), { propertyFile: 'none.json' });
      expect(statuses(done)).toEqual(['1 TERMINAL']);
    }
  });

  it('by its own failure is retried with another build', async () => {
    const { bench, done } = await build(jobXml({ script: 'exit 1' }));
    await bench.signal(done.id, retry);
    await bench.go(done.id);
    expect(bench.jenkins.builds('ship')).toEqual(['1 FAILURE', '2 FAILURE']);
  });
});

describe('a Jenkins in trouble', () => {
  it.each([404, 500, 503, 'refused'] as const)('that answers %s for a while is asked again', async (trouble) => {
    const bench = createJenkinsBench();
    bench.jenkins.create('ship', jobXml({ script: 'sleep 100' }));
    await bench.run(pipeline(), 10_000);
    bench.jenkins.go(() => trouble);
    await bench.go(pipeline().id, 60_000);
    bench.jenkins.go(() => undefined);
    const done = await bench.go(pipeline().id);
    expect([done.status, ...bench.jenkins.builds('ship')]).toEqual(['SUCCEEDED', '1 SUCCESS']);
  });

  it('that has forgotten the queue item still knows its build', async () => {
    const bench = createJenkinsBench();
    bench.jenkins.create('ship', jobXml({ script: 'sleep 700' }));
    bench.jenkins.go((_method, path) => (path.startsWith('/queue/item') ? 'refused' : undefined));
    await bench.run(pipeline(), 400_000);
    bench.jenkins.go(() => undefined);
    const done = await bench.go(pipeline().id);
    expect([done.status, stageOf(done, '1').context.buildNumber]).toEqual(['SUCCEEDED', 1]);
  });

  it.each([
    ['its key', jobXml({ script: 'sleep 5', parameters: { COXSWAIN_KEY: '' } })],
    ['user and order', jobXml({ script: 'sleep 5' })],
    ['user, order and parameters', jobXml({ script: 'sleep 5', parameters: { A: '' } })],
  ])('whose answer was lost has its build found by %s', async (_title, config) => {
    const bench = createJenkinsBench();
    bench.jenkins.create('ship', config);
    bench.jenkins.ask('POST', config.includes('Definition') ? '/job/ship/buildWithParameters' : '/job/ship/build');
    let lost = 0;
    bench.jenkins.go((method, path) =>
      method === 'POST' && path.includes('/build') && (lost += 1) === 1 ? 'lost' : undefined,
    );
    const parameters = config.includes('<name>A') ? { A: 'mine', UNDECLARED: 'x' } : {};
    const done = await bench.run(pipeline({ parameters }));
    expect([done.status, ...bench.jenkins.builds('ship')]).toEqual(['SUCCEEDED', '1 SUCCESS', '2 SUCCESS']);
    expect([lost, stageOf(done, '1').context.buildNumber]).toEqual([1, 2]);
  });

  it('that never answers a start is asked twice only where the build could not be told by a key', async () => {
    const bench = createJenkinsBench();
    bench.jenkins.create('ship', jobXml());
    let tries = 0;
    bench.jenkins.go((method, path) => {
      if (method !== 'POST' || !path.endsWith('/build')) return undefined;
      tries += 1;
      return 500;
    });
    const done = await bench.run(pipeline());
    expect([tries, done.status, stageOf(done, '1').failure]).toEqual([
      2,
      'TERMINAL',
      {
        code: 'JOB_FAILED',
        message:
          'Jenkins ci was asked twice to build ship, did not answer, and none of the builds there can be told to be ours. Look there before this is tried again, and declare a parameter COXSWAIN_KEY in the job, by which its builds are known.',
      },
    ]);
  });

  it('that never answers a start is asked for 15 min where the build would be known by its key', async () => {
    const bench = createJenkinsBench();
    bench.jenkins.create('ship', jobXml({ parameters: { COXSWAIN_KEY: '' } }));
    const tries: number[] = [];
    bench.jenkins.go((method, path) => {
      if (method !== 'POST' || !path.includes('/build')) return undefined;
      tries.push(bench.clock.now());
      return 500;
    });
    const done = await bench.run(pipeline());
    expect(stageOf(done, '1').failure?.code).toBe('TASK_TIMEOUT');
    expect(tries.length).toBeGreaterThan(40);
  });

  it('that failed without starting anything is asked to start one, but not before that is sure', async () => {
    const bench = createJenkinsBench();
    bench.jenkins.create('ship', jobXml());
    const began = bench.clock.now();
    let tries = 0;
    bench.jenkins.go((method, path) =>
      method === 'POST' && path.endsWith('/build') && (tries += 1) === 1 ? 500 : undefined,
    );
    const done = await bench.run(pipeline());
    expect([done.status, tries, ...bench.jenkins.builds('ship')]).toEqual(['SUCCEEDED', 2, '1 SUCCESS']);
    expect((bench.jenkins.world().items[0]?.builds[0]?.startedAt ?? 0) - began).toBeGreaterThanOrEqual(15_000);
  });
});

describe('a crash of a jenkins stage', () => {
  /** Runs a stage to its end, or to a cancel after 20 s, with the process stopping at these points. */
  async function runWith(points: readonly number[], config: string, canceled: boolean) {
    const crashes = createCrashPoints(new Set(points));
    const bench = createJenkinsBench({ point: crashes.point }, crashes);
    bench.jenkins.create('ship', config);
    const running = await bench.run(pipeline({ propertyFile: 'r.json' }), canceled ? 20_000 : undefined);
    if (canceled) await bench.signal(running.id, cancel);
    const done = canceled ? await bench.go(running.id) : running;
    const { tag } = stageOf(done, '1').outputs;
    return { end: [done.status, tag, ...bench.jenkins.builds('ship')], passed: crashes.passed() };
  }

  it.each([
    ['with a key', { COXSWAIN_KEY: '' }, false],
    ['without one', {}, false],
    ['with a key, then canceled', { COXSWAIN_KEY: '' }, true],
    ['without one, then canceled', {}, true],
  ])(
    '%s, at any write or request, builds once',
    async (_title, parameters, canceled) => {
      const script = `echo '{"tag": "1.9"}' > r.json\nsleep ${canceled ? 1000 : 20}`;
      const config = jobXml({ script, parameters });
      const whole = await runWith([], config, canceled);
      expect(whole.end).toEqual(canceled ? ['CANCELED', undefined, '1 ABORTED'] : ['SUCCEEDED', '1.9', '1 SUCCESS']);
      expect(whole.passed).toBeGreaterThan(15);
      for (let point = 1; point <= whole.passed; point += 1) {
        expect([point, ...(await runWith([point], config, canceled)).end]).toEqual([point, ...whole.end]);
      }
    },
    60_000,
  );
});
