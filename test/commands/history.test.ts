import type { Command } from '../../src/model/command';
import { executionKind } from '../../src/engine/document-kinds';
import { plainText } from '../../src/model/text';
import { renderMessage } from '../../src/slack/blocks';
import { validateBlocks } from '../../src/slack/validate-blocks';
import { east } from '../dcos/builders';
import { createCommandBench, wordsOf } from '../support/command-kit';

const service = {
  cpus: 1,
  mem: 512,
  env: { LOG_LEVEL: 'info', DB_PASSWORD: { secret: 'foo/db' }, OLD: 'hunter2' },
  serviceEndpoints: [],
  healthChecks: [],
};
const deployStage = {
  refId: '1',
  requisiteStageRefIds: [],
  type: 'deploy',
  name: 'Deploy',
  context: { strategy: 'redblack' },
} as const;

const bench = () => createCommandBench(undefined, [deployStage], service);
type Bench = Awaited<ReturnType<typeof bench>>;

async function ran(it: Bench, text: string): Promise<string> {
  const said = await it.say(text);
  const id = said.executionId ?? (await it.press(said, 'confirm')).executionId ?? '';
  await it.drive(id);
  await it.clock.advance(60_000);
  return id;
}

const linesOf = ({ reply }: Command) => (reply?.lines ?? []).map(plainText);
const offers = (command: Command) =>
  (command.reply?.choices ?? []).map(({ label, target }) => [label, target.kind === 'run' ? target.text : '']);

describe('/cox history', () => {
  it('says who did what, which version, how long and what became of it, newest first', async () => {
    const it = await bench();
    const first = await ran(it, 'deploy foo dev 1.1');
    const second = await ran(it, 'deploy foo dev sick');
    const third = await ran(it, 'resize foo dev 3');
    const said = await it.say('history foo dev');
    expect(plainText(said.reply?.headline ?? '')).toBe('foo dev: the last 3 runs');
    expect(linesOf(said)).toEqual([
      expect.stringMatching(
        new RegExp(`^1\\. Resize foo dev from 2 to 3 · 1\\.1 · succeeded .* ago · .* · @UANN ${third}$`),
      ),
      expect.stringMatching(
        new RegExp(`^2\\. Deploy foo sick to dev · 1\\.1 → sick · failed .* ago · .* · @UANN ${second}$`),
      ),
      expect.stringMatching(
        new RegExp(`^3\\. Deploy foo 1\\.1 to dev · nothing → 1\\.1 · succeeded .* ago · .* ${first}$`),
      ),
    ]);
    expect(offers(said)).toEqual([
      ['2. Redeploy sick', 'deploy foo dev sick'],
      ['2. Diff', `history foo dev diff=${second}`],
      ['3. Redeploy 1.1', 'deploy foo dev 1.1'],
      ['3. Diff', `history foo dev diff=${first}`],
    ]);
  });

  it('tells ten, and all when asked; at most five have buttons, and Slack takes it', async () => {
    const it = await bench();
    const first = await ran(it, 'deploy foo dev 1.1');
    const template = (await it.store.get(executionKind, first))?.document;
    if (template === undefined) throw new Error('no execution');
    for (let index = 0; index < 14; index += 1) {
      const id = `0190aaaa-bbbb-7ccc-8ddd-eeeeeeee00${10 + index}`;
      await it.store.create(executionKind, id, { ...template, id, buildTime: template.buildTime + index + 1 });
    }
    const said = await it.say('history foo dev');
    expect([linesOf(said).length, linesOf(said).at(-1)]).toEqual([11, '5 earlier: /cox history foo dev all']);
    expect(offers(said)).toHaveLength(10);
    const { blocks } = renderMessage(said.reply ?? { headline: '', tone: 'bad' });
    expect(validateBlocks('message', blocks)).toEqual([]);
    expect(blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []))).toHaveLength(10);
    expect(linesOf(await it.say('history foo dev all'))).toHaveLength(15);
  });

  it.each([
    ['history foo dev', 'Nothing has been run in foo dev yet.'],
    ['history foo dev al', "I do not understand 'al'"],
    ['history foo', 'Say which application and environment: /cox history'],
    ['history foo dve', "There is no environment of foo 'dve'"],
    ['history foo dev diff=N1', "There was no execution 'N1' here."],
    ['history foo dev dif=N1', "history has no option 'dif'. Did you mean diff?"],
  ])('%s is answered: %s', async (text, words) => {
    const it = await bench();
    expect(wordsOf((await it.say(text)).reply)).toContain(words);
  });
});

describe('what differs between two runs', () => {
  it('is told with the image and sizes, and of variables the names alone', async () => {
    const it = await bench();
    const first = await ran(it, 'deploy foo prod 1.1');
    const second = await ran(it, 'deploy foo prod 1.2');
    await it.store.update(executionKind, second, (execution) => ({
      ...execution,
      stages: execution.stages.map((stage) => {
        const { clusters } = stage.context as { clusters?: readonly Record<string, unknown>[] };
        const env = { LOG_LEVEL: 'debug', DB_PASSWORD: { secret: 'foo/db' }, NEW: 'hunter3' };
        if (clusters === undefined) return stage;
        return {
          ...stage,
          context: { clusters: clusters.map((each) => ({ ...each, env, mem: 1024, desiredCapacity: 6 })) },
        };
      }),
    }));
    const said = await it.say(`history foo prod diff=${second}`);
    expect(plainText(said.reply?.headline ?? '')).toBe('From Deploy foo 1.1 to prod to Deploy foo 1.2 to prod');
    expect(linesOf(said)).toEqual([
      'everywhere image: repo/foo:1.1 → repo/foo:1.2',
      'everywhere instances: 2 → 6',
      'everywhere env: added NEW; removed OLD; changed LOG_LEVEL',
      'everywhere memory MB: 512 → 1024',
    ]);
    expect(JSON.stringify(said.reply)).not.toMatch(/hunter|foo\/db|debug/);
    expect(linesOf(await it.say(`history foo prod diff=${first} with=${second}`))[0]).toContain(
      'repo/foo:1.2 → repo/foo:1.1',
    );
    expect(wordsOf((await it.say(`history foo prod diff=${first}`)).reply)).toContain('is the first');
    expect(linesOf(await it.say(`history foo prod diff=${first} with=${first}`))).toEqual([
      'Nothing differs in what they were defined to do.',
    ]);
  });

  it('is told region by region where it differs, and not across environments', async () => {
    const it = await bench();
    const whole = await ran(it, 'deploy foo prod 1.1');
    await ran(it, 'deploy foo prod/east 1.2');
    const [, east12] = [whole, (await it.executions()).at(-1)?.id ?? ''];
    const said = linesOf(await it.say(`history foo prod diff=${east12}`));
    expect(said).toEqual(['nonprod/east image: repo/foo:1.1 → repo/foo:1.2', 'nonprod/west only in the earlier one']);
    const elsewhere = await ran(it, 'deploy foo dev 1.1');
    expect(wordsOf((await it.say(`history foo prod diff=${elsewhere}`)).reply)).toContain('There was no execution');
    expect(it.serverGroups.sizes(east)).toContain('foo-dev-v000 ×2');
  });
});

describe('what is offered again', () => {
  const named = {
    name: 'with a space',
    parameters: [{ name: 'who', required: false, default: 'nobody' }],
    stages: [{ refId: '1', requisiteStageRefIds: [], type: 'wait', name: 'Wait', context: { waitTime: 1 } }],
  };

  it('is in the region that it was in', async () => {
    const it = await bench();
    await ran(it, 'deploy foo prod/west 2.0');
    expect(offers(await it.say('history foo prod'))[0]).toEqual(['1. Redeploy 2.0', 'deploy foo prod/west 2.0']);
  });

  it('has its parameters, and names with spaces in quotes', async () => {
    const it = await createCommandBench(undefined, [deployStage], service, [named]);
    await ran(it, 'pipeline run foo "with a space" dev who="you and me"');
    const [label, text = ''] = offers(await it.say('history foo dev'))[0] ?? [];
    expect([label, text]).toEqual(['1. Run again', 'pipeline run foo "with a space" dev who="you and me"']);
    await ran(it, text);
    const [last] = (await it.executions()).slice(-1);
    expect(last?.trigger.parameters).toEqual({ who: 'you and me' });
  });
});
