import type { Command } from '../../src/model/command';
import type { Pipeline, PipelineStage } from '../../src/model/application';
import { plainText } from '../../src/model/text';
import { east } from '../dcos/builders';
import { createCommandBench, wordsOf } from '../support/command-kit';
import { stageOf } from '../support/engine-kit';
import { west } from '../support/stage-kit';

const inOrder = (
  ...stages: readonly Omit<PipelineStage, 'refId' | 'requisiteStageRefIds'>[]
): readonly PipelineStage[] =>
  stages.map((stage, index) => ({
    ...stage,
    refId: String(index + 1),
    requisiteStageRefIds: index === 0 ? [] : [String(index)],
  }));

const quiet: Pipeline = {
  name: 'quiet',
  parameters: [
    { name: 'who', required: false, default: 'nobody' },
    { name: 'count_2', required: false },
  ],
  stages: inOrder(
    { type: 'wait', name: 'First wait', context: { waitTime: 600 } },
    { type: 'wait', name: 'Then wait ${parameters.who}', context: { waitTime: 600 } },
  ),
};
const tidy: Pipeline = {
  name: 'tidy',
  stages: inOrder(
    { type: 'wait', name: 'Wait', context: { waitTime: 600 } },
    {
      type: 'shrinkCluster',
      name: 'Shrink',
      context: { shrinkToSize: 1 },
      leavesOpen: ['places', 'cluster'],
    },
  ),
};
const extra: Pipeline = {
  name: 'extra',
  stages: inOrder({ type: 'deploy', name: 'Deploy', context: { strategy: 'redblack' } }),
};

const gently: Pipeline = { ...extra, name: 'gently', strategy: true };

async function bench() {
  const it = await createCommandBench(undefined, undefined, undefined, [quiet, tidy, extra, gently]);
  it.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 2, image: 'repo/foo:0.9' });
  for (const location of [east, west])
    it.serverGroups.seed({ location, name: 'foo-prod-v000', desired: 2, image: 'repo/foo:1.0' });
  return it;
}
type Bench = Awaited<ReturnType<typeof bench>>;

const offers = (command: Command) =>
  (command.reply?.choices ?? []).map(({ name, target }) => (target.kind === 'run' ? target.text : name));
const startOf = async (it: Bench, text: string, user?: string) => {
  const said = await it.say(text, user);
  if (said.executionId === undefined) throw new Error(wordsOf(said.reply));
  return said.executionId;
};
const running = async (it: Bench, id: string) => it.drive(id, 1000);

describe('/cox pipeline', () => {
  it.each([
    ['pipeline', 'Say what: list, run, show, cancel, pause, resume, retry, skip.', ['pipeline list']],
    ['pipeline lst foo', "There is no 'pipeline lst'", ['pipeline list foo']],
    ['pipeline list fo', "There is no application 'fo' (known: foo).", ['pipeline list foo']],
    ['pipeline run', 'Say which application', ['pipeline list']],
    ['pipeline run foo', 'Say which pipeline of foo: it has p, quiet, tidy, extra.', ['pipeline run foo p']],
    ['pipeline run foo quite dev', "There is no pipeline of foo 'quite'", ['pipeline run foo quiet dev']],
    [
      'pipeline run foo gently',
      'Pipeline foo/gently is a strategy: only a deploy with strategy: custom may run it.',
      [],
    ],
    ['pipeline run foo quiet', 'Say in which environment to run quiet: dev, prod.', ['pipeline run foo quiet dev']],
    ['pipeline run foo quiet prdo 1.1', "There is no environment of foo 'prdo'", ['pipeline run foo quiet prod 1.1']],
    ['pipeline run foo quiet live', "There is no environment of foo 'live' (known: dev, prod).", []],
    ['pipeline run foo quiet prod/wets', "There is no region of foo prod 'wets'", ['pipeline run foo quiet prod/west']],
    ['pipeline run foo extra dev 1.1 1.2', "I do not understand '1.2'", []],
    ['pipeline show foo dev more', 'Nothing has been run in foo dev.', []],
    ['pipeline pause foo raeson=x', "pipeline has no option 'raeson'", []],
    ['pipeline pause fooo', "There is no execution 'fooo', and no application of that name.", ['pipeline pause foo']],
    ['pipeline pause foo', 'Nothing is under way of foo.', []],
    ['pipeline resume', 'Nothing is under way.', []],
    ['pipeline retry foo prod', 'Nothing has been run in foo prod.', []],
  ])('%s is answered: %s', async (text, words, choices) => {
    const it = await bench();
    const said = await it.say(text);
    expect(wordsOf(said.reply)).toContain(words);
    expect(offers(said)).toEqual(expect.arrayContaining(choices));
    expect(await it.executions()).toEqual([]);
  });
});

describe('/cox pipeline list', () => {
  it('says of each its stages, who uses it and what became of the last run', async () => {
    const it = await bench();
    await it.drive(await startOf(it, 'deploy foo dev 1.1'));
    const said = await it.say('pipeline list foo');
    expect(said.reply?.lines?.map(plainText)).toEqual([
      expect.stringMatching(/^foo p Deploy · of dev, prod · last: Deploy foo 1\.1 to dev, succeeded .* ago$/),
      'foo quiet First wait → Then wait ${parameters.who} · of no environment · never run',
      'foo tidy Wait → Shrink · of no environment · never run',
      'foo extra Deploy · of no environment · never run',
      'foo gently Deploy · of deploys that use this strategy · never run',
    ]);
  });
});

describe('/cox pipeline run', () => {
  it('runs a pipeline that touches no cluster beside a deployment, with its parameters', async () => {
    const it = await bench();
    const deployment = await startOf(it, 'deploy foo dev 1.1');
    const id = await startOf(it, 'pipeline run foo quiet dev who="all of us" count_2=7 reason="a try"');
    const begun = await running(it, id);
    expect(begun).toMatchObject({
      name: 'Run quiet of foo in dev',
      status: 'RUNNING',
      pipelineConfigId: 'foo/quiet',
      definition: { kind: 'pipeline', cluster: 'foo-dev', regions: [] },
      trigger: { parameters: { who: 'all of us', count_2: '7' } },
    });
    expect(stageOf(begun, '2').name).toBe('Then wait all of us');
    expect((await it.drive(deployment)).status).toBe('SUCCEEDED');
    const done = await it.drive(id);
    expect([done.status, stageOf(done, '2').name]).toEqual(['SUCCEEDED', 'Then wait all of us']);
    expect((await it.say('pipeline list foo')).reply?.lines?.map(plainText)[1]).toContain(
      'Run quiet of foo in dev, succ',
    );
  });

  it('keeps nobody from the cluster when it touches none', async () => {
    const it = await bench();
    await running(it, await startOf(it, 'pipeline run foo quiet dev who=us'));
    expect((await it.drive(await startOf(it, 'deploy foo dev 1.1'))).status).toBe('SUCCEEDED');
  });

  it('takes the cluster as a deployment does when it touches one, and waits for who has it', async () => {
    const it = await bench();
    const tidying = await it.press(await it.say('pipeline run foo tidy prod/west'), 'confirm');
    await running(it, tidying.executionId ?? '');
    expect((await it.executions())[0]?.definition.regions).toEqual(['nonprod/west']);
    expect(wordsOf((await it.say('deploy foo prod 1.1')).reply)).toContain('Run tidy of foo in prod is under way');
    expect(wordsOf((await it.say('pipeline run foo tidy prod')).reply)).toContain('is under way, asked by @UANN');
  });

  it('deploys a version with another pipeline than the environment has', async () => {
    const it = await bench();
    const planned = await it.say('pipeline run foo extra prod/east 1.1');
    expect(wordsOf(planned.reply)).toContain('Run extra of foo in prod: 1.0 → 1.1\nnonprod/west stays as it is.');
    const done = await it.drive((await it.press(planned, 'confirm')).executionId ?? '');
    expect([done.status, done.definition.image, done.definition.toVersion]).toEqual([
      'SUCCEEDED',
      'repo/foo:1.1',
      '1.1',
    ]);
    expect(it.serverGroups.sizes(east)).toContain('foo-prod-v001 ×2');
    expect(it.serverGroups.sizes(west)).not.toContain('foo-prod-v001 ×2');
  });

  it('asks for a version where it deploys one', async () => {
    const it = await bench();
    const said = await it.say('pipeline run foo extra prod/east');
    expect(plainText(said.reply?.headline ?? '')).toBe('Which version of foo shall go to prod?');
    expect(offers(said)).toEqual(['pipeline run foo extra prod/east 0.9']);
  });

  it('refuses a stranger, and plans nothing while a place it touches cannot be seen', async () => {
    const it = await bench();
    expect(wordsOf((await it.say('pipeline run foo quiet prod', 'UEVE')).reply)).toContain(
      'You may not change foo prod',
    );
    it.serverGroups.fail('list', 'UNREACHABLE');
    const blind = await it.say('pipeline run foo tidy prod');
    expect(wordsOf(blind.reply)).toContain('I cannot see nonprod/east now');
    expect([offers(blind), await it.executions()]).toEqual([[], []]);
  });

  it('is planned afresh when a parameter is not what was confirmed', async () => {
    const it = await bench();
    const [first, second] = [
      await it.say('pipeline run foo quiet prod who=a'),
      await it.say('pipeline run foo quiet prod who=b'),
    ];
    expect(wordsOf(first.reply)).toContain('who = a');
    expect(first.plan?.hash).not.toBe(second.plan?.hash);
  });
});

describe('/cox pipeline show', () => {
  it('shows the steps of what runs, by id, by environment and by application', async () => {
    const it = await bench();
    const id = await startOf(it, 'pipeline run foo quiet dev who=us');
    await running(it, id);
    for (const text of [`pipeline show ${id}`, 'pipeline show foo', 'pipeline show foo dev']) {
      const { reply } = await it.say(text);
      expect([plainText(reply?.headline ?? ''), reply?.steps?.map(({ state }) => state)]).toEqual([
        'Run quiet of foo in dev · running',
        ['running', 'waiting'],
      ]);
      expect(wordsOf(reply)).toContain(`Execution ${id}`);
    }
    await it.drive(id);
    expect(plainText((await it.say('pipeline show foo dev')).reply?.headline ?? '')).toBe(
      'Run quiet of foo in dev · done',
    );
  });

  it('asks which where several run', async () => {
    const it = await bench();
    const first = await startOf(it, 'pipeline run foo quiet dev who=us');
    const second = await startOf(it, 'pipeline run foo quiet dev who=us');
    const said = await it.say('pipeline show foo');
    expect(plainText(said.reply?.headline ?? '')).toBe('2 are under way. Which?');
    expect([...offers(said)].sort()).toEqual([`pipeline show ${first}`, `pipeline show ${second}`].sort());
    expect(said.reply?.choices?.map(({ label }) => label)).toEqual(Array(2).fill('Show Run quiet of foo in dev'));
  });
});

describe('what is done to what runs', () => {
  it('is done in words as by the buttons: paused, resumed, skipped, canceled', async () => {
    const it = await bench();
    const id = await startOf(it, 'pipeline run foo quiet dev who=us');
    await running(it, id);
    const say = async (text: string) => [wordsOf((await it.say(text)).reply), (await running(it, id)).status];
    const name = 'Run quiet of foo in dev';
    expect(await say('pipeline pause')).toEqual([`${name} is paused.`, 'PAUSED']);
    expect(await say(`pipeline resume ${id}`)).toEqual([`${name} goes on.`, 'RUNNING']);
    expect(await say('pipeline skip foo dev')).toEqual([`${name} waits no longer.`, 'RUNNING']);
    expect(stageOf(await running(it, id), '1').status).toBe('SUCCEEDED');
    expect(await say('pipeline cancel foo reason="wrong one"')).toEqual([`${name} is being canceled.`, 'CANCELED']);
    expect((await it.executions())[0]?.canceled).toMatchObject({ by: 'UANN', reason: 'wrong one' });
  });

  it('retries what failed, and says what cannot be', async () => {
    const it = await bench();
    it.serverGroups.fail('create', 'REQUEST_REFUSED');
    const id = await startOf(it, 'deploy foo dev 1.1');
    expect((await it.drive(id)).status).toBe('TERMINAL');
    expect(wordsOf((await it.say('pipeline retry foo dev')).reply)).toBe('Deploy foo 1.1 to dev is under way again.');
    expect((await it.drive(id)).status).toBe('SUCCEEDED');
    expect(wordsOf((await it.say('pipeline retry foo dev')).reply)).toContain('has nothing to retry.');
    const named = await it.say(`pipeline retry ${id} deplyo`);
    expect(wordsOf(named.reply)).toContain("has no stage 'deplyo' (Deploy (1)).");
    expect(offers(named)).toEqual([`pipeline retry ${id} Deploy`]);
  });

  it('retries whole stages only, also one that has succeeded', async () => {
    const it = await bench();
    const done = await startOf(it, 'deploy foo dev 1.1');
    const { stages } = await it.drive(done);
    const again = async (stage: string) => wordsOf((await it.say(`pipeline retry ${done} ${stage}`)).reply);
    const part = stages.find(({ parentStageId }) => parentStageId === '1');
    expect(await again(part?.id ?? '')).toContain("is a part of 'Deploy'. Only whole stages are retried.");
    expect((await it.executions())[0]?.status).toBe('SUCCEEDED');
    expect(await again('1')).toBe('Deploy foo 1.1 to dev is under way again.');
    expect((await it.drive(done)).status).toBe('SUCCEEDED');
  });

  it('does not reopen a judgment that was rejected', async () => {
    const judged = { ...quiet, name: 'judged', stages: inOrder({ type: 'manualJudgment', name: 'Ask', context: {} }) };
    const it = await createCommandBench(undefined, undefined, undefined, [judged]);
    const id = await startOf(it, 'pipeline run foo judged dev');
    await it.drive(id, 1000);
    expect(wordsOf((await it.say(`pipeline skip ${id} Ask`)).reply)).toContain("Stage 'Ask' is no wait");
    await it.choose(id, 'reject', { stageId: '1', answer: 'too slow', user: 'UBOB' });
    expect((await it.drive(id)).status).toBe('TERMINAL');
    expect(wordsOf((await it.say(`pipeline retry ${id} Ask`)).reply)).toContain(
      'was rejected, and that decision stands.',
    );
    expect(stageOf((await it.executions())[0] ?? (await it.drive(id)), '1').status).toBe('TERMINAL');
  });

  it('skips a stage that may go on without what it waits for', async () => {
    const above = {
      name: 'above',
      stages: inOrder({ type: 'pipeline', name: 'Run quiet', context: { pipeline: 'quiet', skippable: true } }),
    };
    const it = await createCommandBench(undefined, undefined, undefined, [quiet, above]);
    const id = await startOf(it, 'pipeline run foo above dev');
    await it.drive(id, 1000);
    expect(wordsOf((await it.say(`pipeline skip ${id}`)).reply)).toContain('waits no longer');
    expect(stageOf(await it.drive(id, 1000), '1').status).toBe('SKIPPED');
  });

  it('does not retry where something newer has happened', async () => {
    const it = await bench();
    it.serverGroups.fail('create', 'REQUEST_REFUSED');
    const id = await startOf(it, 'deploy foo dev 1.1');
    await it.drive(id);
    await it.drive(await startOf(it, 'deploy foo dev 1.2'));
    expect(wordsOf((await it.say(`pipeline retry ${id} 1`)).reply)).toContain('Something newer has happened here');
  });

  it.each(['cancel', 'pause', 'resume', 'retry', 'skip'])(
    '%s is refused to a stranger, who is told who can',
    async (verb) => {
      const it = await bench();
      const started = await it.press(await it.say('pipeline run foo quiet prod'), 'confirm');
      const id = started.executionId ?? '';
      const before = await running(it, id);
      const said = await it.say(`pipeline ${verb} ${id}${verb === 'retry' ? ' 1' : ''}`, 'UEVE');
      expect(wordsOf(said.reply)).toBe(
        'You may not change foo prod: only @crew may. Ask one of them.\nNothing was changed.',
      );
      expect((await running(it, id)).status).toBe(before.status);
    },
  );

  it.each([
    ['pause', /Unable to pause: it is paused, not running/],
    ['skip', /waits for nothing now|This wait is over/],
  ])('%s says why it cannot be, once it is paused', async (verb, words) => {
    const it = await bench();
    const id = await startOf(it, 'pipeline run foo quiet dev who=us');
    await it.say('pipeline pause');
    await running(it, id);
    await it.say('pipeline pause');
    expect(wordsOf((await it.say(`pipeline ${verb} ${id}${verb === 'skip' ? ' 2' : ''}`)).reply)).toMatch(words);
  });
});
