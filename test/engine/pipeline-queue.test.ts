import { plainText } from '../../src/model/text';
import { emptyQueue } from '../../src/engine/pipeline-queue';
import { isComplete } from '../../src/model/status';
import { createCrashPoints } from '../support/crash-points';
import { createQueueBench, type Wanted } from '../support/queue-kit';
import { createRandom } from '../support/random';
import { watchCircles } from '../support/watch-circles';

const one = { limitConcurrent: true, keepWaitingPipelines: true };
const after = (bench: ReturnType<typeof createQueueBench>, ms: number) => bench.drive(bench.clock.now() + ms);
const headline = async (bench: ReturnType<typeof createQueueBench>, id: string) =>
  plainText(bench.engine.render.live(await bench.get(id)).headline);

/** Three executions of a pipeline that allows one: the first runs. */
async function three(over: Partial<Wanted> = {}) {
  const bench = createQueueBench();
  for (const id of ['A', 'B', 'C']) await bench.start({ id, ...one, workMs: 60_000, ...over });
  await after(bench, 1000);
  return bench;
}
const statusesOf = async (bench: ReturnType<typeof createQueueBench>) =>
  (await bench.all()).map(({ id, status }) => `${id} ${status}`);

describe('an execution of a pipeline that limits how many run', () => {
  it('waits, says for whom, can be canceled or asked to tell of its start, and starts in its order', async () => {
    const bench = await three();
    expect(await statusesOf(bench)).toEqual(['A RUNNING', 'B NOT_STARTED', 'C NOT_STARTED']);
    expect(await headline(bench, 'B')).toBe('run B · waiting: 1st in the queue behind run A');
    expect(await headline(bench, 'C')).toBe('run C · waiting: 2nd in the queue behind run A');
    const { choices } = bench.engine.render.live(await bench.get('C'));
    expect(choices?.map(({ name }) => name)).toEqual(['notify', 'cancelExecution']);
    await after(bench, 60_000);
    expect(await statusesOf(bench)).toEqual(['A SUCCEEDED', 'B RUNNING', 'C NOT_STARTED']);
    expect(await headline(bench, 'C')).toBe('run C · waiting: 1st in the queue behind run B');
    await after(bench, 180_000);
    expect(await statusesOf(bench)).toEqual(['A SUCCEEDED', 'B SUCCEEDED', 'C SUCCEEDED']);
    expect(await bench.queue()).toMatchObject({ running: [], waiting: [], superseded: [] });
  });

  it('moves up when one before it is canceled, which changes nothing of it', async () => {
    const bench = await three();
    await bench.signal('B', { type: 'cancel', user: 'U1' });
    await after(bench, 1000);
    expect(await bench.get('B')).toMatchObject({ status: 'CANCELED', stages: [{ status: 'NOT_STARTED' }] });
    expect(await headline(bench, 'C')).toBe('run C · waiting: 1st in the queue behind run A');
  });

  it('cannot be paused while it waits', async () => {
    const bench = await three();
    expect(await bench.signal('B', { type: 'pause', user: 'U1' })).toMatchObject({ accepted: false });
  });

  it('waits for paused ones too', async () => {
    const bench = await three();
    await bench.signal('A', { type: 'pause', user: 'U1' });
    await after(bench, 600_000);
    expect(await statusesOf(bench)).toEqual(['A PAUSED', 'B NOT_STARTED', 'C NOT_STARTED']);
    await bench.signal('A', { type: 'resume', user: 'U1' });
    await after(bench, 600_000);
    expect(await statusesOf(bench)).toEqual(['A SUCCEEDED', 'B SUCCEEDED', 'C SUCCEEDED']);
  });

  it('starts beside others up to the number that is allowed', async () => {
    const bench = await three({ limitConcurrent: false, maxConcurrentExecutions: 2 });
    expect(await statusesOf(bench)).toEqual(['A RUNNING', 'B RUNNING', 'C NOT_STARTED']);
  });

  it('gives way to the newest where those that wait are not kept', async () => {
    const bench = await three({ keepWaitingPipelines: false });
    await after(bench, 60_000);
    expect(await statusesOf(bench)).toEqual(['A SUCCEEDED', 'B CANCELED', 'C RUNNING']);
    const { lines } = bench.engine.render.live(await bench.get('B'));
    expect(lines?.map(plainText).join()).toMatch(/^Canceled: This execution was queued but then canceled because/);
    await after(bench, 120_000);
    expect(await bench.queue()).toMatchObject({ running: [], waiting: [], superseded: [] });
  });

  it('is called off when it did not begin in time', async () => {
    const bench = await three({ startExpiryMs: 30_000 });
    await after(bench, 29_500);
    const { status, canceled, startTimeExpiry } = await bench.get('B');
    const reason = 'Could not begin execution before start time expiry';
    expect([status, canceled]).toEqual(['CANCELED', { at: startTimeExpiry, reason }]);
    expect((await bench.get('A')).status).toBe('RUNNING');
  });

  it('is refused where 50 wait already', async () => {
    const bench = await three();
    for (let count = 0; count < 48; count += 1) expect(await bench.start({ id: `D${count}`, ...one })).toBeUndefined();
    expect(await bench.start({ id: 'E', ...one })).toEqual({ waiting: 50 });
    expect((await bench.queue())?.waiting).toHaveLength(50);
    await expect(bench.get('E')).rejects.toThrow('No execution');
  });

  it('takes its cluster with its turn, and waits for who works on it', async () => {
    const bench = createQueueBench();
    await bench.start({ id: 'A', ...one, workMs: 60_000 });
    await bench.start({ id: 'B', ...one, cluster: 'foo-x' });
    await after(bench, 1000);
    await bench.start({ id: 'Z', cluster: 'foo-x', workMs: 120_000 });
    await after(bench, 60_000);
    expect(await headline(bench, 'B')).toBe('run B · waiting: 1st in the queue: run Z works on foo-x');
    await after(bench, 70_000);
    expect(await statusesOf(bench)).toEqual(['A SUCCEEDED', 'B SUCCEEDED', 'Z SUCCEEDED']);
  });

  it('gives its turn back while its cluster is busy, so that what its holder started in the same queue runs', async () => {
    const bench = createQueueBench();
    await bench.start({ id: 'A', ...one, workMs: 60_000 });
    await bench.start({ id: 'X', ...one, cluster: 'foo-x' });
    await after(bench, 1000);
    const Z = { id: 'Z', ...one, cluster: 'foo-x', workMs: 60_000 };
    await bench.start({ id: 'Y', pipeline: 'q', cluster: 'foo-x', workMs: 90_000, child: Z });
    await after(bench, 80_000);
    await bench.start({ id: 'B', ...one, workMs: 60_000 });
    await after(bench, 1000);
    expect(await headline(bench, 'X')).toBe('run X · waiting: 1st in the queue: run Y works on foo-x');
    await after(bench, 20_000);
    expect(await headline(bench, 'Z')).toBe('run Z · waiting: 2nd in the queue behind run B');
    await after(bench, 50_000);
    expect(await statusesOf(bench)).toEqual(['A SUCCEEDED', 'B SUCCEEDED', 'X NOT_STARTED', 'Y RUNNING', 'Z RUNNING']);
    expect(await headline(bench, 'X')).toMatch(/waiting: 1st in the queue: run [YZ] works on foo-x$/);
    await after(bench, 120_000);
    expect((await bench.all()).map(({ status }) => status)).toEqual(Array(5).fill('SUCCEEDED'));
    expect(await bench.queue()).toEqual({ schema: 1, running: [], waiting: [], superseded: [] });
  });

  it('starts before those that came later when its cluster is free again', async () => {
    const bench = createQueueBench();
    await bench.start({ id: 'A', ...one, workMs: 60_000 });
    for (const id of ['X', 'W']) await bench.start({ id, ...one, cluster: 'foo-x', workMs: 60_000 });
    await after(bench, 1000);
    await bench.start({ id: 'Y', pipeline: 'q', cluster: 'foo-x', workMs: 120_000 });
    await after(bench, 70_000);
    await bench.start({ id: 'V', ...one, cluster: 'foo-x', workMs: 60_000 });
    await after(bench, 10_000);
    for (const id of ['X', 'W', 'V'])
      expect(await headline(bench, id)).toMatch(/waiting: \d\w\w in the queue: run Y works on foo-x$/);
    await after(bench, 400_000);
    const started = (await bench.all()).toSorted((one, other) => (one.startTime ?? 0) - (other.startTime ?? 0));
    expect(started.map(({ id }) => id)).toEqual(['A', 'Y', 'X', 'W', 'V']);
  });

  it('is refused where its turn is now and its cluster is taken, and leaves its place', async () => {
    const bench = createQueueBench();
    await bench.start({ id: 'Z', cluster: 'foo-x', workMs: 120_000 });
    expect(await bench.start({ id: 'A', ...one, cluster: 'foo-x' })).toMatchObject({ executionId: 'Z' });
    expect(await bench.queue()).toMatchObject({ running: [], waiting: [] });
  });

  it('does not begin while its start may still be refused', async () => {
    let at: 'before' | 'start' | 'refused' | 'after' = 'before';
    let begun: readonly string[] = [];
    // Between the refusal and the end of the start: the cluster is given back, and another of the pipeline ends.
    const meanwhile = async () => {
      at = 'after';
      for (const id of ['B', 'Z']) await bench.signal(id, { type: 'cancel', user: 'U1' });
      await after(bench, 10_000);
      begun = await bench.running();
    };
    const bench = createQueueBench((store) => ({
      ...store,
      create: async (kind, id, document, options) => {
        if (at === 'start' && kind.name === 'lock') at = 'refused';
        return store.create(kind, id, document, options);
      },
      update: async (kind, id, change, options) => {
        if (at === 'refused' && kind.name === 'queue') await meanwhile();
        return store.update(kind, id, change, options);
      },
    }));
    const two = { maxConcurrentExecutions: 2 };
    await bench.start({ id: 'Z', cluster: 'foo-x', workMs: 120_000 });
    await bench.start({ id: 'B', ...two, workMs: 120_000 });
    await after(bench, 1000);
    at = 'start';
    expect(await bench.start({ id: 'A', ...two, cluster: 'foo-x', workMs: 60_000 })).toMatchObject({
      executionId: 'Z',
    });
    expect(begun).toEqual([]);
    expect((await bench.all()).map(({ id }) => id)).toEqual(['B', 'Z']);
  });

  it('waits for its turn again when a stage is retried after its end', async () => {
    const bench = await three({ fails: true });
    await after(bench, 60_000);
    expect(await bench.signal('A', { type: 'retryStage', stageId: '1', user: 'U1' })).toEqual({ accepted: true });
    await after(bench, 1000);
    expect(await statusesOf(bench)).toEqual(['A NOT_STARTED', 'B RUNNING', 'C NOT_STARTED']);
    expect(await headline(bench, 'A')).toBe('run A · waiting: 2nd in the queue behind run B');
    await after(bench, 600_000);
    expect(await statusesOf(bench)).toEqual(['A SUCCEEDED', 'B TERMINAL', 'C TERMINAL']);
  });

  it('looks for its turn once a minute when a stage is retried after its start would have expired', async () => {
    const bench = await three({ fails: true, startExpiryMs: 100_000 });
    await after(bench, 60_000);
    await bench.signal('A', { type: 'retryStage', stageId: '1', user: 'U1' });
    await after(bench, 45_000);
    let turns = 0;
    await bench.drive(bench.clock.now() + 10_000, () => Promise.resolve(void (turns += 1)));
    expect((await bench.get('A')).status).toBe('NOT_STARTED');
    expect(turns).toBeLessThan(10);
  });

  it('ends as it was, without a way back, when it is canceled while it waits to go on', async () => {
    const bench = await three({ fails: true });
    await after(bench, 60_000);
    const { status, endTime, stages } = await bench.get('A');
    await bench.signal('A', { type: 'retryStage', stageId: '1', user: 'U1' });
    await bench.signal('A', { type: 'cancel', user: 'U1' });
    await after(bench, 200_000);
    expect(await statusesOf(bench)).toEqual(['A TERMINAL', 'B TERMINAL', 'C TERMINAL']);
    expect(await bench.get('A')).toMatchObject({ status, endTime, stages });
    expect(await bench.signal('A', { type: 'retryStage', stageId: '1', user: 'U1' })).toEqual({ accepted: true });
    await after(bench, 200_000);
    expect((await bench.get('A')).status).toBe('SUCCEEDED');
    expect(await bench.queue()).toMatchObject({ running: [], waiting: [], superseded: [] });
  });

  it('ends as it was where a newer one is preferred to its retry', async () => {
    const bench = await three({ fails: true, keepWaitingPipelines: false });
    await after(bench, 60_000);
    await bench.signal('A', { type: 'retryStage', stageId: '1', user: 'U1' });
    await after(bench, 1000);
    await bench.start({ id: 'D', limitConcurrent: true });
    await after(bench, 200_000);
    expect(await statusesOf(bench)).toEqual(['A TERMINAL', 'B CANCELED', 'C TERMINAL', 'D SUCCEEDED']);
    expect((await bench.get('A')).stages[0]?.failure?.message).toBe('It failed.');
    const { choices } = bench.engine.render.live(await bench.get('A'));
    expect(choices?.map(({ name }) => name)).toEqual(['retryStage']);
    expect(await bench.queue()).toMatchObject({ running: [], waiting: [], superseded: [] });
  });

  it('cannot be retried again while it waits to go on, which would run it without its turn', async () => {
    const bench = await three({ fails: true });
    await after(bench, 60_000);
    const retry = () => bench.signal('A', { type: 'retryStage', stageId: '1', user: 'U1' });
    await retry();
    expect(await retry()).toMatchObject({ accepted: false, code: 'ALREADY_DECIDED' });
    expect((await bench.get('A')).status).toBe('NOT_STARTED');
  });
});

describe('a start', () => {
  it('with the correlation id of another is that other, also at the same instant', async () => {
    const bench = createQueueBench();
    const both = [
      { id: 'A', cluster: 'foo-x', workMs: 60_000 },
      { id: 'B', cluster: 'foo-x', workMs: 60_000 },
    ];
    const answers = await Promise.all(both.map((wanted) => bench.ask(wanted, 'once')));
    const [first] = answers;
    expect(answers).toEqual([first, first]);
    expect(await bench.ask({ id: 'C' }, 'once')).toEqual(first);
    expect((await bench.all()).map(({ id }) => id)).toEqual([first?.executionId]);
    await after(bench, 100_000);
    expect(await bench.ask({ id: 'D' }, 'once')).toEqual(first);
    expect(await bench.ask({ id: 'D' }, 'twice')).toEqual({ executionId: 'D' });
    expect(await statusesOf(bench)).toEqual([`${first?.executionId} SUCCEEDED`, 'D NOT_STARTED']);
  });

  it.each([
    ['of a pipeline that any number may run of', {}],
    ['of a pipeline that limits how many run', one],
  ])('%s is not deleted by a look that refuses it after another has let it begin', async (_of, limits) => {
    let isArmed = false;
    const wanted = { id: 'A', ...limits, cluster: 'foo-x', workMs: 60_000 };
    // The look that refuses has seen the cluster busy; before it deletes, the same start is asked for again.
    const again = async () => {
      isArmed = false;
      await bench.signal('Z', { type: 'cancel', user: 'U1' });
      await after(bench, 1000);
      expect(await bench.ask(wanted)).toEqual({ executionId: 'A' });
    };
    const bench: Bench = createQueueBench((store) => ({
      ...store,
      delete: async (kind, id, options) => {
        if (isArmed) await again();
        return store.delete(kind, id, options);
      },
    }));
    await bench.start({ id: 'Z', cluster: 'foo-x', workMs: 120_000 });
    await after(bench, 1000);
    isArmed = true;
    expect(await bench.ask(wanted)).toEqual({ executionId: 'A' });
    expect(isArmed).toBe(false);
    await after(bench, 100_000);
    expect(await statusesOf(bench)).toEqual(['A SUCCEEDED', 'Z CANCELED']);
    expect((await bench.queue()) ?? emptyQueue).toEqual(emptyQueue);
  });

  it('that another look has refused meanwhile begins anew', async () => {
    let isArmed = false;
    const wanted = { id: 'A', cluster: 'foo-x' };
    const bench: Bench = createQueueBench((store) => ({
      ...store,
      update: async (kind, id, change, options) => {
        if (isArmed && kind.name === 'execution') {
          isArmed = false;
          await store.delete(kind, id);
        }
        return store.update(kind, id, change, options);
      },
    }));
    isArmed = true;
    expect(await bench.ask(wanted)).toEqual({ executionId: 'A' });
    await after(bench, 10_000);
    expect(await statusesOf(bench)).toEqual(['A SUCCEEDED']);
  });
});

type Random = ReturnType<typeof createRandom>;
const between = (random: Random, least: number, most: number) => least + Math.floor(random() * (most - least + 1));

type Bench = ReturnType<typeof createQueueBench>;

/**
 * The executions of pipelines that start one another, each of which may be in the same cluster or in another: `below` the
 * level of its parent, so that none can wait for another in a circle, or `any`.
 */
function familyOf(
  random: Random,
  id: string,
  children: 'below' | 'any',
  limitOf: (pipeline: string) => Partial<Wanted>,
): Wanted {
  const pipelines = ['q', 'p', 'r'];
  const turned = children === 'any' ? between(random, 0, 2) : 0;
  const ordered = [...pipelines.slice(turned), ...pipelines.slice(0, turned)];
  const levels = children === 'any' && random() < 0.5 ? ordered.toReversed() : ordered.slice(between(random, 0, 2));
  const clusterOf = (pipeline: string, above: string) =>
    random() < 0.5 ? above : `foo-${random() < 0.7 ? pipeline : `${pipeline}-${between(random, 1, 3)}`}`;
  const build = ([pipeline = 'r', ...below]: readonly string[], name: string, above: string): Wanted => {
    const cluster = clusterOf(pipeline, above);
    return {
      id: name,
      pipeline,
      ...limitOf(pipeline),
      cluster,
      workMs: between(random, 0, 40_000),
      fails: random() < 0.2,
      ...(below.length > 0 && random() < 0.7 ? { child: build(below, `${name}-`, cluster) } : {}),
    };
  };
  return build(levels, id, random() < 0.8 ? `foo-shared-${between(random, 1, 2)}` : `foo-${id}`);
}

/** Throws where more run than are allowed, where two of different families have one cluster, or where one was passed over. */
function createWatch(bench: Bench, limitOf: (pipeline: string) => number) {
  const begun = new Set<string>();
  const familyId = (id: string) => id.replace(/-+$/, '');
  const watchQueue = async (pipeline: string, running: readonly string[]) => {
    expect(running.length).toBeLessThanOrEqual(limitOf(pipeline));
    const queue = await bench.queue(pipeline);
    for (const { executionId, order = 0 } of queue?.running ?? []) {
      if (!running.includes(executionId) || begun.has(executionId)) continue;
      begun.add(executionId);
      const passed = queue?.waiting.filter((other) => (other.order ?? 0) < order && other.keepsWaiting) ?? [];
      expect(passed.filter(({ turn = 0 }) => turn === 0)).toEqual([]);
    }
  };
  return async () => {
    const ids = await bench.running();
    const running = await Promise.all(ids.map(bench.get));
    for (const pipeline of ['p', 'q', 'r'])
      await watchQueue(
        pipeline,
        running.filter((each) => each.pipelineConfigId === `foo/${pipeline}`).map(({ id }) => id),
      );
    const held = new Set(running.map(({ id, definition }) => `${definition.cluster} ${familyId(id)}`));
    expect(held.size).toBe(new Set(running.map(({ definition }) => definition.cluster)).size);
  };
}

async function expectAllOver(bench: Bench) {
  const all = await bench.all();
  expect(all.filter(({ status }) => !isComplete(status)).map(({ id }) => id)).toEqual([]);
  for (const pipeline of ['p', 'q', 'r']) expect((await bench.queue(pipeline)) ?? emptyQueue).toEqual(emptyQueue);
}

type Children = 'none' | 'below' | 'any';
type Settings = { readonly limit: number; readonly keepWaitingPipelines: boolean; readonly children: Children };

/** One that any number may run of, in a cluster of its own or one of several; or with others that its stages start. */
function wantedOf(random: Random, index: number, { limit, keepWaitingPipelines, children }: Settings): Wanted {
  const limits = { limitConcurrent: false, maxConcurrentExecutions: limit, keepWaitingPipelines };
  if (children !== 'none') return familyOf(random, `E${index}`, children, () => limits);
  return {
    id: `E${index}`,
    ...limits,
    cluster: random() < 0.6 ? `foo-${index}` : 'foo-shared',
    workMs: between(random, 0, 40_000),
    fails: random() < 0.4,
  };
}

/** Starts, pauses, cancels and retries at random moments, with stops of the process at random writes. */
async function runRandomly(seed: number, children: Children) {
  const random = createRandom(seed);
  const hasChildren = children !== 'none';
  const limit = between(random, 1, hasChildren ? 2 : 3);
  const keepWaitingPipelines = random() < 0.7;
  const points = new Set(Array.from({ length: between(random, 0, 12) }, () => between(random, 1, 250)));
  const crashes = createCrashPoints(points);
  const bench = createQueueBench(crashes.wrap);
  const entered: string[] = [];
  const watch = createWatch(bench, () => limit);
  const circles = watchCircles(bench);
  const look = async () => {
    await watch();
    await circles.after();
  };
  const boot = async () => {
    crashes.boot();
    await circles.before();
  };
  const start = async (wanted: Wanted) => {
    for (let tries = 0; tries < 30; tries += 1) {
      crashes.boot();
      const refusal = await bench.start(wanted).catch((error: unknown) => error);
      if (refusal instanceof Error) continue;
      if (refusal === undefined) entered.push(wanted.id);
      return;
    }
    throw new Error('It never started.');
  };
  const act = async () => {
    const all = await bench.all();
    const id = all[between(random, 0, all.length - 1)]?.id;
    const type = (['pause', 'pause', 'cancel', 'retryStage', 'retryStage'] as const)[between(random, 0, 4)] ?? 'cancel';
    if (id !== undefined)
      await bench.signal(id, type === 'retryStage' ? { type, stageId: '1', user: 'U1' } : { type, user: 'U1' });
  };
  const resume = async (share: number) => {
    for (const { id, status } of await bench.all())
      if (status === 'PAUSED' && random() < share) await bench.signal(id, { type: 'resume', user: 'U1' });
  };
  const count = between(random, hasChildren ? 6 : 2, hasChildren ? 14 : 9);
  for (let index = 0; index < count; index += 1) {
    await start(wantedOf(random, index, { limit, keepWaitingPipelines, children }));
    if (random() < 0.5) await act();
    await bench.drive(bench.clock.now() + between(random, 0, 15_000), look, boot);
    if (random() < 0.3) await act();
    await resume(0.5);
  }
  await resume(1);
  await bench.drive(bench.clock.now() + 3_600_000, look, boot);
  return { bench, entered, circles: circles.count(), keepsOrder: keepWaitingPipelines && limit === 1 && !hasChildren };
}

it.each(Array.from({ length: 6 }, (_, batch) => batch))(
  'never runs more than are allowed, ends all of them and keeps their order, wherever the process stops (%i)',
  async (batch) => {
    for (let index = 0; index < 12; index += 1) {
      const { bench, entered, keepsOrder } = await runRandomly(batch * 12 + index + 1, 'none');
      const all = await bench.all();
      expect(all.filter(({ status }) => !isComplete(status)).map(({ id }) => id)).toEqual([]);
      expect(await bench.queue()).toEqual({ schema: 1, running: [], waiting: [], superseded: [] });
      if (!keepsOrder) continue;
      const first = all.filter(({ admission, startTime }) => admission?.round === 0 && startTime !== undefined);
      const times = entered.flatMap((id) => first.find((execution) => execution.id === id)?.startTime ?? []);
      expect(times).toEqual(times.toSorted((left, right) => left - right));
    }
  },
);

it.each(Array.from({ length: 6 }, (_, batch) => batch))(
  'ends all that start one another, in queues and clusters that they share, and passes none over that could run (%i)',
  async (batch) => {
    let gaveBack = 0;
    for (let index = 0; index < 15; index += 1) {
      const { bench, circles } = await runRandomly(batch * 15 + index + 1, 'below');
      await expectAllOver(bench);
      expect(circles).toBe(0);
      gaveBack += (await bench.all()).filter(({ admission }) => (admission?.turn ?? 0) > 0).length;
    }
    expect(gaveBack).toBeGreaterThan(2);
  },
);

it.each(Array.from({ length: 6 }, (_, batch) => batch))(
  'ends one of those that wait for each other for ever, and nobody else, so that all end (%i)',
  async (batch) => {
    let broken = 0;
    for (let index = 0; index < 15; index += 1) {
      const { bench, circles } = await runRandomly(batch * 15 + index + 1, 'any');
      await expectAllOver(bench);
      broken += circles;
    }
    expect(broken).toBeGreaterThan(2);
  },
);
