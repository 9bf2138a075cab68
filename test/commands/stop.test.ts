import fc from 'fast-check';
import { plainText } from '../../src/model/text';
import { east } from '../dcos/builders';
import { wordsOf } from '../support/command-kit';
import { createLockBench, startIn } from '../support/lock-kit';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

describe('/cox stop', () => {
  it('that comes before a lift is carried out leaves nothing paused for ever', async () => {
    const it = await createLockBench();
    const id = await startIn(it, 'deploy foo prod 2.0');
    await it.drive(id, 1000);
    await it.say('stop');
    await it.handle(await it.receive({ type: 'text', text: 'stop lift over' }));
    await it.say('stop again');
    await it.say('stop lift over again');
    expect((await it.drive(id)).status).toBe('SUCCEEDED');
  });

  it('is not lifted by who may deploy only where anybody may', async () => {
    const it = await createLockBench();
    await it.say('stop', 'UEVE');
    const said = await it.say('stop lift over', 'UEVE');
    expect([said.reply?.denied, wordsOf(said.reply)]).toEqual([true, expect.stringContaining('You may not lift this')]);
    expect(wordsOf((await it.say('stop lift over')).reply)).toContain('Lifted by @UANN');
  });

  it('holds what is new back, pauses what runs, and lets it go on when it is lifted with a reason', async () => {
    const it = await createLockBench();
    const running = await startIn(it, 'deploy foo prod 2.0');
    await it.drive(running, 1000);
    const said = await it.say('stop the database is down', 'UBOB');
    expect(wordsOf(said.reply)).toContain('Stopped: nothing new starts; 1 running is paused; chaos is off.');
    await it.drive(running, hourMs);
    expect((await it.execution(running)).status).toBe('PAUSED');
    expect(plainText((await it.live(running))?.headline ?? '')).toContain('paused: everything is stopped by @UBOB');
    expect((await it.live(running))?.choices?.map(({ name }) => name)).toEqual(['cancelExecution']);
    expect(wordsOf((await it.choose(running, 'resume')).reply)).toContain('No: everything is stopped by @UBOB');
    const refused = await it.say('deploy foo dev 2.0');
    expect(wordsOf(refused.reply)).toContain('No: everything is stopped by @UBOB since 2026-01-01');
    expect(wordsOf((await it.say('stop lift')).reply)).toContain('Say why everything may go on');
    const lifted = await it.pressRun(refused, 'Lift', 'it is back', 'UANN');
    expect(wordsOf(lifted.reply)).toContain('Lifted by @UANN: it is back');
    expect((await it.drive(running)).status).toBe('SUCCEEDED');
    expect((await it.say('deploy foo dev 2.0')).executionId).toBeDefined();
    expect(await it.audited('@coxswain', 'lock')).toEqual([
      ['lift', 'UANN', 'it is back'],
      ['stop', 'UBOB', 'the database is down'],
    ]);
  });

  it('is lifted with the very reason that was typed in the form, but for its spaces', async () => {
    const it = await createLockBench();
    const typed = fc
      .array(fc.constantFrom('“', '”', '„', '"', '\\', '\n', ' ', '=', '-', '—', 'a', '--yes', ' —b', 'x=y'), {
        minLength: 1,
      })
      .map((parts) => `so ${parts.join('')}`);
    await fc.assert(
      fc.asyncProperty(typed, async (answer) => {
        const stopped = await it.say('stop');
        await it.pressRun(stopped, 'Lift', answer, 'UANN');
        const [lifted] = await it.audited('@coxswain', 'lock');
        expect(lifted).toEqual(['lift', 'UANN', answer.trim().replaceAll(/\s+/g, ' ')]);
      }),
      { numRuns: 60 },
    );
  });

  it('is lifted by its own button alone, not by that of one before', async () => {
    const it = await createLockBench();
    const first = await it.say('stop one', 'UBOB');
    await it.say('stop lift over');
    await it.say('stop two', 'UBOB');
    const late = await it.pressRun(first, 'Lift', 'it is over', 'UANN');
    expect(wordsOf(late.reply)).toMatch(/^That stop is over, but by now everything is stopped by @UBOB since .*: two$/);
    expect(wordsOf((await it.say('locks')).reply)).toContain('everything is stopped by @UBOB');
    const lifted = await it.pressRun(late, 'Lift', 'it is over too', 'UANN');
    expect(wordsOf(lifted.reply)).toContain('Lifted by @UANN: it is over too');
    expect(wordsOf((await it.say('locks')).reply)).not.toContain('stopped');
  });

  it('leaves paused what people had paused', async () => {
    const it = await createLockBench();
    const id = await startIn(it, 'deploy foo prod 2.0');
    await it.drive(id, 1000);
    await it.choose(id, 'pause');
    await it.say('stop');
    await it.say('stop lift over');
    await it.drive(id, hourMs);
    expect((await it.execution(id)).status).toBe('PAUSED');
    await it.choose(id, 'resume');
    expect((await it.drive(id)).status).toBe('SUCCEEDED');
  });

  it('holds back what had been started and has not begun', async () => {
    const it = await createLockBench();
    const id = await startIn(it, 'deploy foo prod 2.0');
    await it.say('stop', 'UBOB');
    await it.drive(id, hourMs);
    expect(plainText((await it.live(id))?.headline ?? '')).toContain('waiting: everything is stopped by @UBOB');
    await it.say('stop lift over', 'UBOB');
    expect((await it.drive(id)).status).toBe('SUCCEEDED');
  });

  it('holds back what waits for a lock that ends meanwhile, until it is lifted as well', async () => {
    const it = await createLockBench();
    const id = await startIn(it, 'deploy foo prod 2.0');
    await it.say('lock foo prod 1h migration', 'UBOB');
    await it.drive(id, minuteMs);
    await it.say('stop storm', 'UBOB');
    expect((await it.drive(id, 3 * hourMs)).status).toBe('NOT_STARTED');
    await it.settle();
    expect(wordsOf((await it.say('locks')).reply)).toContain('Nothing is locked.');
    expect(plainText((await it.live(id))?.headline ?? '')).toContain('waiting: everything is stopped by @UBOB');
    await it.say('stop lift over');
    expect((await it.drive(id, hourMs)).status).toBe('SUCCEEDED');
  });

  it('lets a rollback through, which asks and says that everything is stopped', async () => {
    const it = await createLockBench();
    it.serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 2, createdTime: 9, image: 'repo/foo:1.1' });
    await it.say('stop the database is down', 'UBOB');
    const planned = await it.say('rollback foo dev v000');
    expect([planned.executionId, wordsOf(planned.reply)]).toEqual([
      undefined,
      expect.stringContaining('Stop: everything is stopped by @UBOB'),
    ]);
    const { executionId = '' } = await it.press(planned, 'confirm');
    await it.say('stop', 'UBOB');
    expect((await it.drive(executionId)).status).toBe('SUCCEEDED');
  });

  it('lets a cancel go back, and pauses nothing that goes back', async () => {
    const it = await createLockBench();
    const id = await startIn(it, 'deploy foo prod sick');
    await it.drive(id, 20_000);
    await it.say('stop', 'UBOB');
    await it.choose(id, 'cancelExecution');
    expect((await it.drive(id)).status).toBe('CANCELED');
  });

  it('says who was first, and is for those who may deploy something', async () => {
    const it = await createLockBench();
    const { environments } = it.world.definitions().applications.get('foo') ?? {};
    const dev = environments?.get('dev');
    const prod = environments?.get('prod');
    if (dev === undefined || prod === undefined) throw new Error('No environments.');
    (environments as Map<string, typeof dev>).set('dev', { ...dev, policy: prod.policy });
    expect((await it.say('stop', 'UEVE')).reply?.denied).toBe(true);
    await it.say('stop one', 'UBOB');
    expect(wordsOf((await it.say('stop two')).reply)).toContain('Already: everything is stopped by @UBOB');
    expect((await it.say('stop lift x', 'UEVE')).reply?.denied).toBe(true);
    expect(wordsOf((await it.say('locks')).reply)).toContain('everything is stopped by @UBOB');
    await it.say('stop lift x');
    expect(wordsOf((await it.say('stop lift x')).reply)).toBe('Nothing is stopped.');
  });
});
