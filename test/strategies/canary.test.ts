import { executionRenderer } from '../../src/app';
import type { ServerGroupDescription } from '../../src/model/description';
import type { Execution } from '../../src/model/execution';
import { plainText } from '../../src/model/text';
import { expiryKind } from '../../src/engine/document-kinds';
import { findStrategy, type Change } from '../../src/strategies';
import { east } from '../dcos/builders';
import { driveUntil } from '../support/drive-until';
import { buildPipeline, stageOf } from '../support/engine-kit';
import { writtenPipeline } from '../support/expression-kit';
import { sendSignal } from '../support/send-signal';
import { crashEverywhere } from '../support/stage-crashes';
import { createStageBench, describeCluster } from '../support/stage-kit';

type Bench = ReturnType<typeof createStageBench>;
type Canary = Pick<ServerGroupDescription, 'canary'>;

const deployOf = (over: Partial<ServerGroupDescription>) =>
  buildPipeline([
    {
      ref: '1',
      type: 'deploy',
      context: { clusters: [describeCluster({ strategy: 'canary', desiredCapacity: 6, ...over })] },
    },
  ]);
const serving = (): Bench => {
  const bench = createStageBench();
  bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 6 });
  return bench;
};
const short = (effects: readonly string[]) => effects.map((effect) => effect.replace('nonprod/east/foo-dev-', ''));
const sizes = (bench: Bench) => bench.serverGroups.sizes(east).map((text) => text.replace('foo-dev-', ''));
const running = (type: string) => (execution: Execution) =>
  execution.stages.some((stage) => stage.type === type && stage.status === 'RUNNING');
/** A deploy of a file behind another stage, its canary judged by an expression. */
const judgedBy = (expression: string) =>
  writtenPipeline([
    { ref: '1', type: 'evaluateVariables', name: 'Ask', context: { variables: [{ key: 'ready', value: 1 }] } },
    {
      ref: '2',
      type: 'deploy',
      after: ['1'],
      context: {
        clusters: [
          describeCluster({
            strategy: 'canary',
            desiredCapacity: 6,
            canary: [{ percentage: 50, durationSec: 60, expression }],
          }),
        ],
      },
    },
  ]);
const openJudgment = ({ stages }: Execution) =>
  stages.find(({ type, status }) => type === 'manualJudgment' && status === 'RUNNING')?.id ?? '';

describe('a canary', () => {
  it('is watched beside the whole of the old, grows into the full group and takes over', async () => {
    const bench = serving();
    const startedAt = bench.clock.now();
    const done = await bench.run(deployOf({ canary: [{ instances: 1, durationSec: 300 }] }));
    expect(done.status).toBe('SUCCEEDED');
    expect(short(bench.serverGroups.effects)).toEqual(['create v001', 'resize v001 1→6', 'resize v000 6→0']);
    expect(bench.clock.now() - startedAt).toBeGreaterThan(300_000);
  });

  it('without a step of its own is a tenth, watched for ten minutes', async () => {
    const bench = serving();
    const startedAt = bench.clock.now();
    const done = await bench.run(deployOf({}));
    expect(done.status).toBe('SUCCEEDED');
    expect(short(bench.serverGroups.effects)[1]).toBe('resize v001 1→6');
    expect(bench.clock.now() - startedAt).toBeGreaterThan(600_000);
  });

  it('grows from step to step', async () => {
    const bench = serving();
    const canary = [{ percentage: 10 }, { percentage: 50 }, { percentage: 100 }].map((step) => ({
      ...step,
      durationSec: 60,
    }));
    const done = await bench.run(deployOf({ canary }));
    expect(done.status).toBe('SUCCEEDED');
    expect(short(bench.serverGroups.effects)).toEqual([
      'create v001',
      'resize v001 1→3',
      'resize v001 3→6',
      'resize v000 6→0',
    ]);
    expect(done.stages.filter(({ type }) => type === 'verify').map(({ name }) => name)).toEqual([
      'Watch foo-dev-v001 at 1 of 6 in nonprod/east',
      'Watch foo-dev-v001 at 3 of 6 in nonprod/east',
      'Watch foo-dev-v001 at 6 of 6 in nonprod/east',
    ]);
  });

  it('that is bad goes out of service by itself and is kept for diagnosis, the old at its whole size all the time', async () => {
    const bench = serving();
    await bench.start(deployOf({ canary: [{ instances: 2, durationSec: 300 }], keepFailedMinutes: 30 }));
    await driveUntil(bench, running('verify'));
    bench.serverGroups.sickNames.add('foo-dev-v001');
    const done = await bench.drive('E1');
    expect(done.status).toBe('TERMINAL');
    expect(stageOf(done, '1').failure?.code).toBe('VERIFICATION_FAILED');
    expect(short(bench.serverGroups.effects)).toEqual(['create v001', 'resize v001 2→0']);
    expect(plainText(executionRenderer.outcome(done).headline)).toContain('what served before serves again');
    const expiries = await bench.store.list(expiryKind, { limit: 10 });
    expect(expiries.map(({ document }) => document.serverGroupName)).toEqual(['foo-dev-v001']);
    expect(expiries.map(({ document }) => document.destroyAt - document.keptSince)).toEqual([30 * 60_000]);
  });

  it('that never comes up goes the same way', async () => {
    const bench = serving();
    const done = await bench.run(deployOf({ docker: { image: { imageId: 'repo/foo:sick' } }, stageTimeoutMs: 60_000 }));
    expect(done.status).toBe('TERMINAL');
    expect(sizes(bench)).toEqual(['v000 ×6', 'v001 ×0']);
  });

  it.each([
    ["canary.instances == 3 and canary.of == 6 and canary.serverGroup == 'foo-dev-v001'"],
    ["#stage('Ask').outputs.ready == 1 and trigger.user != '' and execution.application == 'foo'"],
    ["ready == 1 and #root['deploy.server.groups']['np1_east'][0] == canary.serverGroup"],
  ])('goes on where an expression is true after it was watched: %s', async (expression) => {
    const bench = serving();
    const startedAt = bench.clock.now();
    const done = await bench.run(judgedBy(expression));
    expect([done.status, done.stages.flatMap(({ failure }) => failure?.message ?? [])]).toEqual(['SUCCEEDED', []]);
    expect(sizes(bench)).toEqual(['v000 ×0', 'v001 ×6']);
    const check = done.stages.find(({ name }) => name.startsWith('Judge'));
    expect(check?.name).toBe('Judge foo-dev-v001 at 3 of 6 in nonprod/east by an expression');
    expect((check?.startTime ?? 0) - startedAt).toBeGreaterThan(60_000);
  });

  it.each([
    ['1 + 1 == 3', "Precondition '1 + 1 == 3' is not met: it is false."],
    ["#stage('Ask').outputs.ready", "Precondition '#stage('Ask').outputs.ready' is not met: it is 1."],
    ["#fromUrl('https://example.invalid/errors') == '0'", /asked for/],
    ['#noSuch()', /^Precondition '#noSuch\(\)' could not be evaluated, column 1: /],
  ])('goes out of service where an expression is not true, and says what it saw: %s', async (expression, message) => {
    const bench = serving();
    const done = await bench.run(judgedBy(expression));
    expect(stageOf(done, '2').failure?.message).toEqual(
      typeof message === 'string' ? message : (expect.stringMatching(message) as unknown),
    );
    expect([done.status, sizes(bench)]).toEqual(['TERMINAL', ['v000 ×6', 'v001 ×0']]);
  });

  it.each([
    ['continue', 'SUCCEEDED', ['v000 ×0', 'v001 ×6']],
    ['stop', 'TERMINAL', ['v000 ×6', 'v001 ×0']],
  ] as const)('is judged by a person: %s', async (decision, status, expected) => {
    const bench = serving();
    await bench.start(deployOf({ canary: [{ percentage: 50, judgment: true }], stageTimeoutMs: 60_000 }));
    await bench.drive('E1', 10 * 60_000);
    const open = await driveUntil(bench, (execution) => openJudgment(execution) !== '');
    expect(stageOf(open, openJudgment(open)).context.instructions).toBe(
      'Reject, and foo-dev-v001 goes out of service; foo-dev-v000 serves all the time.',
    );
    expect(sizes(bench)).toEqual(['v000 ×6', 'v001 ×3']);
    await sendSignal(bench, { type: 'judge', decision, stageId: openJudgment(open), user: 'UANN' });
    const done = await bench.drive('E1');
    expect([done.status, sizes(bench)]).toEqual([status, expected]);
  });

  it.each([
    ['SUCCEEDED', 'SUCCEEDED', ['v000 ×0', 'v001 ×6']],
    ['FAILED', 'TERMINAL', ['v000 ×6', 'v001 ×0']],
  ] as const)('is judged by a job that %s', async (outcome, status, expected) => {
    const bench = serving();
    bench.jobs.outcome = outcome;
    const job = { general: { id: 'dev.foo-smoke', cmd: 'true' }, application: 'foo', location: east };
    const done = await bench.run(deployOf({ canary: [{ instances: 1, job }] }));
    expect([done.status, sizes(bench)]).toEqual([status, expected]);
    expect(bench.jobs.effects).toHaveLength(1);
  });

  it('is created whole, and not judged, where nothing serves', async () => {
    const bench = createStageBench();
    const done = await bench.run(deployOf({ canary: [{ instances: 1, judgment: true }] }));
    expect([done.status, sizes(bench)]).toEqual(['SUCCEEDED', ['v000 ×6']]);
  });

  it('goes back when it is canceled while it is watched', async () => {
    const bench = serving();
    await bench.start(deployOf({}));
    await driveUntil(bench, running('verify'));
    await sendSignal(bench, { type: 'cancel', user: 'UANN' });
    expect((await bench.drive('E1')).status).toBe('CANCELED');
    expect(sizes(bench)).toEqual(['v000 ×6', 'v001 ×0']);
  });

  it('ends the same wherever the process stops', async () => {
    const { differing, points } = await crashEverywhere({
      execution: () => deployOf({ canary: [{ instances: 2, durationSec: 20 }], maxRemainingAsgs: 2 }),
      seed: (bench) => bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 6 }),
      end: ({ status }, bench) => [status, sizes(bench), bench.serverGroups.effects],
    });
    expect(points).toBeGreaterThan(30);
    expect(differing).toEqual([]);
  }, 60_000);
});

describe('the plan of a canary', () => {
  const strategy = findStrategy('canary');
  const change: Change = {
    location: east,
    cluster: 'foo-dev',
    created: 'foo-dev-v001',
    source: { serverGroupName: 'foo-dev-v000', desired: 6, serving: 6 },
    stoodBefore: ['foo-dev-v000'],
  };
  const firstSize = (canary: Canary['canary'], desiredCapacity: number) =>
    strategy.firstSize?.({ desiredCapacity, ...(canary === undefined ? {} : { canary }) });

  it.each([
    [undefined, 6, 1],
    [[{ percentage: 10 }], 20, 2],
    [[{ percentage: 10 }], 21, 3],
    [[{ instances: 4 }], 3, 3],
    [[{ percentage: 100 }], 5, 5],
  ])('with %j of %i begins at %i', (canary, full, size) => expect(firstSize(canary, full)).toBe(size));

  it('never shrinks, whatever units its steps have', () => {
    const plans = strategy.after(change, { desiredCapacity: 6, canary: [{ instances: 4 }, { percentage: 10 }] });
    expect(plans.filter(({ type }) => type === 'resizeServerGroup').map(({ context }) => context.capacity)).toEqual([
      { desired: 6 },
    ]);
  });

  it.each([
    [
      {},
      6,
      'canary: 1 of 6 new, watched for 10 min (healthy, no restarts); then 6 new, the old 6 out of service and kept; goes back by itself',
    ],
    [
      { canary: [{ instances: 2, durationSec: 60, checks: ['healthy' as const], job: {}, judgment: true }] },
      undefined,
      'canary: 2 of 6 new, watched for 60 s (healthy), a job, a person; then 6 new, the old out of service and kept; goes back by itself',
    ],
  ])('says with %j what it will do', (over, old, text) =>
    expect(strategy.summary({ desiredCapacity: 6, ...over }, old)).toBe(text),
  );
});
