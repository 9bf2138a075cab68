import { commandKind, executionKind } from '../../src/engine/document-kinds';
import type { Command } from '../../src/model/command';
import type { Execution } from '../../src/model/execution';
import type { View } from '../../src/model/view';
import { buildExecution, startApiFixture, testToken } from '../support/api-fixture';
import { jsonLines, runForTest } from '../support/cli-fixture';

type Reply = Partial<Pick<Command, 'reply' | 'executionId'>>;

let fixture: Awaited<ReturnType<typeof startApiFixture>>;
let script: (command: Command) => Reply | Promise<Reply>;
let ends: Execution['status'];
let offered: View['choices'];
const asked: Command['request'][] = [];

async function answerOpenCommands(): Promise<void> {
  for (const { id, document } of await fixture.store.list(commandKind)) {
    if (document.state === 'answered' || asked.includes(document.request)) continue;
    asked.push(document.request);
    const reply = await script(document);
    await fixture.store.update(commandKind, id, (command): Command => ({ ...command, state: 'answered', ...reply }));
  }
}

beforeEach(async () => {
  asked.length = 0;
  ends = 'SUCCEEDED';
  offered = [];
  fixture = await startApiFixture({
    hint: () => setImmediate(() => void answerOpenCommands()),
    renderExecution: ({ name, status }) => ({
      headline: `${name}: ${status}`,
      tone: 'running',
      ...(offered === undefined ? {} : { choices: offered }),
    }),
  });
});
afterEach(() => fixture.api.stop());

const cli = (argv: readonly string[], extra: Partial<Parameters<typeof runForTest>[1]> = {}) =>
  runForTest(argv, {
    clock: fixture.clock,
    env: { COXSWAIN_URL: fixture.url, COXSWAIN_TOKEN: testToken },
    ...extra,
  });

/** Answers words with a plan, and its confirmation with an execution that is over already. */
const plans = async (command: Command): Promise<Reply> => {
  if (command.request.type === 'text') {
    const target = { kind: 'command', id: command.id, hash: 'h1' } as const;
    const choices = [
      { name: 'confirm', label: 'Destroy', target },
      { name: 'cancel', label: 'Cancel', target },
    ];
    return { reply: { headline: 'Destroy foo-prod-v003?', tone: 'neutral', choices } };
  }
  if (command.request.name !== 'confirm') return { reply: { headline: 'Dropped.', tone: 'neutral' } };
  await fixture.store.create(executionKind, 'E1', buildExecution({ status: ends }));
  return { reply: { headline: 'On its way.', tone: 'running' }, executionId: 'E1' };
};

const verbs = ['destroy', 'enable', 'disable', 'clone', 'terminate', 'pipeline'];

describe.each(verbs)('coxswain %s', (verb) => {
  const words = [verb, 'foo', 'prod', 'from=a b'];

  it('carries the plan out with --yes, and watches: 0 when it succeeded', async () => {
    script = plans;
    const result = await cli([...words, '--yes']);
    expect(asked).toMatchObject([
      { type: 'text', text: `${verb} foo prod from="a b"` },
      { type: 'choice', name: 'confirm' },
    ]);
    expect(result.stdout).toContain('Watching E1.');
    expect(result.exitCode).toBe(0);
  });

  it('exits with 1 when it failed', async () => {
    script = plans;
    ends = 'TERMINAL';
    expect((await cli([...words, '--yes'])).exitCode).toBe(1);
  });

  it('only shows the plan where nobody can be asked', async () => {
    script = plans;
    const result = await cli(words);
    expect(asked).toHaveLength(1);
    expect([result.stdout.includes('Destroy foo-prod-v003?'), result.exitCode]).toEqual([true, 1]);
    expect(result.stderr).toContain('Nothing was started. Add --yes');
  });
});

describe('what is asked on a terminal', () => {
  it.each([
    ['y\n', 'confirm', 0],
    ['n\n', 'cancel', 1],
  ])('answered with %j makes the choice %s', async (typed, name, exitCode) => {
    script = plans;
    const result = await cli(['destroy', 'foo', 'prod', 'v003'], { typed });
    expect(asked[1]).toMatchObject({ type: 'choice', name });
    expect([result.stderr.includes('Carry this out? [y/N]'), result.exitCode]).toEqual([true, exitCode]);
  });
});

describe('what starts nothing', () => {
  it('exits with 1 where words were said of which nothing was done, and with 0 for an answer', async () => {
    script = () => ({ reply: { headline: 'There is no environment nowhere.', tone: 'attention', undone: true } });
    expect((await cli(['deploy', 'foo', 'nowhere', '1.2'])).exitCode).toBe(1);
    script = () => ({ reply: { headline: 'I cannot see west.', tone: 'attention' } });
    expect((await cli(['status', 'foo'])).exitCode).toBe(0);
  });

  it('exits with 1 after --yes, and with 1 for a refusal without it', async () => {
    script = () => ({ reply: { headline: 'foo prod has no server group v009.', tone: 'attention' } });
    const result = await cli(['destroy', 'foo', 'prod', 'v009', '-y']);
    expect([result.stderr, result.exitCode]).toEqual(['Nothing was started.\n', 1]);
    script = () => ({ reply: { headline: 'You may not.', tone: 'bad' } });
    expect((await cli(['destroy', 'foo', 'prod', 'v009'])).exitCode).toBe(1);
  });

  it('watches what needed no confirmation only where --yes asks for it', async () => {
    script = async () => {
      await fixture.store.create(executionKind, 'E1', buildExecution({ status: 'SUCCEEDED' }));
      return { reply: { headline: 'On its way.', tone: 'running' }, executionId: 'E1' };
    };
    const result = await cli(['enable', 'foo', 'dev', 'v000']);
    expect([result.stdout.includes('Watching'), result.exitCode]).toEqual([false, 0]);
    expect((await cli(['enable', 'foo', 'dev', 'v000', '--yes'])).stdout).toContain('Watching E1.');
  });
});

describe('what needs no plan', () => {
  it.each(['good', 'neutral'] as const)('is done with its answer, with --yes too: %s', async (tone) => {
    script = () => ({ reply: { headline: 'It is being canceled.', tone } });
    const result = await cli(['pipeline', 'cancel', 'foo', 'prod', '--yes']);
    expect([result.stderr, result.exitCode]).toEqual(['', 0]);
  });
});

describe('coxswain lock, unlock, locks and stop', () => {
  it.each([
    [['lock', 'foo', 'prod', '2h', 'migration of users'], 'lock foo prod 2h "migration of users"'],
    [['lock', 'take', 'foo', 'prod', 'hotfix'], 'lock take foo prod hotfix'],
    [['unlock', 'foo', 'prod'], 'unlock foo prod'],
    [['locks'], 'locks'],
    [['stop'], 'stop'],
    [['stop', 'lift', 'it is back'], 'stop lift "it is back"'],
  ])('says %j', async (argv, text) => {
    script = () => ({ reply: { headline: 'Done.', tone: 'good' } });
    expect((await cli(argv)).exitCode).toBe(0);
    expect(asked).toEqual([{ type: 'text', text }]);
  });
});

describe('coxswain history and logs', () => {
  it.each([
    [['history', 'foo', 'prod', 'all'], 'history foo prod all'],
    [['logs', 'foo', 'prod', 'lines=9', '--file', 'stderr'], 'logs foo prod lines=9 --file stderr'],
  ])('says %j', async (argv, text) => {
    script = () => ({ reply: { headline: 'The end.', tone: 'neutral', output: 'boom' } });
    const result = await cli([...argv, '--json']);
    expect(asked).toEqual([{ type: 'text', text }]);
    expect(jsonLines(result.stdout)).toMatchObject([{ type: 'reply', reply: { output: 'boom' } }]);
    expect(result.exitCode).toBe(0);
  });
});

describe('coxswain pause, resume, retry and skip', () => {
  it.each([
    ['pause', 'pause'],
    ['resume', 'resume'],
    ['retry', 'retryStage'],
    ['skip', 'skipWait'],
    ['skip', 'skipStage'],
  ])('%s makes the choice %s of the execution', async (verb, name) => {
    script = () => ({ reply: { headline: 'Done.', tone: 'good' } });
    await fixture.store.create(executionKind, 'E1', buildExecution());
    offered = [{ name, label: name, target: { kind: 'execution', id: 'E1' } }];
    const result = await cli([verb, 'E1']);
    expect(asked).toMatchObject([{ type: 'choice', name, target: { kind: 'execution', id: 'E1' } }]);
    expect(result.exitCode).toBe(0);
  });

  it('skip starts before a window opens, with the reason that it asks for', async () => {
    script = () => ({ reply: { headline: 'Done.', tone: 'good' } });
    await fixture.store.create(executionKind, 'E1', buildExecution());
    const target = { kind: 'execution', id: 'E1', stageId: '1<0' } as const;
    const asks = { title: 'Start now', label: 'Why?', submit: 'Start now', required: true };
    offered = [{ name: 'startNow', label: 'Start now', target, asks }];
    expect((await cli(['skip', 'E1'])).exitCode).not.toBe(0);
    expect((await cli(['skip', 'E1', '--reason', 'login is broken'])).exitCode).toBe(0);
    expect(asked).toEqual([{ type: 'choice', name: 'startNow', target, answer: 'login is broken' }]);
  });

  it('exits with more than 0 where that is not offered', async () => {
    await fixture.store.create(executionKind, 'E1', buildExecution());
    expect((await cli(['skip', 'E1'])).exitCode).not.toBe(0);
    expect(asked).toEqual([]);
  });
});
