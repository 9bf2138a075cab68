import { executionKind } from '../../src/engine/document-kinds';
import type { Application, Pipeline } from '../../src/model/application';
import type { ServerGroupDescription } from '../../src/model/description';
import type { Execution } from '../../src/model/execution';
import { plainText } from '../../src/model/text';
import { concludePartial } from '../../src/strategies';
import { east } from '../dcos/builders';
import { childIn, childrenIn, parentOf, startLocked } from '../support/child-kit';
import { driveUntil } from '../support/drive-until';
import { stageOf, statuses, type Step } from '../support/engine-kit';
import { sendSignal } from '../support/send-signal';
import { crashEverywhere } from '../support/stage-crashes';
import { createStageBench, describeCluster, west } from '../support/stage-kit';
import { withStrategy } from '../support/strategy-pipelines';

type Bench = ReturnType<typeof createStageBench>;

const creates: Step = { ref: '1', type: 'deploy', name: 'Create', context: { strategy: 'none' } };
const rests = (waitTime = 60): Step => ({ ref: '2', type: 'wait', name: 'Rest', after: ['1'], context: { waitTime } });
const takesOut: Step = { ref: '3', type: 'disableCluster', name: 'Take out', after: ['2'], context: {} };
const gently = [creates, rests(), takesOut];
const breaks: Step = {
  ref: '4',
  type: 'checkPreconditions',
  name: 'Check',
  after: ['3'],
  context: { preconditions: [{ type: 'expression', context: { expression: 'false' } }] },
};

const applications = (steps: readonly Step[], over: Partial<Pipeline> = {}): ReadonlyMap<string, Application> =>
  withStrategy(steps, [rests()], over);

const deploying = (...clusters: readonly Partial<ServerGroupDescription>[]): Execution =>
  parentOf([
    {
      ref: '1',
      type: 'deploy',
      context: {
        clusters: clusters.map((over) =>
          describeCluster({ strategy: 'custom', strategyPipeline: 'gently', location: east, ...over }),
        ),
      },
    },
    { ref: '2', type: 'wait', name: 'After', after: ['1'], context: { waitTime: 60 } },
  ]);

function benchOf(steps: readonly Step[] = gently, over: Partial<Pipeline> = {}): Bench {
  const bench = createStageBench(undefined, applications(steps, over));
  for (const location of [east, west])
    bench.serverGroups.seed({ location, name: 'foo-dev-v000', desired: 3, image: 'repo/foo:1.0' });
  return bench;
}

async function run(bench: Bench, execution: Execution): Promise<Execution> {
  await startLocked(bench, execution);
  return bench.drive('E1');
}

const cancel = (bench: Bench, id = 'E1') => sendSignal(bench, { type: 'cancel', user: 'U0BOB', reason: 'wrong' }, id);
const rollback = { rollback: { onFailure: true } } as const;
const failureOf = (execution: Execution) => stageOf(execution, '1').failure?.message ?? '';
const isIn = (name: string) => async (bench: Bench) =>
  (await childrenIn(bench)).some(({ stages }) =>
    stages.some((stage) => stage.name === name && stage.status === 'RUNNING'),
  );
/** Lets time pass until a stage of the strategy pipeline runs. */
async function driveInto(bench: Bench, name: string): Promise<void> {
  for (let turn = 0; turn < 600 && !(await isIn(name)(bench)); turn += 1) {
    await bench.drive('E1', 0);
    await bench.clock.advance(1000);
  }
  expect(await isIn(name)(bench)).toBe(true);
}

describe('a deploy with a strategy of its own', () => {
  it('leaves everything to the strategy pipeline, which gets its description and its place', async () => {
    const bench = benchOf();
    const done = await run(bench, deploying({ pipelineParameters: { size: 'small' } }));
    expect(failureOf(done)).toBe('');
    const child = await childIn(bench);
    expect([done.status, child.status]).toEqual(['SUCCEEDED', 'SUCCEEDED']);
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×0', 'foo-dev-v001 ×2']);
    expect(bench.serverGroups.sizes(west)).toEqual(['foo-dev-v000 ×3']);
    expect((await bench.serverGroups.get(east, 'foo-dev-v001'))?.image).toBe('repo/foo:2.0');
    expect(child).toMatchObject({
      application: 'foo',
      pipelineConfigId: 'foo/gently',
      name: 'Deploy foo 2.0 to dev in nonprod/east by foo/gently',
      definition: { environment: 'dev', cluster: 'foo-dev', image: 'repo/foo:2.0', regions: ['nonprod/east'] },
      trigger: {
        type: 'pipeline',
        parentExecutionId: 'E1',
        parameters: {
          size: 'small',
          application: 'foo',
          credentials: 'nonprod',
          cluster: 'foo-dev',
          region: 'np1_east',
          cloudProvider: 'dcos',
          strategy: true,
          clone: false,
          parentPipelineId: 'E1',
        },
      },
    });
  });

  it('puts out what the strategy created', async () => {
    const done = await run(benchOf(), deploying({}));
    const run1 = done.stages.find(({ type }) => type === 'pipeline');
    expect(run1?.outputs).toMatchObject({ 'deploy.server.groups': { np1_east: ['foo-dev-v001'] } });
  });

  it('deploys to one place after another, each by a run of its own', async () => {
    const bench = benchOf();
    const done = await run(bench, deploying({}, { location: west, region: 'np1_west', group: 'west' }));
    expect(done.status).toBe('SUCCEEDED');
    const children = await childrenIn(bench);
    expect(children.map(({ definition }) => definition.regions)).toEqual([['nonprod/east'], ['nonprod/west']]);
    for (const location of [east, west])
      expect(bench.serverGroups.sizes(location)).toEqual(['foo-dev-v000 ×0', 'foo-dev-v001 ×2']);
  });

  it('clones where the run asks for a clone', async () => {
    const bench = benchOf([creates]);
    const execution = deploying({});
    const trigger = { ...execution.trigger, parameters: { clone: true } } as Execution['trigger'];
    const done = await run(bench, { ...execution, trigger });
    expect(done.status).toBe('SUCCEEDED');
    expect((await childIn(bench)).stages.map(({ type }) => type)).toContain('cloneServerGroup');
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×3', 'foo-dev-v001 ×2']);
  });

  it.each([
    [{ strategyPipeline: 'plain' }, 'Pipeline foo/plain is no strategy'],
    [{ strategyPipeline: 'gentle' }, "There is no pipeline of foo 'gentle'. Did you mean"],
    [{ strategyApplication: 'fooo' }, "There is no application 'fooo'"],
    [{ strategyPipeline: '' }, 'names no strategy pipeline'],
  ])('with %j fails before anything is created', async (over, message) => {
    const bench = benchOf();
    const done = await run(bench, deploying(over));
    expect(done.status).toBe('TERMINAL');
    expect(failureOf(done)).toContain(message);
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×3']);
    expect(await childrenIn(bench)).toEqual([]);
  });
});

describe('a strategy pipeline', () => {
  it('is run by no pipeline stage', async () => {
    const bench = benchOf();
    const strategyRun = { cluster: 'foo-dev', location: east, description: {} };
    const step = { ref: '1', type: 'pipeline', context: { pipeline: 'gently', strategyRun } };
    const done = await run(bench, parentOf([step]));
    expect(failureOf(done)).toContain(
      'Pipeline foo/gently is a strategy: only a deploy with strategy: custom may run it',
    );
    expect(await childrenIn(bench)).toEqual([]);
  });
});

describe('a strategy pipeline that fails', () => {
  const failing = [...gently, breaks];

  it('leaves what came up as it is, and says why', async () => {
    const bench = benchOf(failing);
    const done = await run(bench, deploying({}));
    expect(done.status).toBe('TERMINAL');
    expect(failureOf(done)).toContain('by foo/gently');
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×0', 'foo-dev-v001 ×2']);
  });

  it('brings back what served before where the deploy wants that', async () => {
    const bench = benchOf(failing);
    const done = await run(bench, deploying(rollback));
    expect(done.status).toBe('TERMINAL');
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×3', 'foo-dev-v001 ×0']);
  });

  it.each([{}, rollback])('with a server group that does not come up keeps it out of service: %j', async (over) => {
    const bench = benchOf();
    const sick = { docker: { image: { imageId: 'repo/foo:sick' } }, stageTimeoutMs: 600_000, ...over };
    const done = await run(bench, deploying(sick));
    expect(done.status).toBe('TERMINAL');
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×3', 'foo-dev-v001 ×0']);
  });

  it('takes back the other places too where the deploy wants that', async () => {
    const broken: Step = {
      ...breaks,
      context: {
        preconditions: [{ type: 'expression', context: { expression: "trigger.parameters.region == 'np1_east'" } }],
      },
    };
    const bench = benchOf([...gently, broken]);
    const inWest = { location: west, region: 'np1_west', group: 'west' };
    const execution = deploying(rollback, { ...inWest, ...rollback });
    const regions = ['nonprod/east', 'nonprod/west'];
    const done = await run(bench, { ...execution, definition: { ...execution.definition, regions } });
    expect(done.status).toBe('TERMINAL');
    expect(concludePartial(done).lines.map(plainText)).toEqual([
      'nonprod/east: foo-dev-v001 is out of service again, foo-dev-v000 serves as before.',
      'nonprod/west: its strategy pipeline did not end well; its own message says what it did.',
    ]);
    for (const location of [east, west])
      expect(bench.serverGroups.sizes(location)).toEqual(['foo-dev-v000 ×3', 'foo-dev-v001 ×0']);
  });

  it('runs anew when the deploy is restarted', async () => {
    const bench = benchOf();
    bench.serverGroups.fail('create', 'INVALID_INPUT');
    await run(bench, deploying(rollback));
    expect(await sendSignal(bench, { type: 'retryStage', stageId: '1', user: 'U0BOB' })).toBe('');
    const done = await bench.drive('E1');
    expect(done.status).toBe('SUCCEEDED');
    expect((await childrenIn(bench)).map(({ status }) => status)).toEqual(['TERMINAL', 'SUCCEEDED']);
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×0', 'foo-dev-v001 ×2']);
  });
});

describe('a deploy with a strategy of its own that is stopped', () => {
  const restored = ['foo-dev-v000 ×3', 'foo-dev-v001 ×0'];

  it.each(['Create', 'Rest'])('cancels the strategy pipeline in its stage %s, which goes back', async (name) => {
    const bench = benchOf();
    await startLocked(bench, deploying({}));
    await driveInto(bench, name);
    await driveUntil(bench, () => bench.serverGroups.sizes(east).includes('foo-dev-v001 ×2'));
    expect(await cancel(bench)).toBe('');
    const done = await bench.drive('E1');
    expect([done.status, (await childIn(bench)).status]).toEqual(['CANCELED', 'CANCELED']);
    expect(bench.serverGroups.sizes(east)).toEqual(restored);
  });

  it('goes back once, after the strategy pipeline, where another deploy came before it in the same place', async () => {
    const bench = benchOf();
    const [second] = deploying({}).stages;
    const first = { clusters: [describeCluster({ strategy: 'redblack', maxRemainingAsgs: 3 })] };
    const execution = parentOf([
      { ref: '1', type: 'deploy', context: first },
      { ref: '2', type: 'deploy', after: ['1'], context: second?.context ?? {} },
    ]);
    await startLocked(bench, execution);
    await driveInto(bench, 'Rest');
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×0', 'foo-dev-v001 ×2', 'foo-dev-v002 ×2']);
    await cancel(bench);
    const done = await bench.drive('E1');
    expect(done.status).toBe('CANCELED');
    const [back, ...others] = done.stages.filter(({ type }) => type === 'undoServerGroup');
    expect(others).toEqual([]);
    expect(back?.startTime).toBeGreaterThanOrEqual((await childIn(bench)).endTime ?? Infinity);
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×3', 'foo-dev-v001 ×0', 'foo-dev-v002 ×0']);
  });

  it('goes back after the strategy pipeline has ended', async () => {
    const bench = benchOf();
    await startLocked(bench, deploying({}));
    await driveUntil(bench, ({ stages }) =>
      stages.some(({ name, status }) => name === 'After' && status === 'RUNNING'),
    );
    expect(await cancel(bench)).toBe('');
    const done = await bench.drive('E1');
    expect([done.status, (await childIn(bench)).status]).toEqual(['CANCELED', 'SUCCEEDED']);
    expect(bench.serverGroups.sizes(east)).toEqual(restored);
  });

  it('goes back when its time is over', async () => {
    const bench = benchOf([creates, rests(9000), takesOut]);
    const done = await run(bench, deploying({ stageTimeoutMs: 300_000 }));
    expect([done.status, (await childIn(bench)).status]).toEqual(['TERMINAL', 'CANCELED']);
    expect(stageOf(done, '1').failure?.code).toBe('TASK_TIMEOUT');
    expect(bench.serverGroups.sizes(east)).toEqual(restored);
  });

  it('fails with a strategy pipeline that somebody cancels', async () => {
    const bench = benchOf();
    await startLocked(bench, deploying(rollback));
    await driveInto(bench, 'Rest');
    expect(await cancel(bench, (await childIn(bench)).id)).toBe('');
    const done = await bench.drive('E1');
    expect(statuses(done)[0]).toBe('1 TERMINAL');
    expect(bench.serverGroups.sizes(east)).toEqual(restored);
  });
});

describe('a strategy pipeline whose process stops', () => {
  it.each([
    ['succeeds', gently, ['SUCCEEDED', 'SUCCEEDED', 'foo-dev-v000 ×0', 'foo-dev-v001 ×2']],
    ['goes back', [...gently, breaks], ['TERMINAL', 'TERMINAL', 'foo-dev-v000 ×3', 'foo-dev-v001 ×0']],
  ] as const)(
    '%s as if it had not, whenever that comes',
    async (_what, steps, expected) => {
      const { end, differing, points } = await crashEverywhere({
        seed: ({ serverGroups }) => serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 3 }),
        applications: applications(steps),
        execution: () => deploying(rollback),
        // The stages of the strategy are tried by themselves.
        every: 3,
        end: async (done, bench) => [
          done.status,
          ...(await childrenIn(bench)).map(({ status }) => status),
          ...bench.serverGroups.sizes(east),
        ],
      });
      expect(points).toBeGreaterThan(50);
      expect(differing).toEqual([]);
      expect(end).toEqual(expected);
    },
    120_000,
  );
});

it('is watched by a stage after it, which takes it back', async () => {
  const bench = benchOf();
  const [deploy] = deploying({}).stages;
  const execution = parentOf([
    { ref: '1', type: 'deploy', context: deploy?.context ?? {} },
    { ref: '2', type: 'verify', after: ['1'], context: { durationSec: 600, ...rollback } },
  ]);
  await startLocked(bench, execution);
  await driveUntil(bench, ({ stages }) => stages.some(({ type, status }) => type === 'verify' && status === 'RUNNING'));
  bench.serverGroups.sickNames.add('foo-dev-v001');
  const done = await bench.drive('E1');
  expect(stageOf(done, '2').failure?.code).toBe('VERIFICATION_FAILED');
  expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×3', 'foo-dev-v001 ×0']);
  expect((await bench.store.list(executionKind)).length).toBe(2);
});
