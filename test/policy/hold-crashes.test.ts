import { createCrashPoints } from '../support/crash-points';
import { wordsOf } from '../support/command-kit';
import { createLockBench, startIn, type LockBench } from '../support/lock-kit';

/** What somebody types, after what others have done. */
type Case = { readonly text: string; readonly user: string; readonly before: (it: LockBench) => Promise<void> };

const lockedByAnn = async (it: LockBench): Promise<void> => {
  await startIn(it, 'deploy foo prod 2.0', 'UBOB');
  await it.say('lock foo prod 5h migration');
};
const running = async (it: LockBench): Promise<void> => {
  const id = await startIn(it, 'deploy foo prod 2.0', 'UBOB');
  await it.drive(id, 1000);
};

const cases: readonly Case[] = [
  { text: 'lock foo prod 2h migration', user: 'UBOB', before: running },
  { text: 'lock take foo prod 1h urgent', user: 'UBOB', before: lockedByAnn },
  { text: 'unlock foo prod', user: 'UANN', before: lockedByAnn },
  { text: 'stop the database is down', user: 'UANN', before: running },
  {
    text: 'stop lift it is back',
    user: 'UBOB',
    before: async (it) => {
      await running(it);
      await it.say('stop the database is down');
    },
  },
];

/** Repeats work whose process stops in it, after its leases have ended. */
async function untilDone<R>(it: LockBench, crashes: ReturnType<typeof createCrashPoints>, work: () => Promise<R>) {
  for (;;) {
    crashes.boot();
    try {
      return await work();
    } catch (error) {
      if (!crashes.isDown()) throw error;
      await it.clock.advance(10_000);
    }
  }
}

async function run({ text, user, before }: Case, points: readonly number[]) {
  const crashes = createCrashPoints(new Set(points));
  const it = await createLockBench(crashes.wrap);
  await before(it);
  const from = crashes.passed();
  const id = await it.receive({ type: 'text', text }, user);
  const { reply } = await untilDone(it, crashes, () => it.handle(id));
  await untilDone(it, crashes, it.settle);
  const to = crashes.passed();
  const [execution] = await it.executions();
  const { status } = await it.drive(execution?.id ?? '', 1000);
  const locks = wordsOf((await it.say('locks')).reply).replace(/\d+ s old/, 'old');
  return {
    from,
    to,
    end: {
      reply: wordsOf(reply),
      status,
      locks,
      told: { UANN: await it.told('UANN'), UBOB: await it.told('UBOB') },
      audited: [...(await it.audited('foo', 'lock')), ...(await it.audited('@coxswain', 'lock'))],
    },
  };
}

describe('ends the same wherever the process stops, and tells everybody once:', () => {
  it.each(cases)('$text', async (one) => {
    const whole = await run(one, []);
    expect(whole.end.audited[0]).toContain(one.user);
    expect(whole.to - whole.from).toBeGreaterThan(6);
    for (let point = whole.from + 1; point <= whole.to; point += 1)
      expect({ point, end: (await run(one, [point])).end }).toEqual({ point, end: whole.end });
  });

  it('a lock that is taken tells its holder', async () => {
    const taking = cases.find(({ text }) => text.startsWith('lock take'));
    if (taking === undefined) throw new Error('There is no such case.');
    expect((await run(taking, [])).end.told.UANN).toEqual([
      '@UBOB took your lock of foo prod: urgent\nYours was for: migration',
    ]);
  });
});
