import type { DocumentStore } from '../../src/engine/ports/document-store';
import { CoxswainError } from '../../src/model/errors';
import type { View } from '../../src/model/view';
import type { Pipeline, PipelineStage } from '../../src/model/application';
import { east } from '../dcos/builders';
import { createCommandBench, wordsOf } from '../support/command-kit';
import type { FakeServerGroups } from '../support/fake-server-groups';
import { west } from '../support/stage-kit';

const deployAnd = (...more: readonly Partial<PipelineStage>[]): readonly PipelineStage[] =>
  [{ type: 'deploy', name: 'Deploy', context: { strategy: 'redblack' } }, ...more].map((stage, index) => ({
    type: 'wait',
    name: 'Wait',
    context: {},
    ...stage,
    refId: String(index + 1),
    requisiteStageRefIds: index === 0 ? [] : [String(index)],
  }));

const check: Partial<PipelineStage> = {
  type: 'checkPreconditions',
  name: 'Check',
  context: { preconditions: [{ type: 'expression', context: { expression: 'false' }, failPipeline: true }] },
};

const offers = (view: View | undefined) =>
  (view?.choices ?? []).map(({ label, target }) => [label, target.kind === 'run' ? target.text : '']);

async function failed(text: string, stages?: readonly PipelineStage[]) {
  const it = await createCommandBench(undefined, stages);
  it.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 2 });
  for (const location of [east, west]) it.serverGroups.seed({ location, name: 'foo-prod-v003', desired: 2 });
  const said = await it.say(text);
  const id = said.executionId ?? (await it.press(said, 'confirm')).executionId ?? '';
  const done = await it.drive(id);
  return { it, done, offered: offers(await it.live(id)) };
}

describe('the message of what failed', () => {
  it('offers the stage again and the output of what did not come up, and no way back from what still serves', async () => {
    const { done, offered } = await failed('deploy foo dev sick');
    expect(done.status).toBe('TERMINAL');
    expect(offered).toEqual([
      ['Retry Deploy', ''],
      ['Logs', 'logs foo dev/east group=v001'],
    ]);
  });

  it('offers the way back, by name, where the new version serves and a later stage failed', async () => {
    const { it, done, offered } = await failed('deploy foo prod/east 2.0', deployAnd(check));
    expect(done.status).toBe('TERMINAL');
    expect(offered).toEqual([
      ['Retry Check', ''],
      ['Roll back', 'rollback foo prod/east v003'],
      ['Logs', 'logs foo prod/east group=v004'],
    ]);
    const back = await it.say('rollback foo prod/east v003');
    expect((await it.drive((await it.press(back, 'confirm')).executionId ?? '')).status).toBe('SUCCEEDED');
    expect(it.serverGroups.sizes(east)).toContain('foo-prod-v003 ×2');
  });

  it('offers the way back where a pipeline was run by its name, too', async () => {
    const { offered } = await failed('pipeline run foo p prod/east 2.0', deployAnd(check));
    expect(offered).toContainEqual(['Roll back', 'rollback foo prod/east v003']);
  });

  it('offers the regions each its own way where a deployment over several went through in some', async () => {
    const { offered } = await failed('deploy foo prod 2.0', deployAnd(check));
    const labels = offered.map(([label]) => label);
    expect(labels).toEqual(['Retry Check', 'Undo east', 'Undo west', 'Logs']);
  });

  it('offers the regions each its own way where a pipeline was run by its name, too', async () => {
    const { it, offered } = await failed('pipeline run foo p prod 2.0', deployAnd(check));
    expect(offered.map(([label]) => label)).toEqual(['Retry Check', 'Undo east', 'Undo west', 'Logs']);
    expect(offered).toContainEqual(['Undo west', 'rollback foo prod/west v003']);
    const back = await it.say('rollback foo prod/west v003');
    await it.drive((await it.press(back, 'confirm')).executionId ?? '');
    expect(it.serverGroups.sizes(west)).toContain('foo-prod-v003 ×2');
  });

  it('offers neither for what was canceled or succeeded', async () => {
    const { it, offered } = await failed('deploy foo dev 1.1');
    expect(offered).toEqual([]);
    const id = (await it.say('deploy foo dev 1.2')).executionId ?? '';
    await it.drive(id, 1000);
    await it.say('pipeline cancel foo dev');
    await it.drive(id);
    expect(offers(await it.live(id))).toEqual([]);
  });
});

describe('the message of what failed after, or in, a pipeline that it had started', () => {
  const child = { name: 'child', stages: deployAnd() };
  const broken = { name: 'child', stages: deployAnd(check) };
  const runs: Partial<PipelineStage> = { type: 'pipeline', name: 'Child', context: { pipeline: 'child' } };
  const main = (...more: readonly Partial<PipelineStage>[]) => {
    const [, ...stages] = deployAnd(runs, ...more);
    return stages.map((stage, index) => ({
      ...stage,
      requisiteStageRefIds: index === 0 ? [] : [stages[index - 1]?.refId ?? ''],
    }));
  };
  /** West refuses what is created there. */
  const refusing = (groups: FakeServerGroups) => {
    const create = groups.create.bind(groups);
    groups.create = (description, ...rest) =>
      description.location.region === 'west'
        ? Promise.reject(new CoxswainError('REQUEST_REFUSED', { message: 'np1 refuses it.' }))
        : create(description, ...rest);
  };
  async function run(
    text: string,
    stages: readonly PipelineStage[],
    more: {
      readonly other: Pipeline;
      readonly isHalf?: boolean;
      readonly wrap?: (store: DocumentStore) => DocumentStore;
    },
  ) {
    const it = await createCommandBench(more.wrap, stages, undefined, [more.other]);
    for (const location of [east, west]) it.serverGroups.seed({ location, name: 'foo-prod-v003', desired: 2 });
    if (more.isHalf === true) refusing(it.serverGroups);
    const said = await it.say(text);
    const id = said.executionId ?? (await it.press(said, 'confirm')).executionId ?? '';
    const done = await it.drive(id);
    return { it, id, done, live: await it.live(id) };
  }
  const undo = [
    ['Undo east', 'rollback foo prod/east v003'],
    ['Undo west', 'rollback foo prod/west v003'],
  ];

  it.each([
    ['deploy foo prod 2.0', main(check), child],
    ['pipeline run foo p prod 2.0', main(check), child],
    ['deploy foo prod 2.0', main(), broken],
  ])('says and offers what that did: %s', async (text, stages, other) => {
    const { done, live } = await run(text, stages, { other });
    expect(done.status).toBe('TERMINAL');
    expect(wordsOf(live)).toContain('nonprod/west: 2.0 serves (foo-prod-v004).');
    expect(offers(live).filter(([label = '']) => label.startsWith('Undo'))).toEqual(undo);
  });

  it.each([
    ['deploy foo prod 2.0', 'deploy foo prod/west 2.0'],
    ['pipeline run foo p prod 2.0', 'pipeline run foo p prod/west 2.0'],
  ])('finishes with what was said: %s', async (text, finish) => {
    const { live } = await run(text, main(), { other: child, isHalf: true });
    expect(wordsOf(live)).toContain('nonprod/west: unchanged.');
    const told = offers(live).filter(([label = '']) => /^(Undo|Finish)/.test(label));
    expect(told).toEqual([['Finish west', finish], undo[0]]);
  });

  it('forgets it with the attempt, and says what the next one did', async () => {
    const { it, id, done } = await run('deploy foo prod 2.0', main(), { other: broken });
    await it.choose(id, 'retryStage', { stageId: done.stages[0]?.id ?? '' });
    await it.drive(id);
    expect(wordsOf(await it.live(id))).toContain('nonprod/east: 2.0 serves (foo-prod-v005).');
    expect(offers(await it.live(id))).toContainEqual(['Undo east', 'rollback foo prod/east v004']);
  });

  it('says it also where the process stops as it learns of it', async () => {
    const isTold = (document: unknown) => JSON.stringify(document).includes('"childOutcomes"');
    const stops = { left: 2 };
    const wrap = (store: DocumentStore): DocumentStore => ({
      ...store,
      update: async (kind, id, work, options) => {
        const before = await store.get(kind, id);
        if (stops.left > 0 && before !== undefined && !isTold(before.document) && isTold(work(before.document))) {
          stops.left -= 1;
          // Once before the write, once right after it.
          if (stops.left === 0) await store.update(kind, id, work, options);
          throw new Error('The process stopped here.');
        }
        return store.update(kind, id, work, options);
      },
    });
    const { done, live } = await run('deploy foo prod 2.0', main(check), { other: child, wrap });
    expect([done.status, stops.left]).toEqual(['TERMINAL', 0]);
    expect(offers(live).filter(([label = '']) => label.startsWith('Undo'))).toEqual(undo);
  });
});
