import { commandKind, executionKind, messageKind } from '../../src/engine/document-kinds';
import { CoxswainError } from '../../src/model/errors';
import { plainText } from '../../src/model/text';
import type { Execution } from '../../src/model/execution';
import { east } from '../dcos/builders';
import { createCommandBench, wordsOf } from '../support/command-kit';
import { west } from '../support/stage-kit';

const minuteMs = 60_000;

async function createBench(...more: Parameters<typeof createCommandBench>) {
  const it = await createCommandBench(...more);
  for (const location of [east, west]) it.serverGroups.seed({ location, name: 'foo-prod-v000', desired: 2 });
  it.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 2 });
  return {
    ...it,
    confirm: async (text: string, user?: string) => {
      const said = await it.say(text, user);
      return said.executionId === undefined ? it.press(said, 'confirm', user) : said;
    },
    execution: async (id: string): Promise<Execution> => {
      const found = await it.store.get(executionKind, id);
      if (found === undefined) throw new Error(`No execution ${id}.`);
      return found.document;
    },
    headline: async (id: string) => plainText((await it.live(id))?.headline ?? ''),
    told: async (user: string) =>
      (await it.store.list(messageKind)).flatMap(({ document: { target, view } }) =>
        target.kind === 'direct' && target.user === user ? [{ text: wordsOf(view), view }] : [],
      ),
  };
}

type Bench = Awaited<ReturnType<typeof createBench>>;

/** A deployment that is under way, and the id of one that waits behind it. */
async function twoDeployments(it: Bench, second = 'resize foo prod 3') {
  const first = (await it.confirm('deploy foo prod 2.0')).executionId ?? '';
  await it.drive(first, 1000);
  const queued = await it.confirm(second, 'UBOB');
  return { first, queued, id: queued.executionId ?? '' };
}

describe('a command on a busy cluster', () => {
  it('is planned with its place in the queue, and waits when it is confirmed', async () => {
    const it = await createBench();
    const first = (await it.confirm('deploy foo prod 2.0')).executionId ?? '';
    await it.drive(first, 1000);
    const planned = await it.say('deploy foo prod 3.0', 'UBOB');
    expect(wordsOf(planned.reply)).toContain(
      'Deploy foo 2.0 to prod is under way, asked by @UANN. This waits for it, 1st in the queue. Its plan is looked at again then.',
    );
    const queued = await it.press(planned, 'confirm', 'UBOB');
    expect(wordsOf(queued.reply)).toContain('Deploy foo 3.0 to prod waits for its turn.');
    const id = queued.executionId ?? '';
    await it.drive(id, 1000);
    expect(await it.headline(id)).toBe(
      'Deploy foo 3.0 to prod · waiting: 1st in the queue: Deploy foo 2.0 to prod works on foo-prod',
    );
    expect((await it.live(id))?.choices?.map(({ label }) => label)).toEqual(['Notify me', 'Leave']);
    const third = await it.confirm('resize foo prod 3');
    expect(wordsOf(third.reply)).toContain('2nd in the queue');
  });

  it('starts where nobody confirms, in the order in which it was asked for', async () => {
    const it = await createBench();
    const ids = [];
    for (const version of ['2.0', '3.0', '4.0']) {
      const said = await it.say(`deploy foo dev ${version}`);
      ids.push(said.executionId ?? '');
      await it.drive(said.executionId ?? '', 100);
    }
    await it.drive(ids[2] ?? '', 60 * minuteMs);
    const all = await Promise.all(ids.map(it.execution));
    expect(all.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
    const [one, two, three] = all.map(({ startTime = 0, endTime = 0 }) => ({ startTime, endTime }));
    expect(two?.startTime).toBeGreaterThanOrEqual(one?.endTime ?? Number.NaN);
    expect(three?.startTime).toBeGreaterThanOrEqual(two?.endTime ?? Number.NaN);
  });

  it('says when it is likely to start, as earlier runs took', async () => {
    const it = await createBench();
    const earlier = (await it.say('deploy foo dev 2.0')).executionId ?? '';
    const { startTime = 0, endTime = 0 } = await it.drive(earlier);
    const running = (await it.say('deploy foo dev 3.0')).executionId ?? '';
    await it.drive(running, 1000);
    const waiting = (await it.say('deploy foo dev 4.0')).executionId ?? '';
    await it.drive(waiting, 1000);
    const { startTime: began = 0 } = await it.execution(running);
    expect((await it.execution(waiting)).admission?.expectedAt).toBe(began + endTime - startTime);
    expect(await it.headline(waiting)).toContain(', starts about 2026-01-01 00:0');
  });

  it('leaves the queue', async () => {
    const it = await createBench();
    const { id, first } = await twoDeployments(it);
    await it.drive(id, 1000);
    await it.choose(id, 'cancelExecution', { user: 'UBOB' });
    expect((await it.drive(id, 1000)).status).toBe('CANCELED');
    expect((await it.execution(first)).status).toBe('RUNNING');
  });

  it('tells who wanted to know that it has started, once', async () => {
    const it = await createBench();
    const running = (await it.say('deploy foo dev 3.0')).executionId ?? '';
    await it.drive(running, 1000);
    const id = (await it.say('deploy foo dev 4.0')).executionId ?? '';
    await it.drive(id, 1000);
    expect(wordsOf((await it.choose(id, 'notify', { user: 'UEVE' })).reply)).toContain('You will be told when');
    expect(wordsOf((await it.choose(id, 'notify', { user: 'UEVE' })).reply)).toContain('told already');
    expect(await it.told('UEVE')).toEqual([]);
    await it.drive(id);
    expect((await it.told('UEVE')).map(({ text }) => text)).toEqual(['Deploy foo 4.0 to dev has started.']);
    expect(wordsOf((await it.choose(id, 'notify', { user: 'UBOB' })).reply)).toContain('has started already');
  });
});

describe('a plan that was confirmed and had to wait', () => {
  it('is asked again, by a direct message, where its target has moved', async () => {
    const it = await createBench();
    const { id } = await twoDeployments(it, 'deploy foo prod 3.0');
    const done = await it.drive(id);
    expect([done.status, done.startTime, done.canceled?.reason]).toEqual([
      'CANCELED',
      undefined,
      expect.stringContaining(
        'Something moved while it waited, so it was not started: nonprod/east: was foo-prod-v001 2.0',
      ),
    ]);
    expect(it.serverGroups.sizes(east).some((size) => size.startsWith('foo-prod-v002'))).toBe(false);
    const again = await it.handle(`${id}/again`);
    const [asked] = await it.told('UBOB');
    expect(asked?.text).toContain('Deploy foo to prod: 2.0 → 3.0');
    expect(asked?.view.choices?.map(({ name }) => name)).toEqual(['confirm', 'cancel']);
    const { executionId = '' } = await it.press(again, 'confirm', 'UBOB');
    expect((await it.drive(executionId)).status).toBe('SUCCEEDED');
    expect((await it.store.list(commandKind)).filter((each) => each.id.endsWith('/again'))).toHaveLength(1);
  });

  it('starts where nothing has moved', async () => {
    const wait = { refId: '1', requisiteStageRefIds: [], type: 'wait', name: 'Wait', context: { waitTime: 600 } };
    const it = await createBench(undefined, [wait]);
    const { id } = await twoDeployments(it);
    await it.drive(id, 60_000);
    expect((await it.execution(id)).admission?.state).toBe('blocked');
    expect((await it.drive(id)).status).toBe('SUCCEEDED');
    expect(it.serverGroups.sizes(east)).toContain('foo-prod-v000 ×3');
  });

  it('waits on while nobody can see whether something has moved', async () => {
    const it = await createBench();
    const id = (await it.confirm('resize foo prod 3')).executionId ?? '';
    await it.say('lock foo prod 1h migration', 'UBOB');
    await it.drive(id, minuteMs);
    await it.say('unlock foo prod', 'UBOB');
    const list = it.serverGroups.list.bind(it.serverGroups);
    it.serverGroups.list = () => Promise.reject(new CoxswainError('UNREACHABLE', { message: 'np1 is away.' }));
    await it.drive(id, 10 * minuteMs);
    expect((await it.execution(id)).status).toBe('NOT_STARTED');
    it.serverGroups.list = list;
    expect((await it.drive(id)).status).toBe('SUCCEEDED');
  });
});
