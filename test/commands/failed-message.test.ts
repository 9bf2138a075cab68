import type { View } from '../../src/model/view';
import type { PipelineStage } from '../../src/model/application';
import { east } from '../dcos/builders';
import { createCommandBench } from '../support/command-kit';
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
