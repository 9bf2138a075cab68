import { executionKind } from '../../src/engine/document-kinds';
import type { DocumentStore } from '../../src/engine/ports/document-store';
import type { Pipeline } from '../../src/model/application';
import { CoxswainError } from '../../src/model/errors';
import { east } from '../dcos/builders';
import { createCommandBench, wordsOf } from '../support/command-kit';

const idle: Pipeline = {
  name: 'idle',
  stages: [
    { refId: '1', requisiteStageRefIds: [], type: 'wait', name: 'Think', context: { waitTime: 6000 } },
    { refId: '2', requisiteStageRefIds: ['1'], type: 'deploy', name: 'Deploy', context: { strategy: 'redblack' } },
  ],
};

const busy = () => new Error('SQLITE_BUSY: database is locked');
const tooNew = () => new CoxswainError('DOCUMENT_TOO_NEW', { message: 'A newer Coxswain wrote it.' });

/** `foo dev`, held by a pipeline that waits; `fail` makes one change of an execution fail, counted from 1. */
async function createBench() {
  let failsAt = 0;
  let error = busy();
  const countDown = (): void => {
    failsAt -= 1;
    if (failsAt === 0) throw error;
  };
  const wrap = (store: DocumentStore): DocumentStore => ({
    ...store,
    update: async (kind, ...call) => {
      if (kind.name === executionKind.name) countDown();
      return store.update(kind, ...call);
    },
  });
  const it = await createCommandBench(wrap, undefined, undefined, [idle]);
  it.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 0, lastSize: 2, image: 'repo/foo:1.0' });
  it.serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 2, createdTime: 9, image: 'repo/foo:1.1' });
  const holder = (await it.say('pipeline run foo idle dev 2.0')).executionId ?? '';
  await it.drive(holder, 60_000);
  const planned = await it.say('rollback foo dev');
  const other = planned.reply?.choices?.find(({ name }) => name === 'confirmOther');
  if (other === undefined) throw new Error(wordsOf(planned.reply));
  return {
    ...it,
    holder,
    planned,
    /** Stores a press of the button that cancels the holder first. */
    confirm: () => it.receive({ type: 'choice', name: other.name, target: other.target }, 'UANN', true),
    fail: (at: number, which: () => Error) => {
      failsAt = at;
      error = which();
    },
  };
}

describe('a confirmed start that a passing error breaks off', () => {
  it.each([
    ['while what it waits for is canceled', 1],
    ['before it is let begin', 2],
  ])('is tried again with its command, and starts once: %s', async (_when, at) => {
    const it = await createBench();
    const id = await it.confirm();
    it.fail(at, busy);
    await expect(it.handle(id)).rejects.toThrow('not through yet');
    const { executionId = '', reply } = await it.handle(id);
    expect(wordsOf(reply)).toContain('is on its way');
    expect((await it.drive(executionId)).status).toBe('SUCCEEDED');
    const all = await it.executions();
    expect(all.map(({ status }) => status).toSorted()).toEqual(['CANCELED', 'SUCCEEDED']);
  });

  it('keeps nobody from the cluster where no other try can help', async () => {
    const it = await createBench();
    const id = await it.confirm();
    it.fail(1, tooNew);
    expect(wordsOf((await it.handle(id)).reply)).toContain('A newer Coxswain wrote it.');
    expect((await it.executions()).map(({ id: left }) => left)).toEqual([it.holder]);
    await it.choose(it.holder, 'cancelExecution');
    const deploy = (await it.say('deploy foo dev 3.0')).executionId ?? '';
    expect((await it.drive(deploy)).status).toBe('SUCCEEDED');
  });
});
