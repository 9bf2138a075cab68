import { messageKind } from '../../src/engine/document-kinds';
import { plainText } from '../../src/model/text';
import type { PipelineStage } from '../../src/model/application';
import type { Execution } from '../../src/model/execution';
import { createCommandBench, wordsOf } from '../support/command-kit';
import { sendSignal } from '../support/send-signal';

type Bench = Awaited<ReturnType<typeof createCommandBench>>;

const after = (refId: string, requisite: readonly string[], type: string, context: object): PipelineStage => ({
  refId,
  requisiteStageRefIds: requisite,
  type,
  name: refId,
  context: { ...context },
});

const branch = (answer: string) =>
  after(answer, ['Keep it?'], 'wait', {
    waitTime: 1,
    stageEnabled: { type: 'expression', expression: `#judgment("Keep it?") == "${answer}"` },
  });

const judgment = (inputs: unknown) => after('Keep it?', [], 'manualJudgment', { judgmentInputs: inputs });
const offered = [{ value: 'continue' }, { value: 'rollback' }];

async function asking(inputs: unknown = offered, more: readonly PipelineStage[] = []) {
  const bench = await createCommandBench(undefined, [
    judgment(inputs),
    branch('continue'),
    branch('rollback'),
    ...more,
  ]);
  const { executionId = '' } = await bench.press(await bench.say('deploy foo prod 1.1'), 'confirm');
  await bench.drive(executionId, 1000);
  return { bench, id: executionId };
}

async function decide(bench: Bench, id: string, name: 'approve' | 'reject', answer?: string) {
  const target = (await bench.live(id))?.choices?.find((choice) => choice.name === name)?.target;
  if (target?.kind !== 'execution' || target.stageId === undefined) throw new Error(`Nothing to ${name}.`);
  return bench.choose(id, name, { stageId: target.stageId, user: 'UBOB', ...(answer === undefined ? {} : { answer }) });
}

function stageOf({ stages }: Execution, wanted: string) {
  const found = stages.find(({ name }) => name === wanted);
  if (found === undefined) throw new Error(`No stage ${wanted}.`);
  return found;
}

/** All that the thread of an execution says. */
const threadOf = async ({ store }: Bench, id: string) =>
  (await store.list(messageKind))
    .filter((message) => message.id.startsWith(`${id}/`) && message.id !== `${id}/live`)
    .map(({ document }) => wordsOf(document.view))
    .join('\n');

describe('a judgment that offers answers', () => {
  it('asks for one of them when it is approved, and shows them', async () => {
    const { bench, id } = await asking();
    const choice = (await bench.live(id))?.choices?.find(({ name }) => name === 'approve');
    expect(choice?.asks).toMatchObject({ required: true, options: ['continue', 'rollback'] });
    expect(await threadOf(bench, id)).toContain('Answers: continue, rollback');
  });

  it('lets the branch of the answer run, and tells which it was', async () => {
    const { bench, id } = await asking();
    await decide(bench, id, 'approve', 'rollback');
    const done = await bench.drive(id);
    expect(done.status).toBe('SUCCEEDED');
    expect(['continue', 'rollback'].map((ref) => stageOf(done, ref).status)).toEqual(['SKIPPED', 'SUCCEEDED']);
    expect(stageOf(done, 'Keep it?')).toMatchObject({
      context: { judgmentInput: 'rollback' },
      outputs: { judgmentInput: 'rollback' },
    });
    const step = (await bench.live(id))?.steps?.find(({ name }) => name === 'Keep it?');
    expect(plainText(step?.detail ?? '')).toBe('approved by @UBOB: rollback');
    expect(await threadOf(bench, id)).toContain('Answer: rollback');
  });

  it.each([
    ['none', undefined, "'Keep it?' asks for an answer: continue or rollback."],
    ['another', 'maybe', "'maybe' is no answer to 'Keep it?'. Choose continue or rollback."],
  ])('is not approved with %s', async (_which, answer, said) => {
    const { bench, id } = await asking();
    expect(wordsOf((await decide(bench, id, 'approve', answer)).reply)).toContain(said);
    const still = await bench.drive(id, 1000);
    expect(stageOf(still, 'Keep it?')).toMatchObject({ status: 'RUNNING' });
    expect(stageOf(still, 'Keep it?').context).not.toHaveProperty('judgmentStatus');
  });

  it('takes what an expression makes, each answer once', async () => {
    const { bench, id } = await asking("${{'continue', 'rollback', 'rollback', ' '}}");
    const choice = (await bench.live(id))?.choices?.find(({ name }) => name === 'approve');
    expect(choice?.asks?.options).toEqual(['continue', 'rollback']);
  });

  it('forgets the answer when it is asked again', async () => {
    const { bench, id } = await asking();
    await decide(bench, id, 'reject', 'not yet');
    const failed = await bench.drive(id);
    expect(failed.status).toBe('TERMINAL');
    const stageId = stageOf(failed, 'Keep it?').id;
    expect(await sendSignal(bench, { type: 'retryStage', stageId, user: 'UANN' }, id)).toBe('');
    await bench.drive(id, 1000);
    await decide(bench, id, 'approve', 'continue');
    const done = await bench.drive(id);
    expect(['continue', 'rollback'].map((ref) => stageOf(done, ref).status)).toEqual(['SUCCEEDED', 'SKIPPED']);
  });

  it('of which there is none is approved by one click', async () => {
    const { bench, id } = await asking([]);
    const choice = (await bench.live(id))?.choices?.find(({ name }) => name === 'approve');
    expect([choice?.asks, choice?.confirm?.title]).toEqual([undefined, 'Approve?']);
  });
});
