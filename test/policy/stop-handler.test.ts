import { commandKind, executionKind } from '../../src/engine/document-kinds';
import type { Execution } from '../../src/model/execution';
import { stopKind } from '../../src/policy/stop';
import { east } from '../dcos/builders';
import { wordsOf } from '../support/command-kit';
import { buildPipeline } from '../support/engine-kit';
import { createLockBench, startIn } from '../support/lock-kit';

/** An execution of which nothing has begun. */
const waits = (fields: Partial<Execution> = {}): Execution =>
  buildPipeline([{ ref: '1', type: 'wait', context: { waitTime: 60 } }], fields);

/** Lets five seconds pass, after which a stop looks again. */
async function again(it: Awaited<ReturnType<typeof createLockBench>>): Promise<void> {
  await it.clock.advance(5000);
  await it.settle();
}

describe('a stop', () => {
  it('pauses what has begun while it was saved', async () => {
    const it = await createLockBench();
    await it.say('stop');
    await it.store.create(executionKind, 'LATE', waits({ id: 'LATE', status: 'RUNNING' }));
    await again(it);
    expect((await it.execution('LATE')).status).toBe('PAUSED');
  });

  it('that is lifted lets go on what was paused while that was saved', async () => {
    const it = await createLockBench();
    const stopped = await it.say('stop');
    await it.say('stop lift over');
    const paused = { by: 'UANN', at: 0, stop: stopped.id };
    await it.store.create(executionKind, 'LATE', waits({ id: 'LATE', status: 'PAUSED', paused }));
    await it.store.create(executionKind, 'OTHER', waits({ id: 'OTHER', status: 'RUNNING' }));
    await again(it);
    expect((await it.execution('LATE')).status).toBe('RUNNING');
    expect((await it.execution('OTHER')).status).toBe('RUNNING');
  });

  it('counts neither what goes back, nor rollbacks, nor what is paused already', async () => {
    const it = await createLockBench();
    const { definition } = waits();
    const canceled = { by: 'UANN', at: 0 };
    const others: readonly Execution[] = [
      waits({ id: 'ENDING', status: 'RUNNING', ending: { at: 0 } }),
      waits({ id: 'CANCELED', status: 'RUNNING', canceled }),
      waits({ id: 'PAUSED', status: 'PAUSED', paused: { by: 'UANN', at: 0 } }),
      waits({ id: 'BACK', status: 'RUNNING', definition: { ...definition, kind: 'rollback' } }),
    ];
    for (const each of others) await it.store.create(executionKind, each.id, each);
    expect(wordsOf((await it.say('stop')).reply)).toContain('0 running are paused');
    for (const { id, status } of others) expect((await it.execution(id)).status).toBe(status);
  });

  it('looks again for no longer than fifteen seconds', async () => {
    const it = await createLockBench();
    await it.say('stop');
    for (let look = 0; look < 4; look += 1) await again(it);
    expect(await it.store.nextDue(['stop'], it.clock.now())).toBeUndefined();
  });

  it('does not pause a rollback that runs', async () => {
    const it = await createLockBench();
    it.serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 2, createdTime: 9, image: 'repo/foo:1.1' });
    const id = await startIn(it, 'rollback foo dev v000');
    await it.drive(id, 1000);
    expect((await it.execution(id)).status).toBe('RUNNING');
    await it.say('stop', 'UBOB');
    expect((await it.drive(id)).status).toBe('SUCCEEDED');
  });

  it('that was lifted already is not told of again', async () => {
    const it = await createLockBench();
    await it.say('stop lift why not');
    await it.say('stop');
    await it.say('stop lift over');
    expect(wordsOf((await it.say('stop lift again')).reply)).toBe('Nothing is stopped.');
    expect((await it.audited('@coxswain', 'lock')).map(([action]) => action)).toEqual(['lift', 'stop']);
  });

  it('is not renewed by a repeat of its command after it was lifted', async () => {
    const it = await createLockBench();
    const id = await it.receive({ type: 'text', text: 'stop' });
    const received = await it.command(id);
    await it.handle(id);
    await it.say('stop lift over');
    await it.store.update(commandKind, id, () => received);
    expect(wordsOf((await it.handle(id)).reply)).toBe('It was lifted already.');
    expect((await it.say('deploy foo dev 2.0')).executionId).toBeDefined();
  });

  it('keeps paused what an earlier one, lifted since, had paused', async () => {
    const it = await createLockBench();
    const id = await startIn(it, 'deploy foo prod 2.0');
    await it.drive(id, 1000);
    await it.say('stop');
    await it.handle(await it.receive({ type: 'text', text: 'stop lift over' }));
    await it.say('stop once more');
    expect((await it.execution(id)).status).toBe('PAUSED');
  });

  it('that is lifted starts what waited at once', async () => {
    const it = await createLockBench();
    const id = await startIn(it, 'deploy foo prod 2.0');
    await it.say('stop');
    await it.drive(id, 1000);
    await it.say('stop lift over');
    expect((await it.drive(id, 1000)).status).toBe('RUNNING');
  });

  it('that is lifted while it is told is told as well', async () => {
    const it = await createLockBench();
    await it.handle(await it.receive({ type: 'text', text: 'stop' }));
    const query = { kinds: [stopKind], owner: 'one', now: it.clock.now(), leaseMs: 10_000, limit: 1 };
    const [claimed] = await it.store.claimDue(query);
    if (claimed === undefined) throw new Error('Nothing is due.');
    await it.handle(await it.receive({ type: 'text', text: 'stop lift over' }));
    await it.handlers.stop(claimed, 'one');
    await it.settle();
    expect((await it.audited('@coxswain', 'lock')).map(([action]) => action)).toEqual(['lift', 'stop']);
  });
});
