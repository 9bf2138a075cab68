import { plainText } from '../../src/model/text';
import { createCrashPoints } from '../support/crash-points';
import { createQueueBench, type Wanted } from '../support/queue-kit';

type Bench = ReturnType<typeof createQueueBench>;

const one = { limitConcurrent: true, keepWaitingPipelines: true };
const after = (bench: Bench, ms: number, boot?: () => void) => bench.drive(bench.clock.now() + ms, undefined, boot);
const minutes = (count: number) => count * 60_000;
const statusesOf = async (bench: Bench) => (await bench.all()).map(({ id, status }) => `${id} ${status}`);
const begin = async (bench: Bench, all: readonly Wanted[]) => {
  for (const wanted of all) expect(await bench.start(wanted)).toBeUndefined();
};

/** P → Q and Q → P, each of which one may run of. */
const turns = (): readonly Wanted[] => [
  { id: 'A', ...one, pipeline: 'p', child: { id: 'A-', ...one, pipeline: 'q' } },
  { id: 'B', ...one, pipeline: 'q', child: { id: 'B-', ...one, pipeline: 'p' } },
];
/** A has the turn of p and waits for the cluster of B; B waits for the turn. */
const both = (): readonly Wanted[] => [
  { id: 'A', ...one, pipeline: 'p', child: { id: 'A-', pipeline: 'r', cluster: 'foo-B' } },
  { id: 'B', pipeline: 'q', child: { id: 'B-', ...one, pipeline: 'p' } },
];

describe('children that wait for each other', () => {
  it('for their turns: the youngest is called off and says why, and the others go on', async () => {
    const bench = createQueueBench();
    await begin(bench, turns());
    await after(bench, minutes(4));
    expect(await statusesOf(bench)).toEqual(['A SUCCEEDED', 'A- SUCCEEDED', 'B SUCCEEDED', 'B- CANCELED']);
    const reason =
      'It would wait for ever: it waits for its turn behind run A, which waits for it (run A → run A- → run B → run B-). Start one after the other.';
    const { canceled } = await bench.get('B-');
    expect(canceled).toEqual({ at: expect.any(Number) as number, reason });
    const { lines } = bench.engine.render.live(await bench.get('B-'));
    expect(lines?.map(plainText).join()).toContain(reason);
    for (const pipeline of ['p', 'q'])
      expect(await bench.queue(pipeline)).toMatchObject({ running: [], waiting: [], superseded: [] });
  });

  it('for a turn and a cluster: the youngest is called off, and the others go on', async () => {
    const bench = createQueueBench();
    await begin(bench, both());
    await after(bench, minutes(4));
    expect(await statusesOf(bench)).toEqual(['A SUCCEEDED', 'A- SUCCEEDED', 'B SUCCEEDED', 'B- CANCELED']);
  });

  it('for a cluster that was found busy when the turn had come', async () => {
    const bench = createQueueBench();
    await begin(bench, [
      { id: 'Z', ...one, pipeline: 'p', workMs: minutes(1) },
      { id: 'A', pipeline: 'r', child: { id: 'Y-', ...one, pipeline: 'p', cluster: 'foo-B' } },
    ]);
    await after(bench, 5_000);
    await begin(bench, [{ id: 'B', pipeline: 'q', child: { id: 'B-', pipeline: 'q', cluster: 'foo-A' } }]);
    await after(bench, minutes(1));
    expect((await bench.get('Y-')).admission).toMatchObject({ state: 'blocked', behind: 'run B' });
    await after(bench, minutes(4));
    expect(await statusesOf(bench)).toEqual([
      'A SUCCEEDED',
      'B SUCCEEDED',
      'B- SUCCEEDED',
      'Y- CANCELED',
      'Z SUCCEEDED',
    ]);
    expect((await bench.get('Y-')).canceled?.reason).toContain('it waits for foo-B, where run B works');
  });

  it('shows where it stands as any other that waits, until it is called off', async () => {
    const bench = createQueueBench();
    await begin(bench, turns());
    const seen = new Set<string>();
    for (let second = 0; second < 240; second += 1) {
      await after(bench, 1000);
      const child = (await bench.all()).find(({ id }) => id === 'B-');
      if (child !== undefined) seen.add(plainText(bench.engine.render.live(child).headline));
    }
    expect([...seen]).toEqual(['run B- · waiting: 1st in the queue behind run A', 'run B- · canceled']);
  });

  it('are left alone where one of those that have the turns can end', async () => {
    const bench = createQueueBench();
    const twice = { maxConcurrentExecutions: 2, keepWaitingPipelines: true };
    await begin(bench, [
      { id: 'A', ...twice, pipeline: 'p', child: { id: 'A-', ...one, pipeline: 'q' } },
      { id: 'A2', ...twice, pipeline: 'p', workMs: minutes(20) },
      { id: 'B', ...one, pipeline: 'q', child: { id: 'B-', ...twice, pipeline: 'p' } },
    ]);
    await after(bench, minutes(19));
    expect(await statusesOf(bench)).toEqual([
      'A RUNNING',
      'A- NOT_STARTED',
      'A2 RUNNING',
      'B RUNNING',
      'B- NOT_STARTED',
    ]);
    await after(bench, minutes(5));
    expect((await bench.all()).map(({ status }) => status)).toEqual(Array(5).fill('SUCCEEDED'));
  });

  it('are not called off where somebody has broken the circle between two looks', async () => {
    const bench = createQueueBench();
    await begin(bench, turns());
    let marked = 0;
    for (let second = 0; second < 240 && marked === 0; second += 1) {
      await after(bench, 1000);
      const child = (await bench.all()).find(({ id }) => id === 'B-');
      if (child?.admission?.circle !== undefined) marked = bench.clock.now();
    }
    expect(marked).toBeGreaterThan(0);
    await bench.signal('A-', { type: 'cancel', user: 'U1' });
    await after(bench, minutes(4));
    expect(await statusesOf(bench)).toEqual(['A SUCCEEDED', 'A- CANCELED', 'B SUCCEEDED', 'B- SUCCEEDED']);
  });

  it.each([
    ['turns', turns],
    ['a turn and a cluster', both],
  ])('end in the same way wherever the process stops: %s', async (_what, all) => {
    const run = async (points: readonly number[]) => {
      const crashes = createCrashPoints(new Set(points));
      const bench = createQueueBench(crashes.wrap);
      for (const wanted of all()) {
        for (let refused: unknown = 'yet'; refused !== undefined;) {
          crashes.boot();
          refused = await bench.start(wanted).catch((error: unknown) => error);
        }
      }
      await after(bench, minutes(8), crashes.boot);
      return { end: await statusesOf(bench), passed: crashes.passed() };
    };
    const { end, passed } = await run([]);
    expect(end).toEqual(['A SUCCEEDED', 'A- SUCCEEDED', 'B SUCCEEDED', 'B- CANCELED']);
    const differing: unknown[] = [];
    for (let point = 1; point <= passed; point += 1) {
      const other = await run([point]);
      if (other.end.join() !== end.join()) differing.push({ point, end: other.end });
    }
    expect(passed).toBeGreaterThan(40);
    expect(differing).toEqual([]);
  });
});
