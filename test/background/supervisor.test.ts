import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startBackground, type Background, type BackgroundOptions } from '../../src/background/supervisor';
import { systemClock } from '../../src/engine/clock';

const path = join(__dirname, '../support/background-jobs.cjs');
const built = join(__dirname, '../../dist/src/background/job.js');

/** Looks every few milliseconds, at most ten seconds: real threads start when they start. */
async function until(holds: () => boolean): Promise<void> {
  for (let look = 0; look < 1_000 && !holds(); look += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(holds()).toBe(true);
}

describe('startBackground', () => {
  const received: [string, unknown][] = [];
  const logged: { readonly level: string; readonly fields: object; readonly message: string }[] = [];
  let background: Background | undefined;

  const log = (level: string) => (fields: object, message: string) => void logged.push({ level, fields, message });
  const start = (behaviours: readonly string[], more: Partial<BackgroundOptions> = {}): Background => {
    background = startBackground({
      jobs: behaviours.map((behaviour) => ({ name: behaviour, path, workerData: { behaviour } })),
      clock: systemClock,
      logger: { info: log('info'), warn: log('warn'), error: log('error') },
      onMessage: (name, message) => void received.push([name, message]),
      ...more,
    });
    return background;
  };
  const startsOf = (name: string) =>
    received.filter(([from, message]) => from === name && typeof message === 'object' && 'ready' in (message ?? {}))
      .length;

  beforeAll(() => {
    if (!existsSync(built)) throw new Error('dist/ is missing. Run `npm run build` first (`npm test` does).');
  });
  beforeEach(() => {
    received.length = 0;
    logged.length = 0;
  });
  afterEach(async () => {
    await background?.stop(0);
    background = undefined;
  });

  it('passes worker data and messages both ways', async () => {
    const { post } = start(['first', 'second']);
    await until(() => startsOf('first') === 1 && startsOf('second') === 1);
    expect(post('second', { hint: 1 })).toBe(true);
    await until(() => received.length === 3);
    expect(received[2]).toEqual(['second', { echo: { hint: 1 } }]);
  });

  it('sends nothing to a job it does not know', () => {
    expect(start([]).post('nobody', 'hint')).toBe(false);
  });

  it.each([
    ['throws', 'throw', 'crashed as asked'],
    ['leaves a rejection unhandled', 'reject', 'rejected as asked'],
    ['exits', 'exit', undefined],
  ])(
    'starts a job that %s again',
    async (_, order, error) => {
      const { post } = start(['worker']);
      await until(() => startsOf('worker') === 1);
      post('worker', order);
      await until(() => startsOf('worker') === 2);
      expect(post('worker', 'still there')).toBe(true);
      await until(() => received.some(([, message]) => JSON.stringify(message) === '{"echo":"still there"}'));
      expect(logged.filter(({ level }) => level === 'warn')).toEqual([
        expect.objectContaining({ fields: expect.objectContaining({ job: 'worker', delayMs: 100 }) as object }),
      ]);
      const errors = logged.filter(({ level }) => level === 'error').map(({ fields }) => fields);
      expect(errors).toEqual(
        error === undefined ? [] : [{ job: 'worker', err: expect.objectContaining({ message: error }) as Error }],
      );
    },
    20_000,
  );

  it('waits longer before each further start, and briefly again after a minute of life', async () => {
    const waits: { readonly delayMs: number; readonly callback: () => void }[] = [];
    let now = 0;
    const clock = {
      now: () => now,
      after: (delayMs: number, callback: () => void) => {
        waits.push({ delayMs, callback });
        return () => undefined;
      },
    };
    const { post } = start(['worker'], { clock });
    for (let crash = 1; crash <= 4; crash += 1) {
      await until(() => startsOf('worker') === crash);
      if (crash === 4) now += 60_000;
      post('worker', 'exit');
      await until(() => waits.length === crash);
      waits.at(-1)?.callback();
    }
    expect(waits.map(({ delayMs }) => delayMs)).toEqual([100, 200, 400, 100]);
    await until(() => startsOf('worker') === 5);
    const stopped = background?.stop(5);
    waits.at(-1)?.callback();
    await stopped;
  }, 30_000);

  it('stops jobs that answer, waiting for what they still have to say', async () => {
    const { stop, post } = start(['first', 'second']);
    await until(() => startsOf('first') === 1 && startsOf('second') === 1);
    await stop(10_000);
    expect(received.filter(([, message]) => message === 'last words')).toHaveLength(2);
    expect(post('first', 'hint')).toBe(false);
    expect(logged).toEqual([]);
  }, 20_000);

  it('ends the thread of a job that ignores the request, at the deadline', async () => {
    const { stop } = start(['ignores cancel']);
    await until(() => startsOf('ignores cancel') === 1);
    await stop(150);
    expect(logged).toEqual([expect.objectContaining({ level: 'warn', fields: { job: 'ignores cancel' } })]);
  });

  it('ends the thread of a job that never comes to listen', async () => {
    const { stop, post } = start(['spins']);
    await until(() => startsOf('spins') === 1);
    post('spins', 'spin');
    await stop(150);
    expect(logged.map(({ fields }) => fields)).toEqual([{ job: 'spins' }]);
  });

  it('stops at once, before its threads are up', async () => {
    await start(['worker']).stop(5_000);
    expect(startsOf('worker')).toBe(0);
    expect(logged).toEqual([]);
  });

  it('refuses a job without a compiled file', () => {
    const jobs = [{ name: 'executor', path: join(__dirname, 'absent.js') }];
    expect(() => start([], { jobs })).toThrow(/executor has no compiled file.*npm run build/);
  });
});
