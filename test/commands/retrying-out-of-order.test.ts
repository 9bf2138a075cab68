import { executionKind } from '../../src/engine/document-kinds';
import type { Pipeline } from '../../src/model/application';
import type { Execution } from '../../src/model/execution';
import { east } from '../dcos/builders';
import { createCommandBench, wordsOf } from '../support/command-kit';

const idle: Pipeline = {
  name: 'idle',
  stages: [
    { refId: '1', requisiteStageRefIds: [], type: 'wait', name: 'Think', context: { waitTime: 6000 } },
    { refId: '2', requisiteStageRefIds: ['1'], type: 'deploy', name: 'Deploy', context: { strategy: 'redblack' } },
  ],
};

/** `foo dev` on 1.1 after 1.0; a deployment waits there, and a rollback that was asked for after it, which goes first. */
async function createBench() {
  const it = await createCommandBench(undefined, undefined, undefined, [idle]);
  it.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 0, lastSize: 2, image: 'repo/foo:1.0' });
  it.serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 2, createdTime: 9, image: 'repo/foo:1.1' });
  const start = async (text: string, user?: string): Promise<string> => {
    const { executionId, reply } = await it.say(text, user);
    if (executionId === undefined) throw new Error(wordsOf(reply));
    return executionId;
  };
  const holder = await start('pipeline run foo idle dev 2.0');
  await it.drive(holder, 60_000);
  const deploy = await start('deploy foo dev 3.0', 'UBOB');
  await it.drive(deploy, 10_000);
  const planned = await it.say('rollback foo dev');
  const rollback = (await it.press(planned, 'confirm')).executionId ?? '';
  await it.choose(holder, 'cancelExecution');
  return {
    ...it,
    deploy,
    rollback,
    get: async (id: string): Promise<Execution> => {
      const found = await it.store.get(executionKind, id);
      if (found === undefined) throw new Error(`No execution ${id}.`);
      return found.document;
    },
    /** Presses Retry of the first stage; what is answered, nothing where it was taken. */
    retry: async (id: string, user: string): Promise<string> => {
      const stageId = (await it.store.get(executionKind, id))?.document.stages[0]?.id ?? '';
      const { quiet, reply } = await it.choose(id, 'retryStage', { stageId, user });
      return quiet === true ? '' : wordsOf(reply);
    },
    sizes: () => it.serverGroups.sizes(east),
  };
}

describe('where a rollback went before a deployment that was asked for earlier', () => {
  it('and failed, its retry is refused: the deployment came after it', async () => {
    const it = await createBench();
    it.serverGroups.fail('resize', 'REQUEST_REFUSED');
    const deployed = await it.drive(it.deploy);
    const failed = await it.get(it.rollback);
    expect([failed.status, deployed.status, failed.id > deployed.id]).toEqual(['TERMINAL', 'SUCCEEDED', true]);
    const sizes = it.sizes();
    expect(await it.retry(it.rollback, 'UANN')).toContain('Something newer has happened here');
    await it.drive(it.rollback);
    expect(it.sizes()).toEqual(sizes);
  });

  it('and was over, a retry of the deployment that failed is accepted', async () => {
    const it = await createBench();
    const back = await it.drive(it.rollback);
    expect([back.status, (await it.get(it.deploy)).admission?.state]).toEqual(['SUCCEEDED', 'held']);
    await it.say('unlock foo dev');
    it.serverGroups.fail('create', 'REQUEST_REFUSED');
    const failed = await it.drive(it.deploy);
    expect([failed.status, (failed.startTime ?? 0) > (back.startTime ?? Infinity)]).toEqual(['TERMINAL', true]);
    expect(await it.retry(it.deploy, 'UBOB')).toBe('');
    expect((await it.drive(it.deploy)).status).toBe('SUCCEEDED');
    expect(await it.retry(it.rollback, 'UANN')).not.toBe('');
  });
});
