import { east } from '../dcos/builders';
import { createCommandBench, wordsOf } from '../support/command-kit';

describe('a plan that means nothing any more when it is confirmed', () => {
  it('is answered as the words would be: with what was meant, and nothing starts', async () => {
    const it = await createCommandBench();
    it.serverGroups.seed({ location: east, name: 'foo-prod-v000', desired: 2, image: 'repo/foo:1.0' });
    it.serverGroups.seed({ location: east, name: 'foo-prod-v001', desired: 2, image: 'repo/foo:1.0' });
    const planned = await it.say('disable foo prod v001');
    it.serverGroups.remove(east, 'foo-prod-v001');
    const pressed = await it.press(planned, 'confirm');
    expect(wordsOf(pressed.reply)).toContain('v001');
    expect(pressed.reply?.choices?.map(({ name }) => name)).toContain('run');
    expect(await it.executions()).toEqual([]);
  });
});
