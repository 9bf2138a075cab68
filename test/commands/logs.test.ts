import type { InstanceOutput } from '../../src/dcos/server-groups';
import { commandKind } from '../../src/engine/document-kinds';
import { plainText } from '../../src/model/text';
import { renderMessage } from '../../src/slack/blocks';
import { validateBlocks } from '../../src/slack/validate-blocks';
import { east } from '../dcos/builders';
import { createCommandBench, wordsOf } from '../support/command-kit';
import { west } from '../support/stage-kit';

const wrote = (instanceId: string, stdout: readonly string[], stderr: readonly string[]): InstanceOutput => ({
  instanceId,
  files: [
    { file: 'stdout', lines: stdout },
    { file: 'stderr', lines: stderr },
  ],
});

async function bench() {
  const it = await createCommandBench();
  for (const location of [east, west]) {
    it.serverGroups.seed({ location, name: 'foo-prod-v000', desired: 2 });
    it.serverGroups.seed({ location, name: 'foo-prod-v001', desired: 2, createdTime: 9 });
  }
  it.serverGroups.outputs.set('foo-prod-v001', wrote('foo-prod-v001.1', ['hello <b>'], ['oh', 'no']));
  it.serverGroups.outputs.set('foo-prod-v000', wrote('foo-prod-v000.0', [], ['old']));
  return it;
}

describe('/cox logs', () => {
  it('shows the last lines of both files of what serves, for anybody who asks', async () => {
    const it = await bench();
    const { reply } = await it.say('logs foo prod', 'UEVE');
    expect(plainText(reply?.headline ?? '')).toBe(
      'foo-prod-v001 in nonprod/east: the last lines of stdout and stderr of foo-prod-v001.1',
    );
    expect(reply?.output).toBe('==> stdout <==\nhello <b>\n\n==> stderr <==\noh\nno');
    expect(it.serverGroups.outputsAsked).toEqual([{ name: 'foo-prod-v001', files: ['stdout', 'stderr'], lines: 50 }]);
  });

  it('prefers the newest group that does not serve whole', async () => {
    const it = await bench();
    it.serverGroups.sickNames.add('foo-prod-v000');
    const { reply } = await it.say('logs foo prod/west');
    expect(wordsOf(reply)).toContain('foo-prod-v000 in nonprod/west: the last lines of stderr of foo-prod-v000.0');
    expect([reply?.output, wordsOf(reply).includes('It wrote nothing to stdout.')]).toEqual(['old', true]);
  });

  it.each([
    ['logs foo prod group=v0 file=stderr lines=7', { name: 'foo-prod-v000', files: ['stderr'], lines: 7 }],
    ['logs foo prod/west v001.1', { name: 'foo-prod-v001', instanceId: 'foo-prod-v001.1' }],
    ['logs foo prod instance=foo-prod-v000.1', { name: 'foo-prod-v000', instanceId: 'foo-prod-v000.1' }],
    ['logs foo prod foo-prod-v000.77', { name: 'foo-prod-v000', instanceId: 'foo-prod-v000.77' }],
  ])('%s reads what it names, also of an instance that is over', async (text, wanted) => {
    const it = await bench();
    await it.say(text);
    expect(it.serverGroups.outputsAsked).toMatchObject([wanted]);
  });

  it.each([
    ['logs foo', 'Say which application and environment: /cox logs'],
    ['logs foo prod lines=0', "'0' is no number of lines: give one from 1 to 500."],
    ['logs foo prod file=sterr', "file is stdout or stderr, not 'sterr'."],
    ['logs foo prod group=v011', "foo prod has no server group 'v011' (it has v001, v000)."],
    ['logs foo prod nobody', "foo prod has no instance 'nobody' (it has 8)."],
    ['logs foo dev', 'Nothing runs in foo dev.'],
    ['logs foo prod gruop=v001', "logs has no option 'gruop'. Did you mean group?"],
  ])('%s is answered: %s', async (text, words) => {
    const it = await bench();
    expect(wordsOf((await it.say(text)).reply)).toContain(words);
    expect(it.serverGroups.outputsAsked).toEqual([]);
  });

  it('says what could not be read, and that there is nothing', async () => {
    const it = await bench();
    it.serverGroups.outputs.set('foo-prod-v001', {
      instanceId: 'i',
      files: [{ file: 'stderr', error: 'agent is gone' }],
    });
    const { reply } = await it.say('logs foo prod');
    expect([reply?.tone, wordsOf(reply)]).toEqual([
      'attention',
      'foo-prod-v001 in nonprod/east: no output of i\nstderr could not be read: agent is gone',
    ]);
    it.serverGroups.outputs.delete('foo-prod-v001');
    expect(wordsOf((await it.say('logs foo prod')).reply)).toContain(
      'has had no instance that could have written anything',
    );
  });

  it('reads where it can see, and says where it cannot', async () => {
    const it = await bench();
    it.serverGroups.fail('look', 'UNREACHABLE');
    const { reply } = await it.say('logs foo prod');
    expect(wordsOf(reply)).toMatch(/^foo-prod-v001 in nonprod\/west[^]*I cannot see nonprod\/east now/);
    it.serverGroups.fail('look', 'UNREACHABLE');
    expect(wordsOf((await it.say('logs foo prod/east')).reply)).toMatch(/^I cannot see nonprod\/east now/);
  });

  it('keeps the end of both files within what Slack shows, and more on a terminal', async () => {
    const it = await bench();
    const many = Array.from({ length: 300 }, (_, index) => `line ${index} <&> ${'x'.repeat(80)}`);
    it.serverGroups.outputs.set('foo-prod-v001', wrote('i', many, ['the end']));
    const { reply } = await it.say('logs foo prod');
    expect(reply?.output).toContain('line 299 <&> x');
    expect(reply?.output?.endsWith('the end')).toBe(true);
    expect(reply?.output?.length).toBeLessThan(2400);
    const { blocks } = renderMessage(reply ?? { headline: '', tone: 'bad' });
    expect(validateBlocks('message', blocks)).toEqual([]);
    const id = await it.receive({ type: 'text', text: 'logs foo prod' });
    await it.store.update(commandKind, id, (command) => ({
      ...command,
      source: { surface: 'cli', user: 'UANN' } as const,
    }));
    expect((await it.handle(id)).reply?.output?.length).toBeGreaterThan(10_000);
  });
});
