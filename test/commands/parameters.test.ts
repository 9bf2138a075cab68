import type { PipelineParameter } from '../../src/model/pipeline-parameter';
import { createCommandBench, wordsOf } from '../support/command-kit';

const size: PipelineParameter = {
  name: 'size',
  description: 'how many instances',
  required: true,
  options: ['2', '4', 'one more'],
};
const note: PipelineParameter = { name: 'note', required: false };
const tag: PipelineParameter = { name: 'tag', required: false, default: 'v1', constraint: 'v[0-9]+', pinned: true };

const bench = (fields: Parameters<typeof createCommandBench>[4] = { parameters: [size, note, tag] }) =>
  createCommandBench(undefined, undefined, undefined, [], fields);

describe('/deploy of a pipeline with parameters', () => {
  it('shows their values in the plan, the pinned ones first', async () => {
    const { say } = await bench();
    const planned = await say('deploy foo prod 2.0 size=4');
    expect(wordsOf(planned.reply)).toContain('Parameters: tag = v1, size = 4, note = none');
  });

  it('gives them to the execution, with the reason beside', async () => {
    const { say, press, executions } = await bench();
    await press(await say('deploy foo prod 2.0 size=4 note="two words" reason=why'), 'confirm');
    const [execution] = await executions();
    expect(execution?.trigger).toMatchObject({ parameters: { size: '4', note: 'two words', tag: 'v1' } });
    expect(execution).not.toHaveProperty('run');
  });

  it('covers them by the hash', async () => {
    const { say } = await bench();
    const hashes: (string | undefined)[] = [];
    for (const option of ['size=2', 'size=4', 'size=2'])
      hashes.push((await say(`deploy foo prod 2.0 ${option}`)).plan?.hash);
    expect(hashes[1]).not.toBe(hashes[0]);
    expect(hashes[2]).toBe(hashes[0]);
  });

  it('names a required one that is missing, what it is for, and offers its options', async () => {
    const { say, executions } = await bench();
    const { reply, plan } = await say('deploy foo prod 2.0 note="two words"');
    expect(plan).toBeUndefined();
    expect(wordsOf(reply)).toBe(
      'Required parameter size is missing.\nsize (how many instances; one of 2, 4, one more)',
    );
    expect(reply?.choices?.map(({ target }) => target)).toEqual([
      { kind: 'run', text: 'deploy foo prod 2.0 note="two words" size=2' },
      { kind: 'run', text: 'deploy foo prod 2.0 note="two words" size=4' },
      { kind: 'run', text: 'deploy foo prod 2.0 note="two words" size="one more"' },
    ]);
    expect(await executions()).toEqual([]);
  });

  it.each([
    ['size=3', "Parameter size must be one of 2, 4, one more, not '3'."],
    ['size=2 tag=2', "Parameter tag must match v[0-9]+, which '2' does not."],
    ['siez=2', "deploy has no option 'siez'. Did you mean size?"],
    ['other=2', "deploy has no option 'other'. It knows: reason, size, note, tag."],
  ])('refuses %s', async (options, message) => {
    const { say } = await bench();
    expect(wordsOf((await say(`deploy foo prod 2.0 ${options}`)).reply)).toContain(message);
  });

  it('tells of all that is wrong at once, and offers nothing then', async () => {
    const { say } = await bench();
    const { reply } = await say('deploy foo prod 2.0 tag=x');
    expect(wordsOf(reply)).toContain('Required parameter size is missing.');
    expect(wordsOf(reply)).toContain('Parameter tag must match');
    expect(reply?.choices).toBeUndefined();
  });

  it('says first that what is named does not exist', async () => {
    const { say } = await bench();
    expect(wordsOf((await say('deploy fo prod 2.0 size=2')).reply)).toContain("There is no application 'fo'");
    expect(wordsOf((await say('deploy foo prd 2.0 size=2')).reply)).toContain("There is no environment of foo 'prd'");
  });
});

it('starts nothing of a pipeline that is disabled, and says who can change that', async () => {
  const { say, executions } = await bench({ disabled: true });
  expect(wordsOf((await say('deploy foo dev 2.0')).reply)).toBe(
    "Pipeline 'p' is disabled: foo.yaml says so. Who may change that file can enable it: remove disabled: true there.",
  );
  expect(await executions()).toEqual([]);
});
