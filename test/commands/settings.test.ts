import { messageKind } from '../../src/engine/document-kinds';
import { plainText } from '../../src/model/text';
import { createCommandBench, wordsOf } from '../support/command-kit';

type Bench = Awaited<ReturnType<typeof createCommandBench>>;

/** Headlines of the direct messages so far, with whom they go to. */
const directs = async (bench: Bench) =>
  (await bench.store.list(messageKind))
    .filter(({ document }) => document.target.kind === 'direct')
    .map(({ document }) => [
      document.target.kind === 'direct' ? document.target.user : '',
      plainText(document.view.headline),
    ]);

async function deploy(bench: Bench, version: string) {
  const { executionId = '' } = await bench.say(`deploy foo dev ${version}`, 'UEVE');
  await bench.drive(executionId);
}

const failed = ['UEVE', 'Deploy foo sick to dev · failed'];
const done = ['UEVE', 'Deploy foo 1.0 to dev · done'];

describe('/cox settings', () => {
  it('shows what is set, changes it for one person and goes back to the default', async () => {
    const bench = await createCommandBench();
    const shown = async (text: string, user = 'UEVE') => wordsOf((await bench.say(text, user)).reply);
    expect(await shown('settings')).toContain('directMessages: default');
    expect(await shown('settings directMessages=none')).toContain('directMessages: none: never');
    expect(await shown('settings')).toContain('directMessages: none');
    expect(await shown('settings', 'UANN')).toContain('directMessages: default');
    expect(await shown('settings directMessages=default')).toContain('directMessages: default');
    expect(await shown('settings')).toContain('directMessages: default');
  });

  it.each([
    ['settings directMessages=some', "cannot be 'some': it is one of all, failures, none, default"],
    ['settings directMessage=all', 'Did you mean directMessages?'],
    ['settings all', "I do not understand 'all'"],
  ])('%s is answered', async (text, said) => {
    expect(wordsOf((await (await createCommandBench()).say(text)).reply)).toContain(said);
  });
});

describe('the requester is told how it ended by a direct message', () => {
  it.each([
    ['all', [done, failed]],
    ['failures', [failed]],
    ['none', []],
    // The application of this bench names no outcomes.
    ['default', []],
  ])('with directMessages=%s', async (choice, expected) => {
    const bench = await createCommandBench();
    await bench.say(`settings directMessages=${choice}`, 'UEVE');
    await deploy(bench, '1.0');
    await deploy(bench, 'sick');
    expect((await directs(bench)).sort()).toEqual([...expected].sort());
  });
});
