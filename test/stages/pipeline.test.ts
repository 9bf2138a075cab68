import { executionRenderer } from '../../src/app';
import { executionKind, messageKind, peopleKind } from '../../src/engine/document-kinds';
import { clusterHolder, lockCluster } from '../../src/engine/cluster-lock';
import type { Execution } from '../../src/model/execution';
import { emptyQueue, queueKind } from '../../src/engine/pipeline-queue';
import { plainText } from '../../src/model/text';
import { applicationOf, childIn, childrenIn, parentOf, runs, startLocked } from '../support/child-kit';
import { driveUntil } from '../support/drive-until';
import { stageOf, statuses, type Step } from '../support/engine-kit';
import { sendSignal } from '../support/send-signal';
import { windowOf } from '../support/draw-window';
import { createStageBench } from '../support/stage-kit';
import { east } from '../dcos/builders';

type Bench = ReturnType<typeof createStageBench>;

const wait = (waitTime = 60): Step => ({ ref: '1', type: 'wait', name: 'Rest', context: { waitTime } });
/** A rest that names its cluster, so that nobody else may work on it. */
const holding = (waitTime: number): Step => ({ ...wait(waitTime), context: { waitTime, cluster: 'foo-dev' } });
const set = (values: Readonly<Record<string, unknown>>, more: Partial<Step> = {}): Step => ({
  ref: '1',
  type: 'evaluateVariables',
  context: { variables: Object.entries(values).map(([key, value]) => ({ key, value })) },
  ...more,
});
const broken: Step = {
  ref: '1',
  type: 'checkPreconditions',
  name: 'Check',
  context: { preconditions: [{ type: 'expression', context: { expression: 'false' } }] },
};
const deploys: Step = { ref: '1', type: 'deploy', name: 'Deploy', context: { strategy: 'redblack' } };

/** The executor with `foo`, whose pipeline `child` has these stages, and whatever else a test defines. */
const benchOf = (child: readonly Step[], ...others: Parameters<typeof applicationOf>[]): Bench =>
  createStageBench(
    undefined,
    new Map([applicationOf('foo', { child }), ...others.map((one) => applicationOf(...one))]),
  );

const cancel = (bench: Bench, id = 'E1') => sendSignal(bench, { type: 'cancel', user: 'U0BOB', reason: 'wrong' }, id);
const retry = (bench: Bench, id = 'E1', stageId = '1') =>
  sendSignal(bench, { type: 'retryStage', stageId, user: 'U0BOB' }, id);
const failureOf = (execution: Execution, id = '1') => stageOf(execution, id).failure;
const get = async (bench: Bench, id: string) => (await bench.store.get(executionKind, id))?.document;
const shown = (execution: Execution) =>
  (executionRenderer.live(execution).steps ?? []).map(
    ({ name, state, detail }) => `${name} ${state} ${plainText(detail ?? '')}`,
  );

describe('a pipeline stage', () => {
  it('runs a pipeline of its own application for its own environment, and waits for its end', async () => {
    const bench = benchOf([wait(60)]);
    const startedAt = bench.clock.now();
    const done = await bench.run(parentOf([runs({ pipelineParameters: { size: 3 } })]));
    const child = await childIn(bench);
    expect([done.status, child.status]).toEqual(['SUCCEEDED', 'SUCCEEDED']);
    expect(child).toMatchObject({
      application: 'foo',
      pipelineConfigId: 'foo/child',
      name: 'Run foo/child for dev',
      trigger: {
        type: 'pipeline',
        user: done.trigger.user,
        correlationId: 'E1/1/1',
        parentExecutionId: 'E1',
        parentStageId: '1',
        parameters: { size: 3 },
      },
      definition: { kind: 'pipeline', environment: 'dev', cluster: 'foo-dev', image: 'repo/foo:2.0' },
    });
    expect(stageOf(done, '1').outputs).toMatchObject({
      executionId: child.id,
      executionName: 'Run foo/child for dev',
      status: 'SUCCEEDED',
    });
    // The child's end wakes it: it need not wait for its next look.
    expect((done.endTime ?? 0) - startedAt).toBe(60_000);
  });

  it('shows what it waits for', async () => {
    const bench = benchOf([wait(600)]);
    const running = await bench.run(parentOf([runs()]), 60_000);
    expect(shown(running)).toEqual(['Stage 1 running Run foo/child for dev · running: Rest']);
    await sendSignal(bench, { type: 'pause', user: 'U0BOB' }, (await childIn(bench)).id);
    expect(shown(await bench.drive('E1', 30_000))).toEqual(['Stage 1 running Run foo/child for dev · paused: Rest']);
  });

  it('does not wait where it is not to', async () => {
    const bench = benchOf([wait(600)]);
    const done = await bench.run(parentOf([runs({ waitForCompletion: false })]), 10_000);
    const child = await childIn(bench);
    expect([done.status, child.status]).toEqual(['SUCCEEDED', 'RUNNING']);
    expect(stageOf(done, '1').outputs).toEqual({ executionId: child.id, executionName: child.name });
    expect(await sendSignal(bench, { type: 'cancel', user: 'U0BOB' }, child.id)).toBe('');
    expect((await bench.drive(child.id)).status).toBe('CANCELED');
  });

  it('puts out what the stages of the pipeline do, later ones over earlier ones', async () => {
    const child = [set({ size: 3, kind: 'small' }), set({ size: 4 }, { ref: '2', after: ['1'] })];
    const bench = benchOf(child);
    const after = set({ seen: "${size + ' ' + kind}" }, { ref: '2', after: ['1'] });
    const done = await bench.run(parentOf([runs(), after]));
    expect(stageOf(done, '2').outputs.seen).toBe('4 small');
  });

  it('keeps those to itself where it is to', async () => {
    const bench = benchOf([set({ size: 3 })]);
    const done = await bench.run(parentOf([runs({ skipDownstreamOutput: true })]));
    expect(stageOf(done, '1').outputs).not.toHaveProperty('size');
    expect(stageOf(done, '1').outputs).toHaveProperty('executionId');
  });

  it('passes what its expressions came to', async () => {
    const bench = benchOf([set({ seen: "${parameters['size'] + 1}" })]);
    const context = { pipeline: '${name}', pipelineParameters: { size: '${2 + 2}' } };
    const done = await bench.run(parentOf([set({ name: 'child' }, { ref: '0' }), runs(context, { after: ['0'] })]));
    expect(stageOf(done, '1').outputs.seen).toBe(5);
  });

  it.each([
    ['another application', { application: 'shop', pipeline: 'smoke' }, 'shop/smoke', 'dev'],
    ['another application in one name', { pipeline: 'shop/smoke' }, 'shop/smoke', 'dev'],
    ['another environment', { environment: 'staging' }, 'foo/child', 'staging'],
  ])('runs one of %s', async (_what, context, id, environment) => {
    const bench = benchOf([wait(1)], ['shop', { smoke: [wait(1)] }]);
    const done = await bench.run(parentOf([runs(context)]));
    const child = await childIn(bench);
    expect([done.status, child.pipelineConfigId, child.definition.environment]).toEqual(['SUCCEEDED', id, environment]);
  });

  it.each([
    [{ version: '1.9' }, 'repo/foo:1.9', 'Deploy foo 1.9 to dev'],
    [{ image: 'other/foo:7' }, 'other/foo:7', 'Deploy foo 7 to dev'],
    [{}, 'repo/foo:2.0', 'Deploy foo 2.0 to dev'],
  ])('deploys what %j says', async (context, image, name) => {
    const bench = benchOf([deploys]);
    const done = await bench.run(parentOf([runs(context)]));
    const child = await childIn(bench);
    expect([done.status, child.definition.image, child.name]).toEqual(['SUCCEEDED', image, name]);
    expect(stageOf(done, '1').outputs['deploy.server.groups']).toEqual({ np1_east: ['foo-dev-v000'] });
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×2']);
  });
});

describe('a pipeline stage that cannot start', () => {
  it.each([
    [{ pipeline: 'chidl' }, 'NOT_FOUND', "There is no pipeline of foo 'chidl'. Did you mean 'child'? Known: child."],
    [{ application: 'fo' }, 'NOT_FOUND', "There is no application 'fo'. Did you mean 'foo'? Known: foo, shop."],
    [{ environment: 'stagin' }, 'NOT_FOUND', "There is no environment of foo 'stagin'. Did you mean 'staging'?"],
    [{ version: 'no version' }, 'INVALID_INPUT', "'no version' is not a version"],
    [{ version: '1', image: 'a:1' }, 'INVALID_INPUT', "Give 'image' or 'version', not both."],
    [
      { application: 'shop', pipeline: 'main' },
      'INVALID_INPUT',
      "Pipeline shop/main deploys shop to dev, but nothing says which version. Give the stage 'version' or 'image'.",
    ],
  ])('says why: %j', async (context, code, message) => {
    const bench = benchOf([wait(1)], ['shop', { main: [deploys] }]);
    const done = await bench.run(parentOf([runs(context)]));
    expect([done.status, failureOf(done)?.code]).toEqual(['TERMINAL', code]);
    expect(failureOf(done)?.message).toContain(message);
    expect(await childrenIn(bench)).toEqual([]);
  });

  it('says who may start it, where whoever asked may not', async () => {
    const policy = { deployers: ['crew'], approvers: { groups: [], count: 1, excludeRequester: false } };
    const bench = benchOf([wait(1)], ['shop', { main: [wait(1)] }, { policy }]);
    await bench.store.create(peopleKind, 'T1', { schema: 1, teamId: 'T1', readAt: 0, groups: { crew: ['UANN'] } });
    const context = { application: 'shop', pipeline: 'main' };
    const done = await bench.run(parentOf([runs(context)]));
    expect(failureOf(done)?.code).toBe('NOT_ALLOWED');
    expect(failureOf(done)?.message).toBe(
      "@U0ALICE, who asked for 'Deploy foo 2.0 to dev', may not change shop dev: only @crew may. Ask one of them.",
    );
    const trigger = { ...done.trigger, user: 'UANN' };
    expect((await bench.run(parentOf([runs(context)], { id: 'E2', trigger }))).status).toBe('SUCCEEDED');
  });

  it('does not run what runs it already, and names the circle', async () => {
    const bench = benchOf(
      [runs({ application: 'shop', pipeline: 'back' })],
      ['shop', { back: [runs({ application: 'foo', pipeline: 'child' })] }],
    );
    const done = await bench.run(parentOf([runs()]));
    expect(done.status).toBe('TERMINAL');
    expect(failureOf(done)?.message).toContain(
      'Pipeline foo/child for dev would run itself: foo/main for dev → foo/child for dev → shop/back for dev → foo/child for dev.',
    );
    expect(await childrenIn(bench)).toHaveLength(2);
  });

  it('runs the same pipeline for another environment', async () => {
    const stageEnabled = { type: 'expression', expression: "parameters['next'] == true" };
    const next = runs({ environment: 'staging', stageEnabled });
    const bench = benchOf([next]);
    expect((await bench.run(parentOf([runs({ pipelineParameters: { next: true } })]))).status).toBe('SUCCEEDED');
    expect((await childrenIn(bench)).map(({ definition }) => definition.environment)).toEqual(['dev', 'staging']);
  });

  it('does not run more than ten below one another', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `p${index}`);
    const chain = names.map((name, index) => [name, [runs({ pipeline: names[index + 1] ?? 'p0' })]] as const);
    const bench = createStageBench(undefined, new Map([applicationOf('foo', Object.fromEntries(chain))]));
    const done = await bench.run(parentOf([runs({ pipeline: 'p0' })]));
    expect(failureOf(done)?.message).toContain('Pipelines may start one another 10 deep at most');
    expect(await childrenIn(bench)).toHaveLength(9);
  });
});

describe('a pipeline that fails', () => {
  it('fails its stage with its failure, named', async () => {
    const bench = benchOf([broken]);
    const done = await bench.run(parentOf([runs()]));
    const child = await childIn(bench);
    expect([done.status, stageOf(done, '1').status]).toEqual(['TERMINAL', 'TERMINAL']);
    expect(failureOf(done)).toEqual({
      code: 'STAGE_FAILED',
      message: `Run foo/child for dev (${child.id}) failed: Precondition 'false' is not met: it is false.`,
    });
    expect(stageOf(done, '1').context).toMatchObject({ executionId: child.id, status: 'TERMINAL' });
    expect(statuses(done)).toEqual(['1 TERMINAL']);
    expect(shown(done)).toEqual([`Stage 1 failed ${failureOf(done)?.message ?? ''}`]);
  });

  it('is waited for where it has not started yet, as in a queue', async () => {
    const bench = benchOf([wait(600)]);
    await bench.run(parentOf([runs()]), 30_000);
    const { id } = await childIn(bench);
    const queued = (child: Execution): Execution => ({ ...child, status: 'NOT_STARTED', stages: [] });
    await bench.store.update(executionKind, id, queued, { due: () => null });
    const running = await bench.drive('E1', 30_000);
    expect(shown(running)).toEqual(['Stage 1 running Run foo/child for dev · about to start']);
  });

  it('passes on what a machine wrote', async () => {
    const job = { general: { id: 'foo.smoke', cmd: 'true' }, application: 'foo', location: east };
    const bench = benchOf([{ ref: '1', type: 'runJob', context: job }]);
    Object.assign(bench.jobs, { outcome: 'FAILED', diagnosis: { reasons: ['Exit 3.'], output: 'last words' } });
    const done = await bench.run(parentOf([runs()]));
    expect(failureOf(done)?.output).toBe('last words');
    expect(failureOf(done)?.message).toContain('Exit 3.');
  });

  it('cancels its stage where it was canceled', async () => {
    const bench = benchOf([wait(600)]);
    await bench.run(parentOf([runs()]), 30_000);
    await cancel(bench, (await childIn(bench)).id);
    const done = await bench.drive('E1');
    expect([done.status, stageOf(done, '1').status]).toEqual(['CANCELED', 'CANCELED']);
    expect(failureOf(done)?.message).toContain('was canceled: wrong');
  });

  it('lets the stage start a new one when that is retried', async () => {
    const bench = benchOf([broken]);
    await bench.run(parentOf([runs()]));
    const [first] = await childrenIn(bench);
    await retry(bench);
    const done = await bench.drive('E1');
    const [, second] = await childrenIn(bench);
    expect(second?.trigger.correlationId).toBe('E1/1/2');
    expect(stageOf(done, '1').context.executionId).toBe(second?.id);
    expect(first?.id).not.toBe(second?.id);
  });
});

describe('a pipeline stage that is stopped', () => {
  it('cancels the pipeline with it, and waits for its way back', async () => {
    const bench = benchOf([deploys, { ref: '2', type: 'wait', after: ['1'], context: { waitTime: 3600 } }]);
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 3 });
    await startLocked(bench, parentOf([runs()]));
    await driveUntil(bench, () => bench.serverGroups.sizes(east).join() === 'foo-dev-v000 ×0,foo-dev-v001 ×2');
    await cancel(bench);
    const done = await bench.drive('E1');
    const child = await childIn(bench);
    expect([done.status, child.status]).toEqual(['CANCELED', 'CANCELED']);
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×3', 'foo-dev-v001 ×0']);
    expect(child.canceled).toMatchObject({
      by: 'U0BOB',
      reason: 'Deploy foo 2.0 to dev, which waited for it, was canceled',
    });
    expect(done.endTime ?? 0).toBeGreaterThanOrEqual(child.endTime ?? Infinity);
    expect(stageOf(done, '1~0')).toMatchObject({ type: 'cancelPipeline', status: 'SUCCEEDED' });
  });

  it('cancels the pipeline where another branch failed', async () => {
    const bench = benchOf([wait(3600)]);
    const done = await bench.run(parentOf([runs(), { ...broken, ref: '3', after: ['2'] }, { ...wait(30), ref: '2' }]));
    expect([done.status, (await childIn(bench)).status]).toEqual(['TERMINAL', 'CANCELED']);
    expect((await childIn(bench)).canceled?.reason).toContain('failed');
  });

  it('cancels the pipeline when its time is over', async () => {
    const bench = benchOf([wait(3600)]);
    const done = await bench.run(parentOf([runs({ stageTimeoutMs: 120_000 })]));
    expect(failureOf(done)).toMatchObject({ code: 'TASK_TIMEOUT' });
    expect(failureOf(done)?.message).toContain('Run foo/child for dev · running: Rest');
    expect([done.status, (await childIn(bench)).status]).toEqual(['TERMINAL', 'CANCELED']);
  });

  it('has twelve hours where it does not say otherwise', async () => {
    const bench = benchOf([{ ...wait(), type: 'manualJudgment', context: {} }]);
    await bench.run(parentOf([runs()]), 60_000);
    await bench.clock.advance(12 * 3_600_000 - 120_000);
    expect((await bench.drive('E1', 10_000)).status).toBe('RUNNING');
    await bench.clock.advance(120_000);
    expect(failureOf(await bench.drive('E1', 60_000))?.message).toContain('within 12 h');
  });

  it('leaves alone what nobody waits for', async () => {
    const bench = benchOf([wait(300)]);
    await bench.run(parentOf([runs({ waitForCompletion: false }), { ...wait(60), ref: '2', after: ['1'] }]), 30_000);
    await cancel(bench);
    expect((await bench.drive('E1')).status).toBe('CANCELED');
    expect((await childIn(bench)).status).toBe('SUCCEEDED');
  });
});

describe('skipping', () => {
  const skip = (bench: Bench) => sendSignal(bench, { type: 'skipStage', stageId: '1', user: 'U0BOB' });
  const choices = (execution: Execution) => executionRenderer.live(execution).choices?.map(({ name }) => name);

  it('goes on without waiting; the pipeline runs on', async () => {
    const bench = benchOf([wait(600)]);
    const running = await bench.run(parentOf([runs({ skippable: true })]), 30_000);
    expect(choices(running)).toContain('skipStage');
    expect(await skip(bench)).toBe('');
    const done = await bench.drive('E1', 1000);
    expect(statuses(done)).toEqual(['1 SKIPPED']);
    expect(done.status).toBe('SUCCEEDED');
    expect((await bench.drive((await childIn(bench)).id)).status).toBe('SUCCEEDED');
    expect(await skip(bench)).toBe('ALREADY_DECIDED This stage is over.');
  });

  it('is refused where the stage does not allow it', async () => {
    const bench = benchOf([wait(600)]);
    const running = await bench.run(parentOf([runs()]), 30_000);
    expect(choices(running)).not.toContain('skipStage');
    expect(await skip(bench)).toBe('NOT_ALLOWED Cannot manually skip stage.');
  });

  it('starts nothing where the cluster is still waited for', async () => {
    const bench = benchOf([holding(1)]);
    await startLocked(bench, parentOf([{ ...holding(600), ref: '9' }], { id: 'E0' }));
    await bench.run(parentOf([runs({ skippable: true })]), 30_000);
    await skip(bench);
    expect(statuses(await bench.drive('E1', 1000))).toEqual(['1 SKIPPED']);
    expect(await childrenIn(bench)).toEqual([]);
  });
});

describe('the cluster of a child', () => {
  const other = (id: string, seconds = 120) => {
    const built = parentOf([{ ...holding(seconds), ref: '9' }], { id, name: 'Deploy shop 2.0', application: 'shop' });
    return { ...built, definition: { ...built.definition, cluster: 'shop-dev' } };
  };
  const shopRuns = runs({ application: 'shop', pipeline: 'main' });

  it("is its parent's, where both are about one", async () => {
    const bench = benchOf([holding(60)]);
    await startLocked(bench, parentOf([runs()]));
    await bench.drive('E1', 30_000);
    expect((await childIn(bench)).status).toBe('RUNNING');
    expect(await clusterHolder(bench.store, 'foo-dev')).toEqual({ executionId: 'E1' });
    expect((await bench.drive('E1')).status).toBe('SUCCEEDED');
    expect(await clusterHolder(bench.store, 'foo-dev')).toBeUndefined();
  });

  it('is waited for while somebody else works on it, visibly', async () => {
    const bench = benchOf([], ['shop', { main: [holding(1)] }]);
    await startLocked(bench, other('E0'));
    const waiting = await bench.run(parentOf([shopRuns]), 60_000);
    expect(shown(waiting)).toEqual(['Stage 1 running waits for Deploy shop 2.0, asked by @U0ALICE']);
    expect(await childrenIn(bench)).toEqual([]);
    const done = await bench.drive('E1');
    expect([done.status, (await childIn(bench)).status]).toEqual(['SUCCEEDED', 'SUCCEEDED']);
    expect(shown(done)).toEqual(['Stage 1 done Run shop/main for dev']);
  });

  it('is waited for until the time of the stage is over', async () => {
    const bench = benchOf([], ['shop', { main: [holding(1)] }]);
    await startLocked(bench, other('E0', 3600));
    const timed = { ...shopRuns, context: { ...shopRuns.context, stageTimeoutMs: 60_000 } };
    const done = await bench.run(parentOf([timed]));
    expect(failureOf(done)?.code).toBe('TASK_TIMEOUT');
    expect(await childrenIn(bench)).toEqual([]);
  });

  it('is changed by one child after the other, where several are started at once', async () => {
    const bench = benchOf([holding(60)]);
    const startedAt = bench.clock.now();
    await startLocked(bench, parentOf([runs(), runs({}, { ref: '2' })]));
    const running = await bench.drive('E1', 30_000);
    expect(shown(running)[1]).toBe('Stage 2 running waits for Run foo/child for dev, asked by @U0ALICE');
    const done = await bench.drive('E1');
    const [first, second] = await childrenIn(bench);
    expect(done.status).toBe('SUCCEEDED');
    expect(second?.buildTime ?? 0).toBeGreaterThanOrEqual(first?.endTime ?? Infinity);
    expect((done.endTime ?? 0) - startedAt).toBeLessThanOrEqual(135_000);
  });
});

describe('what a child says', () => {
  const reporting = (steps: readonly Step[]) => parentOf(steps, { report: { teamId: 'T1', channel: 'foo-deploys' } });
  const messagesOf = async (bench: Bench) => (await bench.store.list(messageKind)).map(({ document }) => document);

  it("stands in the thread of its parent's message, all of it", async () => {
    const bench = benchOf([wait(10), { ...wait(10), ref: '2', name: 'Rest again', after: ['1'] }]);
    await bench.run(reporting([runs()]));
    const { id } = await childIn(bench);
    const own = (await messagesOf(bench)).filter((message) => message.id.startsWith(`${id}/`));
    expect(own.length).toBeGreaterThan(2);
    for (const { target } of own) expect(target).toEqual({ kind: 'thread', parentId: 'E1/live', broadcast: false });
    const words = own.map(({ view }) => plainText(view.headline));
    expect(words).toContain('Run foo/child for dev · done');
    expect(words).toContain('Run foo/child for dev: Rest again · done');
  });

  it('is told to the channel and the requester by its parent alone', async () => {
    const bench = benchOf([broken]);
    const done = await bench.run(reporting([runs()]));
    const { id } = await childIn(bench);
    const messages = await messagesOf(bench);
    expect(messages.filter(({ target }) => target.kind === 'direct')).toEqual([]);
    const loud = messages.filter(({ target }) => target.kind === 'thread' && target.broadcast);
    expect(loud.filter((message) => message.id.startsWith(`${id}/`))).toEqual([]);
    expect(done.status).toBe('TERMINAL');
  });
});

describe('retrying a stage of a child that has ended', () => {
  // It holds once the server group is there.
  const size = { cluster: 'foo-dev', credentials: 'nonprod', regions: ['nonprod/east'], expected: 1 };
  const needsGroup: Step = {
    ref: '1',
    type: 'checkPreconditions',
    context: { preconditions: [{ type: 'clusterSize', context: { ...size, locations: [east] } }] },
  };

  it('lets the stage that failed with it wait for it again, and the parent go on', async () => {
    const bench = benchOf([needsGroup, { ...wait(60), ref: '2', after: ['1'] }]);
    const failed = await bench.run(parentOf([runs(), set({ seen: 'yes' }, { ref: '2', after: ['1'] })]));
    expect(failed.status).toBe('TERMINAL');
    const { id } = await childIn(bench);
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 3 });
    expect(await retry(bench, id)).toBe('');
    await bench.drive('E1', 30_000);
    expect((await get(bench, 'E1'))?.status).toBe('RUNNING');
    const done = await bench.drive('E1');
    expect([done.status, (await childIn(bench)).status]).toEqual(['SUCCEEDED', 'SUCCEEDED']);
    expect(stageOf(done, '1').context.executionId).toBe(id);
    expect(stageOf(done, '2').outputs.seen).toBe('yes');
  });

  const limited = {
    limitConcurrent: true,
    keepWaitingPipelines: true,
    admission: { round: 0, state: 'started' },
  } as const;
  const resting: Step = { ref: '2', type: 'wait', name: 'Rest', context: { waitTime: 300 } };

  /** A child that failed under a limited parent, which has further stages, and was retried with success. */
  async function retriedUnderLimited() {
    const bench = benchOf([needsGroup, { ...wait(600), ref: '2', after: ['1'] }]);
    const failed = await bench.run(parentOf([runs(), resting], limited));
    const { id } = await childIn(bench);
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 3 });
    await retry(bench, id);
    await lockCluster(bench.store, 'foo-dev', { executionId: id }, undefined, ['E1']);
    return { bench, id, failed };
  }

  it('lets a parent whose pipeline limits how many run go on beside it', async () => {
    const { bench, id } = await retriedUnderLimited();
    const running = await bench.drive('E1', 60_000);
    expect(statuses(running)).toEqual(['1 RUNNING', '2 RUNNING']);
    const done = await bench.drive('E1');
    expect([done.status, (await get(bench, id))?.status]).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  });

  it('is undone when its parent is canceled, while that waits for its turn', async () => {
    const { bench, id, failed } = await retriedUnderLimited();
    const other = parentOf([wait(1)], { id: 'Z9', status: 'RUNNING' });
    const definition = { ...other.definition, cluster: 'foo-other' };
    await bench.store.create(executionKind, 'Z9', { ...other, definition });
    const running = [{ executionId: 'Z9', round: 0 }];
    await bench.store.create(queueKind, 'foo/main/dev', emptyQueue);
    await bench.store.update(queueKind, 'foo/main/dev', (queue) => ({ ...queue, running }));
    await bench.drive(id, 30_000);
    expect(await get(bench, 'E1')).toMatchObject({ status: 'NOT_STARTED', admission: { round: 1 } });
    expect(await cancel(bench)).toBe('');
    await bench.drive('E1', 30_000);
    expect((await bench.drive(id, 120_000)).canceled).toMatchObject({ by: 'U0BOB' });
    const { status, stages, endTime } = failed;
    expect(await get(bench, 'E1')).toMatchObject({ status, stages, endTime });
  });

  it('goes up to the first of all', async () => {
    const bench = createStageBench(
      undefined,
      new Map([applicationOf('foo', { child: [runs({ pipeline: 'leaf' })], leaf: [needsGroup] })]),
    );
    expect((await bench.run(parentOf([runs()]))).status).toBe('TERMINAL');
    const leaf = (await childrenIn(bench)).find(({ pipelineConfigId }) => pipelineConfigId === 'foo/leaf');
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 3 });
    await retry(bench, leaf?.id);
    const done = await bench.drive('E1');
    expect(done.status).toBe('SUCCEEDED');
    expect((await childrenIn(bench)).map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  });

  it('leaves the parent alone where something newer has worked on its cluster', async () => {
    const bench = benchOf([needsGroup]);
    await bench.run(parentOf([runs({ environment: 'staging' })]));
    await bench.run(parentOf([{ ...wait(1), ref: '9' }], { id: 'Z9' }));
    const { id } = await childIn(bench);
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 3 });
    await retry(bench, id);
    expect((await bench.drive(id)).status).toBe('SUCCEEDED');
    expect((await get(bench, 'E1'))?.status).toBe('TERMINAL');
  });

  it('starts a new one when the parent itself is retried after that', async () => {
    const bench = benchOf([needsGroup]);
    await bench.run(parentOf([runs()]));
    const { id } = await childIn(bench);
    await retry(bench, id);
    expect((await bench.drive('E1')).status).toBe('TERMINAL');
    await retry(bench);
    await bench.drive('E1');
    expect(await childrenIn(bench)).toHaveLength(2);
  });
});

describe('a pipeline that waits for its window', () => {
  const hourMs = 3_600_000;
  /** The bench begins on Thursday, 1 January 2026, at 00:00 UTC. */
  const monday = (child: readonly Step[]) => {
    const window = windowOf('{ days: Mon }', 'UTC');
    return createStageBench(undefined, new Map([applicationOf('foo', { child }, { window })]));
  };

  /** What has become of the parent some time later, and after its looks then. */
  const later = async (bench: Bench, ms: number, looksMs = 600_000) => {
    await bench.drive('E1', 60_000);
    await bench.clock.advance(ms);
    return bench.drive('E1', looksMs);
  };

  it('does not use up the time of the stage that runs it, which says when it begins', async () => {
    const bench = monday([deploys]);
    await bench.start(parentOf([runs()]));
    const waiting = await later(bench, 20 * hourMs);
    expect(shown(waiting)).toEqual([
      'Stage 1 running Deploy foo 2.0 to dev · waits for its window, begins 2026-01-05 00:00 UTC',
    ]);
    const done = await later(bench, 76 * hourMs);
    expect([done.status, (await childIn(bench)).status]).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  });

  it('does not use up a shorter timeout either, and all of it is there afterwards', async () => {
    const bench = monday([deploys, { ...wait(24 * 3600), ref: '2', after: ['1'] }]);
    await bench.start(parentOf([runs({ stageTimeoutMs: hourMs })]));
    await later(bench, 4 * 24 * hourMs);
    const done = await later(bench, 0, 2 * hourMs);
    expect(failureOf(done)?.code).toBe('TASK_TIMEOUT');
    const lastedMs = (done.endTime ?? 0) - Date.parse('2026-01-05T00:00:00Z');
    expect(Math.abs(lastedMs - hourMs)).toBeLessThan(2 * 60_000);
  });

  it('is told once it runs as ever', async () => {
    const bench = monday([deploys, { ...wait(3600), ref: '2', after: ['1'] }]);
    await bench.start(parentOf([runs()]));
    expect(shown(await later(bench, 4 * 24 * hourMs))).toEqual([
      'Stage 1 running Deploy foo 2.0 to dev · running: Rest',
    ]);
  });
});
