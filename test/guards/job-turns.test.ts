import { createJobTurns } from '../../src/guards';
import { createManualClock } from '../support/manual-clock';
import { createMemoryStore } from '../support/memory-store';

const job = { dcosCluster: 'np1', jobId: 'foo.smoke' };
const one = { ...job, key: 'E1/1/1', who: 'deploy foo' };
const other = { ...job, key: 'E2/1/1', who: 'deploy bar' };

function createBench() {
  const clock = createManualClock();
  return {
    clock,
    turns: createJobTurns(
      createMemoryStore(() => clock.now()),
      clock,
    ),
  };
}

describe('the turn to start a job', () => {
  it('is that of one at a time, who is named to the others', async () => {
    const { turns } = createBench();
    expect(await turns.take(one)).toEqual({ isOwn: true, turn: 1 });
    expect(await turns.take(other)).toEqual({ isOwn: false, holder: 'deploy foo' });
  });

  it('is another for each job and each cluster', async () => {
    const { turns } = createBench();
    await turns.take(one);
    expect(await turns.take({ ...other, jobId: 'bar.smoke' })).toMatchObject({ isOwn: true });
    expect(await turns.take({ ...other, dcosCluster: 'np2' })).toMatchObject({ isOwn: true });
  });

  it('ends when it is released, by its holder only', async () => {
    const { turns } = createBench();
    await turns.take(one);
    await turns.release(other);
    expect(await turns.take(other)).toMatchObject({ isOwn: false });
    await turns.release(one);
    expect(await turns.take(other)).toEqual({ isOwn: true, turn: 2 });
  });

  it('ends 20 s after it was last taken, and is the same for as long as nobody else had it', async () => {
    const { clock, turns } = createBench();
    await turns.take(one);
    await clock.advance(19_999);
    expect(await turns.take(one)).toEqual({ isOwn: true, turn: 1 });
    await clock.advance(19_999);
    expect(await turns.take(other)).toMatchObject({ isOwn: false });
    await clock.advance(1);
    expect(await turns.take(one)).toEqual({ isOwn: true, turn: 1 });
    await clock.advance(20_000);
    expect(await turns.take(other)).toEqual({ isOwn: true, turn: 2 });
    await turns.release(other);
    expect(await turns.take(one)).toEqual({ isOwn: true, turn: 3 });
  });

  it('is for one start: whoever looks a second time in it learns that it may have been sent', async () => {
    const { turns } = createBench();
    await turns.take(one);
    expect(await turns.spend({ ...one, turn: 1 })).toBe('free');
    expect(await turns.spend({ ...one, turn: 1 })).toBe('spent');
    expect(await turns.take(one)).toEqual({ isOwn: true, turn: 2 });
    expect(await turns.spend({ ...one, turn: 1 })).toBe('lost');
    expect(await turns.spend({ ...one, turn: 2 })).toBe('free');
  });

  it('cannot be used by another, nor when it has been given back or taken by another', async () => {
    const { clock, turns } = createBench();
    await turns.take(one);
    expect(await turns.spend({ ...other, turn: 1 })).toBe('lost');
    await turns.release(one);
    expect(await turns.spend({ ...one, turn: 1 })).toBe('lost');
    await turns.take(other);
    await clock.advance(20_000);
    await turns.take(one);
    expect(await turns.spend({ ...other, turn: 2 })).toBe('lost');
  });

  it('ends 20 s after it was used', async () => {
    const { clock, turns } = createBench();
    await turns.take(one);
    await clock.advance(10_000);
    await turns.spend({ ...one, turn: 1 });
    await clock.advance(19_999);
    expect(await turns.take(other)).toMatchObject({ isOwn: false });
    await clock.advance(1);
    expect(await turns.take(other)).toEqual({ isOwn: true, turn: 2 });
  });
});
