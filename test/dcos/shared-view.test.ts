import fc from 'fast-check';
import { createSharedView } from '../../src/dcos/shared-view';
import { CoxswainError } from '../../src/model/errors';
import { createManualClock } from '../support/manual-clock';

type Load = { readonly finish: (error?: CoxswainError) => void };

/** A view of a counter that `change` raises; a load sees the counter as it was when the request began. */
function bench({ maxAgeMs = 15_000, failureHoldMs = 2000 } = {}) {
  const clock = createManualClock(0);
  const loads: Load[] = [];
  const outcomes: (string | undefined)[] = [];
  let server = 0;
  let begun = 0;
  let running = 0;
  let most = 0;
  let longest = 0;
  const view = createSharedView<number>({
    clock,
    maxAgeMs,
    failureHoldMs,
    load: () =>
      new Promise((resolve, reject) => {
        const seen = server;
        begun += 1;
        const startedAt = clock.now();
        running += 1;
        most = Math.max(most, running);
        loads.push({
          finish: (error) => {
            running -= 1;
            longest = Math.max(longest, clock.now() - startedAt);
            if (error === undefined) resolve(seen);
            else reject(error);
          },
        });
      }),
    onLoaded: (error) => outcomes.push(error?.code),
  });
  return {
    clock,
    view,
    outcomes,
    begun: () => begun,
    most: () => most,
    /** The longest that a request has lasted. */
    longest: () => longest,
    server: () => server,
    raise: (): Promise<void> => {
      server += 1;
      return Promise.resolve();
    },
    settle: () => clock.advance(0),
    /** Lets the request that runs answer. */
    finish: async (error?: CoxswainError) => {
      loads.shift()?.finish(error);
      await clock.advance(0);
    },
  };
}

const down = () => new CoxswainError('UNREACHABLE', { message: 'np1 cannot be reached.' });

/** Looks, and lets the request answer. */
async function lookOnce(it: ReturnType<typeof bench>) {
  const look = it.view.look();
  await it.settle();
  await it.finish();
  return look;
}

describe('a shared view', () => {
  it('asks for nothing until somebody looks', async () => {
    const it = bench();
    await it.clock.advance(60_000);
    expect(it.begun()).toBe(0);
  });

  it('answers fifty who look at once by one request', async () => {
    const it = bench();
    const looks = Array.from({ length: 50 }, () => it.view.look());
    await it.settle();
    await it.finish();
    expect(new Set(await Promise.all(looks)).size).toBe(1);
    expect(it.begun()).toBe(1);
  });

  it('is asked for again when it is older than its age, counted from the beginning of the request', async () => {
    const it = bench();
    const look = it.view.look();
    await it.settle();
    await it.clock.advance(4000);
    await it.finish();
    expect((await look).at).toBe(0);
    await it.clock.advance(11_000);
    await it.view.look();
    expect(it.begun()).toBe(1);
    await it.clock.advance(1);
    expect((await lookOnce(it)).at).toBe(15_001);
  });

  it('may be three times as old as its request lasted, where that is long', async () => {
    const it = bench();
    const look = it.view.look();
    await it.settle();
    await it.clock.advance(12_000);
    await it.finish();
    await look;
    await it.clock.advance(24_000);
    expect((await it.view.look()).at).toBe(0);
    expect(it.begun()).toBe(1);
    await it.clock.advance(1);
    await lookOnce(it);
    expect(it.begun()).toBe(2);
  });

  it('shows what we changed to whoever looks after the change', async () => {
    const it = bench();
    expect((await lookOnce(it)).value).toBe(0);
    await it.view.change(it.raise);
    expect((await lookOnce(it)).value).toBe(1);
  });

  it('answers no look after a change by a request that began before its end', async () => {
    const it = bench();
    const early = it.view.look();
    await it.settle();
    await it.view.change(it.raise);
    const late = [it.view.look(), it.view.look()];
    await it.finish();
    expect((await early).value).toBe(0);
    await it.finish();
    expect((await Promise.all(late)).map(({ value }) => value)).toEqual([1, 1]);
    expect([it.begun(), it.most()]).toEqual([2, 1]);
  });

  it('trusts nothing from before a change whose reply was lost', async () => {
    const it = bench();
    await lookOnce(it);
    const lost = it.view.change(() => {
      void it.raise();
      return Promise.reject(down());
    });
    await expect(lost).rejects.toMatchObject({ code: 'UNREACHABLE' });
    expect((await lookOnce(it)).value).toBe(1);
  });

  it('follows a hint at the next look', async () => {
    const it = bench();
    await lookOnce(it);
    await it.clock.advance(50);
    void it.raise();
    it.view.hint();
    expect((await lookOnce(it)).value).toBe(1);
  });

  it('is not read again for hints that do not concern whoever looks', async () => {
    const it = bench();
    await lookOnce(it);
    await it.clock.advance(60);
    it.view.hint('other');
    const mine = (about: string) => about === 'mine';
    expect((await it.view.look(undefined, mine)).value).toBe(0);
    expect(it.begun()).toBe(1);
    void it.raise();
    it.view.hint('mine');
    const look = it.view.look(undefined, mine);
    await it.settle();
    await it.finish();
    expect((await look).value).toBe(1);
    await it.clock.advance(60);
    it.view.hint('other');
    expect((await lookOnce(it)).value).toBe(1);
    expect(it.begun()).toBe(3);
    await it.clock.advance(60);
    it.view.hint();
    const last = it.view.look(undefined, mine);
    await it.settle();
    await it.finish();
    await last;
    expect(it.begun()).toBe(4);
  });

  it('follows hints twenty times a second at most: who looks meanwhile waits for the next request', async () => {
    const it = bench();
    await lookOnce(it);
    void it.raise();
    it.view.hint();
    const looks = [it.view.look(), it.view.look()];
    await it.clock.advance(49);
    expect(it.begun()).toBe(1);
    await it.clock.advance(1);
    await it.finish();
    expect((await Promise.all(looks)).map(({ value }) => value)).toEqual([1, 1]);
  });

  it('makes a change of our own wait for no rest, and who waits for one gets what came of it', async () => {
    const it = bench();
    await lookOnce(it);
    it.view.hint();
    const resting = it.view.look();
    await it.view.change(it.raise);
    const hasty = it.view.look();
    await it.settle();
    await it.clock.advance(50);
    await it.finish();
    await it.finish();
    expect([(await hasty).value, (await resting).value]).toEqual([1, 1]);
    expect(it.begun()).toBe(2);
  });

  it('lets hints cost a tenth of the time at most, and changes of our own no rest', async () => {
    const it = bench();
    const look = it.view.look();
    await it.settle();
    await it.clock.advance(300);
    await it.finish();
    await look;
    it.view.hint();
    await it.clock.advance(1999);
    expect((await it.view.look()).at).toBe(0);
    expect(it.begun()).toBe(1);
    await it.clock.advance(1001);
    await lookOnce(it);
    expect(it.begun()).toBe(2);
    await it.view.change(() => Promise.resolve());
    await lookOnce(it);
    expect(it.begun()).toBe(3);
  });

  it('keeps nobody waiting for a slow request while a view is current, and goes on with it', async () => {
    const it = bench();
    const first = it.view.look();
    await it.settle();
    await it.clock.advance(4000);
    await it.finish();
    await first;
    await it.clock.advance(5000);
    const seenAt: number[] = [];
    const glance = async () => {
      it.view.hint();
      void it.view.look().then(({ at }) => seenAt.push(at));
      await it.settle();
    };
    for (let second = 0; second < 4; second += 1) {
      await glance();
      await it.clock.advance(1000);
    }
    expect([seenAt, it.begun()]).toEqual([[0, 0, 0, 0], 2]);
    await it.finish();
    await glance();
    expect([seenAt.at(-1), it.begun()]).toEqual([9000, 2]);
  });

  it('waits a second for a request that was thought to be quick, then shows what is current', async () => {
    const it = bench();
    await lookOnce(it);
    await it.clock.advance(50);
    it.view.hint();
    const seenAt: number[] = [];
    void it.view.look().then(({ at }) => seenAt.push(at));
    await it.clock.advance(999);
    expect(seenAt).toEqual([]);
    await it.clock.advance(1);
    expect(seenAt).toEqual([0]);
  });

  it('waits for a slow request where nothing may be shown: after a change of our own, and when all is too old', async () => {
    const it = bench();
    await lookOnce(it);
    await it.clock.advance(14_500);
    it.view.hint();
    const seenAt: number[] = [];
    void it.view.look().then(({ at }) => seenAt.push(at));
    await it.clock.advance(4000);
    expect(seenAt).toEqual([]);
    await it.finish();
    expect(seenAt).toEqual([14_500]);
    await it.view.change(it.raise);
    void it.view.look().then(({ at }) => seenAt.push(at));
    await it.clock.advance(4000);
    expect(seenAt).toEqual([14_500]);
    await it.finish();
    expect(seenAt).toEqual([14_500, 18_500]);
  });

  it('tells all who wait why nothing can be seen, and asks again only after a while', async () => {
    const it = bench();
    const looks = Array.from({ length: 3 }, () => it.view.look());
    await it.settle();
    await it.finish(down());
    for (const look of looks) await expect(look).rejects.toMatchObject({ code: 'UNREACHABLE' });
    await it.clock.advance(1999);
    await expect(it.view.look()).rejects.toMatchObject({ code: 'UNREACHABLE' });
    expect(it.begun()).toBe(1);
    await it.clock.advance(1);
    await lookOnce(it);
    expect(it.outcomes).toEqual(['UNREACHABLE', undefined]);
  });

  it('does not wait after a failure once an event came', async () => {
    const it = bench();
    const look = it.view.look();
    await it.settle();
    await it.finish(down());
    await expect(look).rejects.toThrow();
    it.view.hint();
    await lookOnce(it);
    expect(it.begun()).toBe(2);
  });

  it('lets one give up while the others wait on', async () => {
    const it = bench();
    const abort = new AbortController();
    const impatient = it.view.look(abort.signal);
    const patient = it.view.look();
    await it.settle();
    abort.abort();
    await expect(impatient).rejects.toMatchObject({ code: 'TIMED_OUT' });
    await expect(it.view.look(abort.signal)).rejects.toMatchObject({ code: 'TIMED_OUT' });
    await it.finish();
    expect((await patient).value).toBe(0);
  });

  it('is never older than its age or than our last change, whatever happens when', async () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.constant('look' as const) },
      { weight: 3, arbitrary: fc.constant('answer' as const) },
      { weight: 1, arbitrary: fc.constantFrom('fail' as const, 'hint' as const, 'begin' as const, 'end' as const) },
      { weight: 2, arbitrary: fc.integer({ min: 1, max: 9000 }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const it = bench();
        const ends: (() => void)[] = [];
        const checks: Promise<void>[] = [];
        let ended = 0;
        for (const each of steps) {
          if (each === 'look') {
            const [atLeast, at] = [ended, it.clock.now()];
            const check = it.view.look().then((seen) => {
              expect(seen.value).toBeGreaterThanOrEqual(atLeast);
              expect(seen.at).toBeGreaterThanOrEqual(at - Math.max(15_000, 3 * it.longest()));
            });
            checks.push(check.catch((error: unknown) => expect(error).toBeInstanceOf(CoxswainError)));
          } else if (each === 'begin') {
            const change = it.view.change(() => new Promise<void>((resolve) => void ends.push(resolve)));
            void change.then(() => (ended = it.server()));
          } else if (each === 'end' && ends.length > 0) {
            void it.raise();
            ends.shift()?.();
          } else if (each === 'hint') it.view.hint();
          else if (each === 'answer') await it.finish();
          else if (each === 'fail') await it.finish(down());
          else if (typeof each === 'number') await it.clock.advance(each);
          await it.settle();
        }
        for (let left = 0; left < 3; left += 1) {
          await it.clock.advance(1000);
          await it.finish();
        }
        await Promise.all(checks);
        expect(it.most()).toBeLessThanOrEqual(1);
      }),
      { numRuns: 60 },
    );
  });
});
