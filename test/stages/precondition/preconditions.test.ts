import type { Execution, StageContext } from '../../../src/model/execution';
import { misfit } from '../../../src/stages/precondition/cluster-size';
import { east } from '../../dcos/builders';
import { buildPipeline, stageOf, statuses, type Step } from '../../support/engine-kit';
import { crashEverywhere } from '../../support/stage-crashes';
import { createStageBench, west } from '../../support/stage-kit';
import { groupsOf } from '../../support/version-groups';

type Bench = ReturnType<typeof createStageBench>;

/** `foo-dev` in east: one group in service and one out of it; in west one that is in service. */
function seed({ serverGroups }: Bench): void {
  serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 0 });
  serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 2 });
  serverGroups.seed({ location: west, name: 'foo-dev-v000', desired: 2 });
}

const check = (
  type: string,
  context: StageContext,
  fields: StageContext = {},
  steps: readonly Step[] = [],
): Execution =>
  buildPipeline([
    ...steps,
    {
      ref: '9',
      type: 'checkPreconditions',
      after: steps.map(({ ref }) => ref),
      context: {
        preconditions: [
          { type, context, ...(fields.failPipeline === undefined ? {} : { failPipeline: fields.failPipeline }) },
        ],
        ...fields,
        failPipeline: undefined,
      },
    },
  ]);

async function run(execution: Execution, prepare: (bench: Bench) => void = seed) {
  const bench = createStageBench();
  prepare(bench);
  const done = await bench.run(execution);
  return { done, failure: stageOf(done, '9').failure };
}

describe('the number of server groups', () => {
  it.each([
    ['<', 2, 3, true],
    ['<', 3, 3, false],
    ['<=', 3, 3, true],
    ['<=', 4, 3, false],
    ['==', 3, 3, true],
    ['==', 2, 3, false],
    ['>=', 3, 3, true],
    ['>=', 2, 3, false],
    ['>', 4, 3, true],
    ['>', 3, 3, false],
    ['==', 0, 0, true],
    ['>', 0, 0, false],
  ] as const)('%s: %i against %i fits: %s', (comparison, count, expected, fits) => {
    const groups = groupsOf(...Array.from({ length: count }, (_, index) => `v00${index}:1`));
    const found = misfit(groups, { comparison, expected, onlyEnabledServerGroups: false }, 'np1_east');
    expect(found === undefined).toBe(fits);
  });

  it.each([
    [true, undefined],
    [false, 'Precondition check failed: expected == 1 server groups in r but found 2: [foo-dev-v001, foo-dev-v000].'],
  ])('counts those in service only, where it is to: %s', (onlyEnabledServerGroups, message) =>
    expect(misfit(groupsOf('v000:0', 'v001:2'), { comparison: '==', expected: 1, onlyEnabledServerGroups }, 'r')).toBe(
      message,
    ),
  );
});

describe('checkPreconditions of type clusterSize', () => {
  const here = { cluster: 'foo-dev', locations: [east] };
  it.each([
    [{ ...here, expected: 2 }],
    [{ ...here, expected: '2', comparison: '==' }],
    [{ ...here, onlyEnabledServerGroups: 'true' }],
    [{ ...here, expected: 3, comparison: '<' }],
    [{ ...here, locations: [east, west], onlyEnabledServerGroups: true }],
    [{ ...here, cluster: 'bar', expected: 0 }],
    [{ cluster: null, moniker: { cluster: 'foo-dev' }, locations: [west] }],
  ])('goes on where it holds: %j', async (context) =>
    expect((await run(check('clusterSize', context))).done.status).toBe('SUCCEEDED'),
  );

  it('reads places as Spinnaker writes them', async () => {
    const place = { account: 'nonprod', region: 'np1_east', dcosCluster: 'np1', group: 'east' };
    const context = { cluster: 'foo-dev', credentials: 'nonprod', regions: ['np1_east'], expected: 1 };
    const { done } = await run(check('clusterSize', context), ({ serverGroups }) =>
      serverGroups.seed({ location: place, name: 'foo-dev-v000', desired: 1 }),
    );
    expect(done.status).toBe('SUCCEEDED');
  });

  it('takes from its stage what it leaves out, and only that', async () => {
    const fields = { cluster: 'foo-dev', locations: [west], credentials: 'other' };
    expect((await run(check('clusterSize', {}, fields))).done.status).toBe('SUCCEEDED');
    expect((await run(check('clusterSize', { locations: [east], expected: 2 }, fields))).done.status).toBe('SUCCEEDED');
    expect((await run(check('clusterSize', { cluster: 'bar', expected: 0 }, fields))).done.status).toBe('SUCCEEDED');
    expect((await run(check('clusterSize', { moniker: { cluster: 'bar' }, expected: 0 }, fields))).done.status).toBe(
      'SUCCEEDED',
    );
  });

  it.each([
    [here, 'expected == 1 server groups in np1_east but found 2: [foo-dev-v001, foo-dev-v000].', 'PRECONDITION_FAILED'],
    [
      { ...here, locations: [east, west], expected: 2 },
      'in np1_west but found 1: [foo-dev-v000].',
      'PRECONDITION_FAILED',
    ],
    [{ ...here, cluster: 'bar' }, 'in np1_east but found 0: [].', 'PRECONDITION_FAILED'],
    [
      { ...here, expected: 2, onlyEnabledServerGroups: true },
      'expected == 2 enabled server groups',
      'PRECONDITION_FAILED',
    ],
    [{ ...here, failureMessage: 'Too many!' }, 'Too many!', 'PRECONDITION_FAILED'],
    [{ locations: [east] }, 'names no cluster', 'INVALID_INPUT'],
    [{ cluster: 'foo-dev' }, 'names no place', 'INVALID_INPUT'],
  ])('stops where it does not: %j', async (context, message, code) => {
    const { done, failure } = await run(check('clusterSize', context));
    expect([done.status, failure?.code]).toEqual(['TERMINAL', code]);
    expect(failure?.message).toContain(message);
  });

  it('stops its branch only, where it says so', async () => {
    const { done } = await run(check('clusterSize', here, { failPipeline: false }));
    expect([done.status, stageOf(done, '9').status]).toEqual(['SUCCEEDED', 'STOPPED']);
  });

  it('asks again where DC/OS does not answer, for a minute', async () => {
    const { done } = await run(check('clusterSize', { ...here, expected: 2 }), (bench) => {
      seed(bench);
      bench.serverGroups.fail('list', 'UNREACHABLE');
    });
    expect(done.status).toBe('SUCCEEDED');
    const { failure } = await run(check('clusterSize', here), (bench) => {
      for (let count = 0; count < 200; count += 1) bench.serverGroups.fail('list', 'UNREACHABLE');
    });
    expect(failure?.code).toBe('TASK_TIMEOUT');
  });

  it('ends the same wherever the process stops', async () => {
    const { end, differing } = await crashEverywhere({
      seed,
      execution: () => check('clusterSize', { ...here, expected: 2 }),
      end: statuses,
    });
    expect(end).toEqual(['9 SUCCEEDED', '9<0 SUCCEEDED']);
    expect(differing).toEqual([]);
  });
});

describe('checkPreconditions of type stageStatus', () => {
  const gone = { type: 'disableCluster', context: { cluster: 'nosuch', locations: [east] } };
  const steps = [
    { ref: '1', type: 'wait', name: 'Rest', context: { waitTime: 1 } },
    { ref: '2', ...gone, name: 'Break', context: { ...gone.context, continuePipeline: true } },
    {
      ref: '3',
      type: 'wait',
      name: 'Rest',
      context: { waitTime: 1, stageEnabled: { type: 'expression', expression: 'false' } },
    },
  ];

  it.each([
    ['Rest', 'SUCCEEDED'],
    ['Break', 'FAILED_CONTINUE'],
    ['Stage 9', 'RUNNING'],
  ])('goes on where %s is %s', async (stageName, stageStatus) =>
    expect((await run(check('stageStatus', { stageName, stageStatus }, {}, steps))).done.status).toBe('SUCCEEDED'),
  );

  it.each([
    [
      { stageName: 'Rest', stageStatus: 'TERMINAL' },
      'The status of stage Rest was asserted to be TERMINAL, but was actually SUCCEEDED.',
      'PRECONDITION_FAILED',
    ],
    [{ stageName: 'Rest', stageStatus: 'succeeded' }, 'asserted to be succeeded', 'PRECONDITION_FAILED'],
    [{ stageName: 'Break', stageStatus: 'SUCCEEDED', failureMessage: 'It broke.' }, 'It broke.', 'PRECONDITION_FAILED'],
    [
      { stageName: 'Nap', stageStatus: 'SUCCEEDED' },
      "There is no stage 'Nap' to check the status of. The pipeline has Rest, Break, Rest, Stage 9.",
      'NOT_FOUND',
    ],
  ])('stops where it does not hold: %j', async (context, message, code) => {
    const { failure } = await run(check('stageStatus', context, {}, steps));
    expect(failure?.code).toBe(code);
    expect(failure?.message).toContain(message);
  });
});
