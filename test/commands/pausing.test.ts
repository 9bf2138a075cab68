import { executionRenderer } from '../../src/app';
import { executionKind } from '../../src/engine/document-kinds';
import type { Execution } from '../../src/model/execution';
import { plainText } from '../../src/model/text';
import { east } from '../dcos/builders';
import { createCommandBench, wordsOf } from '../support/command-kit';
import { west } from '../support/stage-kit';

async function deploying() {
  const bench = await createCommandBench();
  for (const location of [east, west]) bench.serverGroups.seed({ location, name: 'foo-prod-v000', desired: 2 });
  const id = (await bench.press(await bench.say('deploy foo prod 2.0'), 'confirm')).executionId ?? '';
  await bench.drive(id, 1000);
  const stored = async (): Promise<Execution> => {
    const found = await bench.store.get(executionKind, id);
    if (found === undefined) throw new Error('It is gone.');
    return found.document;
  };
  const names = async () => executionRenderer.live(await stored()).choices?.map(({ name }) => name);
  return { bench, id, stored, names };
}

describe('Pause and Resume', () => {
  it('stop an execution between two steps and let it go on', async () => {
    const { bench, id, stored, names } = await deploying();
    expect(await names()).toEqual(['pause', 'cancelExecution']);
    expect((await bench.choose(id, 'pause')).quiet).toBe(true);
    await bench.drive(id, 600_000);
    const paused = await stored();
    expect([paused.status, plainText(executionRenderer.live(paused).headline)]).toEqual([
      'PAUSED',
      'Deploy foo 2.0 to prod · paused',
    ]);
    expect(await names()).toEqual(['resume', 'cancelExecution']);
    expect(bench.serverGroups.sizes(east)[0]).toBe('foo-prod-v000 ×2');
    await bench.choose(id, 'resume', { user: 'UBOB' });
    expect((await bench.drive(id)).status).toBe('SUCCEEDED');
    expect(await names()).toEqual([]);
  });

  it('say so on the message while a decision is open, too', async () => {
    const { bench, id, stored } = await deploying();
    await bench.drive(id, 1_000);
    await bench.choose(id, 'pause');
    const view = executionRenderer.live(await stored());
    expect(plainText(view.headline)).toContain('· paused');
    expect(view.lines?.map(plainText).join()).toContain('counts once it is resumed');
  });

  it('are for those who may deploy, and say who was first', async () => {
    const { bench, id, stored } = await deploying();
    for (const name of ['pause', 'resume'])
      expect(wordsOf((await bench.choose(id, name, { user: 'UEVE' })).reply)).toContain('You may not change foo prod');
    expect((await stored()).status).toBe('RUNNING');
    await bench.choose(id, 'pause');
    expect(wordsOf((await bench.choose(id, 'pause', { user: 'UBOB' })).reply)).toContain('it is paused, not running');
  });

  it('are named in the help', async () => {
    const bench = await createCommandBench();
    expect(wordsOf((await bench.say('help')).reply)).toContain('Pause and Resume');
  });
});
