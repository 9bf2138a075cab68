import { stageRegistry } from '../../src/app';
import type { StageContext } from '../../src/model/execution';
import { east } from '../dcos/builders';
import { buildPipeline, stageOf } from '../support/engine-kit';
import { jobXml } from '../support/jenkins-jobs';
import { createStageBench } from '../support/stage-kit';

/** Three server groups of one cluster, of which the newest serves, and a Jenkins with one job. */
function createBench() {
  const bench = createStageBench();
  bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 0, lastSize: 2, createdTime: 0 });
  bench.serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 2, createdTime: 1 });
  bench.serverGroups.seed({ location: east, name: 'foo-dev-v002', desired: 2, createdTime: 2 });
  bench.jenkins.create('ship', jobXml({ script: 'exit 3' }));
  return bench;
}

async function run(type: string, context: StageContext, maxMs?: number) {
  const bench = createBench();
  const done = await bench.run(buildPipeline([{ ref: '1', type, context }]), maxMs);
  const { failure, status } = stageOf(done, '1');
  return { bench, done, result: failure?.message ?? status };
}

const group = (serverGroupName: string) => ({ location: east, serverGroupName });
const job = { application: 'foo', general: { id: 'smoke', cmd: 'true' }, location: east };
const shipped = { master: 'ci', job: 'ship', markUnstableAsSuccessful: true };

describe('values as Spinnaker writes them', () => {
  it.each<readonly [string, StageContext, string]>([
    ['enableServerGroup', { capacity: { desired: '3' } }, 'foo-dev-v000 ×3'],
    ['enableServerGroup', { capacity: { desired: '' }, minimumCapacity: null }, 'foo-dev-v000 ×2'],
    ['enableServerGroup', { capacity: null, minimumCapacity: '4' }, 'foo-dev-v000 ×4'],
  ])('%s with %j makes %s', async (type, context, size) => {
    const { bench, result } = await run(type, { ...group('foo-dev-v000'), ...context });
    expect([result, bench.serverGroups.sizes(east)[0]]).toEqual(['SUCCEEDED', size]);
  });

  it.each<readonly [string, StageContext]>([
    ['jenkins', { ...shipped, propertyFile: null, property: null }],
    ['jenkins', { ...shipped, propertyFile: '' }],
    ['jenkins', { ...shipped, markUnstableAsSuccessful: 'TRUE', waitForCompletion: null }],
    ['script', { ...shipped, command: 'true', propertyFile: null }],
    ['runJob', { ...job, propertyFile: null }],
  ])('%s with %j runs to its end', async (type, context) => {
    const bench = createBench();
    bench.jenkins.ask(
      'POST',
      '/job/ship/config.xml',
      jobXml({
        script: 'exit 3',
        parameters: Object.fromEntries(
          ['SCRIPT_PATH', 'COMMAND', 'IMAGE_ID', 'REGION_PARAM', 'ENV_PARAM', 'CLUSTER_PARAM', 'CMC'].map((name) => [
            name,
            '',
          ]),
        ),
      }),
    );
    const done = await bench.run(buildPipeline([{ ref: '1', type, context }]));
    expect(stageOf(done, '1').failure?.message ?? done.status).toBe('SUCCEEDED');
  });

  it('runJob with waitForCompletion as text does not wait', async () => {
    const { bench, result } = await run('runJob', { ...job, waitForCompletion: 'false' }, 1000);
    expect([result, bench.jobs.effects.length]).toEqual(['SUCCEEDED', 1]);
  });

  it('destroyServerGroup with skipDisableBeforeDestroy as text disables nothing', async () => {
    const { done, result } = await run('destroyServerGroup', {
      ...group('foo-dev-v001'),
      skipDisableBeforeDestroy: 'true',
    });
    expect([result, done.stages.map(({ type }) => type)]).toEqual(['SUCCEEDED', ['destroyServerGroup']]);
  });

  it.each(['disableServerGroup', 'destroyServerGroup'])(
    '%s with forceDeployment as text breaks a lock',
    async (type) => {
      const bench = createBench();
      bench.serverGroups.lock(east, 'foo-dev-v001', 'D9');
      const context = { ...group('foo-dev-v001'), forceDeployment: 'true' };
      const done = await bench.run(buildPipeline([{ ref: '1', type, context }]), 60_000);
      expect(done.status).toBe('SUCCEEDED');
    },
  );

  it.each([{ waitTime: '' }, { waitTime: null }, {}])('wait with %j is refused', async (context) => {
    const config = stageRegistry.find('wait')?.config;
    expect(config?.safeParse(context).success).toBe(false);
    expect((await run('wait', context)).done.status).toBe('TERMINAL');
  });

  it.each([{ waitTime: '90' }, { waitTime: 90 }, { waitTime: ' 90.0 ' }])(
    'wait with %j waits 90 s',
    async (context) => {
      const { done } = await run('wait', context);
      expect((done.endTime ?? 0) - (done.startTime ?? 0)).toBe(90_000);
    },
  );
});
