import type { StageContext } from '../../src/model/execution';
import { keyLabel } from '../../src/dcos/server-groups';
import { east } from '../dcos/builders';
import { applicationOf, childIn, parentOf, runs, startLocked } from '../support/child-kit';
import { buildPipeline, stageOf, statuses } from '../support/engine-kit';
import { createJenkinsBench } from '../support/jenkins-bench';
import { jobXml } from '../support/jenkins-jobs';
import { createStageBench, west } from '../support/stage-kit';

type Bench = ReturnType<typeof createStageBench>;

/** `foo-dev-v000` and `foo-dev-v001` in both places, with 2 and 4 instances. */
function seed({ serverGroups }: Bench): void {
  for (const location of [east, west]) {
    serverGroups.seed({ location, name: 'foo-dev-v000', desired: 2 });
    serverGroups.seed({ location, name: 'foo-dev-v001', desired: 4 });
  }
}

const inBoth = (type: string, context: StageContext) =>
  buildPipeline([
    {
      ref: '1',
      type,
      context: {
        locations: [east, west],
        cluster: 'foo-dev',
        continuePipeline: true,
        stageTimeoutMs: 60_000,
        ...context,
      },
    },
    { ref: '2', type: 'wait', after: ['1'], context: { waitTime: 300 } },
  ]);

describe('a failure that is ignored', () => {
  it.each([
    ['resizeServerGroup', 'resize', { serverGroupName: 'foo-dev-v001', capacity: { desired: 5 } }],
    ['disableServerGroup', 'resize', { serverGroupName: 'foo-dev-v000' }],
    ['destroyServerGroup', 'destroy', { serverGroupName: 'foo-dev-v000', skipDisableBeforeDestroy: true }],
  ] as const)('in the first place keeps %s from the second', async (type, operation, context) => {
    const bench = createStageBench();
    seed(bench);
    bench.serverGroups.fail(operation, 'FORBIDDEN');
    const done = await bench.run(inBoth(type, context));
    expect(done.status).toBe('SUCCEEDED');
    expect(stageOf(done, '1')).toMatchObject({ status: 'FAILED_CONTINUE', failure: { code: 'FORBIDDEN' } });
    expect(bench.serverGroups.sizes(west)).toEqual(['foo-dev-v000 ×2', 'foo-dev-v001 ×4']);
    expect(statuses(done).filter((line) => line.startsWith('1<'))).toEqual(['1<0 TERMINAL']);
  });

  it('stops the build that ran out of time', async () => {
    const bench = createJenkinsBench();
    bench.jenkins.create('ship', jobXml({ script: 'sleep 100000' }));
    const context = { master: 'ci', job: 'ship', stageTimeoutMs: 60_000, continuePipeline: true };
    const done = await bench.run(buildPipeline([{ ref: '1', type: 'jenkins', context }]));
    expect([done.status, stageOf(done, '1').status]).toEqual(['SUCCEEDED', 'FAILED_CONTINUE']);
    expect(bench.jenkins.builds('ship')).toEqual(['1 ABORTED']);
  });

  it('ends the run that ran out of time', async () => {
    const bench = createStageBench();
    bench.jobs.runMs = 3_600_000;
    const general = { id: 'backup', cpus: 0.1, mem: 32, cmd: 'true' };
    const context = { location: east, general, stageTimeoutMs: 60_000, continuePipeline: true };
    const done = await bench.run(buildPipeline([{ ref: '1', type: 'runJob', context }]), 600_000);
    expect([done.status, stageOf(done, '1').status]).toEqual(['SUCCEEDED', 'FAILED_CONTINUE']);
    expect(bench.jobs.effects).toEqual([expect.stringContaining('run backup'), expect.stringContaining('cancel')]);
  });

  it('cancels the pipeline that ran out of time', async () => {
    const bench = createStageBench(
      undefined,
      new Map([applicationOf('foo', { child: [{ ref: '1', type: 'wait', context: { waitTime: 6000 } }] })]),
    );
    const ignored = runs({ stageTimeoutMs: 60_000, continuePipeline: true });
    await startLocked(bench, parentOf([ignored, { ref: '2', type: 'wait', after: ['1'], context: { waitTime: 30 } }]));
    const done = await bench.drive('E1');
    expect([done.status, stageOf(done, '1').status]).toEqual(['SUCCEEDED', 'FAILED_CONTINUE']);
    expect((await childIn(bench)).status).toBe('CANCELED');
    expect(stageOf(done, '2').startTime).toBeGreaterThanOrEqual((await childIn(bench)).endTime ?? Infinity);
  });

  it('takes a clone that did not come up out of service, and leaves what serves', async () => {
    const bench = createStageBench();
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 2 });
    const context = {
      location: east,
      cluster: 'foo-dev',
      docker: { image: { imageId: `repo/foo:${bench.serverGroups.sickTag}` } },
      strategy: 'redblack',
      rollback: { onFailure: true },
      stageTimeoutMs: 60_000,
      continuePipeline: true,
    };
    const done = await bench.run(buildPipeline([{ ref: '1', type: 'cloneServerGroup', context }]), 600_000);
    expect([done.status, stageOf(done, '1').status]).toEqual(['SUCCEEDED', 'FAILED_CONTINUE']);
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×2', 'foo-dev-v001 ×0']);
    expect((await bench.serverGroups.get(east, 'foo-dev-v001'))?.labels[keyLabel]).toBe('E1/1/1');
  });
});
