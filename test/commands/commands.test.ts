import { CoxswainError } from '../../src/model/errors';
import { UserMistake } from '../../commands/support/suggest';
import { parseWords } from '../../commands/support/words';
import { startPlan } from '../../commands/support/start-plan';
import { imageOf } from '../../commands/deploy';
import type { Command } from '../../src/model/command';
import { east } from '../dcos/builders';
import { createCrashPoints } from '../support/crash-points';
import { createCommandBench, wordsOf } from '../support/command-kit';
import { west } from '../support/stage-kit';

const planOf = (command: Command) => {
  if (command.plan === undefined) throw new Error(`No plan: ${wordsOf(command.reply)}`);
  return command.plan;
};

async function prodBench(wrap?: Parameters<typeof createCommandBench>[0]) {
  const bench = await createCommandBench(wrap);
  for (const location of [east, west]) {
    bench.serverGroups.seed({ location, name: 'foo-prod-v000', desired: 0, lastSize: 2, image: 'repo/foo:1.0' });
    bench.serverGroups.seed({ location, name: 'foo-prod-v001', desired: 2, image: 'repo/foo:1.1' });
  }
  return bench;
}

describe('parseWords', () => {
  it.each([
    ['deploy foo prod 1.1', ['deploy', 'foo', 'prod', '1.1'], {}],
    ['deploy foo reason="fix login" prod', ['deploy', 'foo', 'prod'], { reason: 'fix login' }],
    ['deploy foo reason=“fix login”', ['deploy', 'foo'], { reason: 'fix login' }],
    ['deploy "foo" --reason "fix it" --yes prod', ['deploy', 'foo', 'prod'], { reason: 'fix it', yes: 'true' }],
    ['deploy foo —yes', ['deploy', 'foo'], { yes: 'true' }],
    ['resize  foo\tprod 3', ['resize', 'foo', 'prod', '3'], {}],
    ['deploy --reason=', ['deploy'], { reason: '' }],
    ['deploy size_2=3 --Mode-x=a _b="c d" --Deep e', ['deploy'], { size_2: '3', 'Mode-x': 'a', _b: 'c d', Deep: 'e' }],
    ['', [], {}],
  ])('reads %s', (text, words, options) => {
    const read = parseWords(text);
    expect([read.words, Object.fromEntries(read.options)]).toEqual([words, options]);
  });
});

describe('imageOf', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  it.each([
    ['1.9.0', 'repo/foo:1.9.0'],
    [digest, `repo/foo@${digest}`],
    ['repo/foo:2', 'repo/foo:2'],
    [`repo/foo@${digest}`, `repo/foo@${digest}`],
    [`repo/foo:2@${digest}`, `repo/foo:2@${digest}`],
    [`2@${digest}`, `repo/foo:2@${digest}`],
  ])('reads %s', (version, image) => expect(imageOf('repo/foo', version)).toBe(image));
  it.each([
    'other/foo:2',
    '-x',
    'a b',
    'sha256:12',
    'repo/foo:',
    'repo/foo:a b',
    'repo/foo:1-${execution.id}',
    'repo/foo@1',
    `repo/foo:${digest}`,
    `repo/foo@${digest}0`,
    `2@${digest}@${digest}`,
    '2@',
  ])('refuses %s', (version) => expect(() => imageOf('repo/foo', version)).toThrow(UserMistake));
});

describe('what is mistyped', () => {
  it.each([
    ['deplyo foo dev 1', 'deploy foo dev 1'],
    ['deploy fooo dev 1', 'deploy foo dev 1'],
    ['deploy foo prd 1', 'deploy foo prod 1'],
    ['deploy foo prod/wst 1', 'deploy foo prod/west 1'],
  ])('%s is offered as %s', async (text, meant) => {
    const { reply } = await (await createCommandBench()).say(text);
    expect(reply?.choices?.[0]?.target).toEqual({ kind: 'run', text: meant });
  });

  it.each([
    ['deploy foo', 'Say which application and environment'],
    ['deploy foo dev 1 reson=x', 'Did you mean reason?'],
    ['resize foo dev many', 'is not a size'],
    ['resize foo dev 3', 'Deploy first'],
    ['rollback foo dev', 'nothing to roll back to'],
    ['status foo bar', 'status takes one application'],
  ])('%s is answered', async (text, said) => {
    const bench = await createCommandBench();
    expect(wordsOf((await bench.say(text)).reply)).toContain(said);
    expect(await bench.executions()).toEqual([]);
  });
});

describe('status and help', () => {
  it('shows what serves, what is kept and what is blind', async () => {
    const bench = await prodBench();
    const said = wordsOf((await bench.say('status foo')).reply);
    expect(said).toContain('nonprod/west v001 1.1 2/2 healthy');
    expect(said).toContain('v000 1.0 disabled');
    expect(said).toContain('nonprod/east nothing runs');
    bench.serverGroups.fail('look', 'UNREACHABLE');
    expect(wordsOf((await bench.say('status foo')).reply)).toContain('I cannot see nonprod/east now');
    expect(wordsOf((await bench.say('status')).reply)).toContain('foo prod 1.1');
  });

  it('says once why several places cannot be seen, where it is the same', async () => {
    const bench = await prodBench();
    const away = new CoxswainError('UNREACHABLE', { message: 'np1 is away.' });
    bench.serverGroups.look = () => Promise.reject(away);
    const said = wordsOf((await bench.say('status foo')).reply);
    expect(said.match(/I cannot see nonprod/g)?.length).toBeGreaterThan(1);
    expect(said.match(/np1 is away\./g)).toHaveLength(1);
  });

  it('says what can be typed', async () => {
    const bench = await createCommandBench();
    expect(wordsOf((await bench.say('')).reply)).toContain('/deploy APPLICATION ENVIRONMENT');
    expect(wordsOf((await bench.say('help resize')).reply)).toContain('/resize foo prod 5');
  });
});

describe('plans', () => {
  it('starts at once where nobody needs to confirm', async () => {
    const bench = await createCommandBench();
    const command = await bench.say('deploy foo dev 1.0', 'UEVE');
    expect(wordsOf(command.reply)).toContain('is on its way');
    expect((await bench.drive(command.executionId ?? '')).status).toBe('SUCCEEDED');
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×2']);
  });

  it('shows the reason that was given, and keeps it apart from the parameters of the pipeline', async () => {
    const bench = await createCommandBench();
    const { executionId = '' } = await bench.say('deploy foo dev 1.1 reason="fix login"');
    const [execution] = await bench.executions();
    expect(execution?.trigger).toMatchObject({ reason: 'fix login', parameters: {} });
    await bench.drive(executionId);
    expect(wordsOf(await bench.live(executionId))).toContain('Reason: fix login');
  });

  it('keeps its hash over time and health, and changes it with size, version and definition', async () => {
    const bench = await prodBench();
    const { hash } = planOf(await bench.say('deploy foo prod 2.0'));
    await bench.clock.advance(60_000);
    expect(planOf(await bench.say('deploy foo prod 2.0')).hash).toBe(hash);
    expect(planOf(await bench.say('deploy foo prod 2.1')).hash).not.toBe(hash);
    expect(planOf(await bench.say('deploy foo prod/east 2.0')).hash).not.toBe(hash);
    await bench.serverGroups.resize(west, 'foo-prod-v001', 3, { force: false });
    expect(planOf(await bench.say('deploy foo prod 2.0')).hash).not.toBe(hash);
  });

  it('is confirmed once, however often the button is pressed', async () => {
    const bench = await prodBench();
    const planned = await bench.say('deploy foo prod 2.0');
    expect(await bench.executions()).toEqual([]);
    expect(wordsOf((await bench.press(planned, 'confirm')).reply)).toContain('is on its way');
    expect(wordsOf((await bench.press(planned, 'confirm')).reply)).toContain('confirmed already');
    expect(wordsOf((await bench.press(planned, 'dismiss')).reply)).toContain('Too late');
    expect(await bench.executions()).toHaveLength(1);
  });

  it('is confirmed by nobody else, and not after it was dropped', async () => {
    const bench = await prodBench();
    const planned = await bench.say('deploy foo prod 2.0');
    expect(wordsOf((await bench.press(planned, 'confirm', 'UBOB')).reply)).toContain('Only who asked');
    await bench.press(planned, 'dismiss');
    expect(wordsOf((await bench.press(planned, 'confirm')).reply)).toContain('was dropped');
    expect(await bench.executions()).toEqual([]);
  });

  it('is shown afresh when the world moved', async () => {
    const bench = await prodBench();
    const planned = await bench.say('deploy foo prod 2.0');
    await bench.serverGroups.resize(east, 'foo-prod-v001', 5, { force: false });
    const fresh = await bench.press(planned, 'confirm');
    expect(wordsOf(fresh.reply)).toContain('Something moved since the plan was shown');
    expect(wordsOf(fresh.reply)).toContain('foo-prod-v001 1.1 ×5');
    expect(fresh.replaceOriginal).toBe(true);
    expect(await bench.executions()).toEqual([]);
    expect(wordsOf((await bench.press(fresh, 'confirm')).reply)).toContain('is on its way');
  });

  it('leaves a message that everybody sees alone, whoever presses a button on it', async () => {
    const bench = await prodBench();
    const target = { kind: 'run', text: 'deploy foo prod/east 2.0' } as const;
    for (const [user, told] of [
      ['UEVE', 'You may not change foo prod'],
      ['UANN', 'Deploy foo to prod'],
    ] as const) {
      const pressed = await bench.handle(await bench.receive({ type: 'choice', name: 'run', target }, user));
      expect(wordsOf(pressed.reply)).toContain(told);
      expect(pressed.replaceOriginal).toBeUndefined();
      const reply = await bench.reply(pressed.id);
      expect(reply?.target).toEqual({ kind: 'private', user, channel: 'CH1' });
    }
  });

  it('refuses a stranger, privately', async () => {
    const bench = await prodBench();
    for (const text of ['deploy foo prod 2.0', 'resize foo prod 3', 'rollback foo prod']) {
      const refused = await bench.say(text, 'UEVE');
      expect(wordsOf(refused.reply)).toContain('You may not change foo prod: only @crew may.');
      expect((await bench.reply(refused.id))?.target).toMatchObject({ kind: 'private', user: 'UEVE' });
      expect(refused.plan).toBeUndefined();
    }
  });

  it('says behind whom it would wait while another execution works on the cluster', async () => {
    const bench = await prodBench();
    await bench.press(await bench.say('deploy foo prod 2.0'), 'confirm');
    for (const text of ['deploy foo prod 2.1', 'resize foo prod 3'])
      expect(wordsOf((await bench.say(text, 'UBOB')).reply)).toContain('is under way, asked by @UANN');
  });

  it('lets one of two confirmations of a cluster through, and the other wait', async () => {
    const bench = await prodBench();
    const [one, two] = [await bench.say('deploy foo prod 2.0'), await bench.say('deploy foo prod 2.1', 'UBOB')];
    await Promise.all([bench.press(one, 'confirm'), bench.press(two, 'confirm', 'UBOB')]);
    expect((await bench.executions()).filter(({ admission }) => admission !== undefined)).toHaveLength(1);
  });

  it('takes no cluster from an execution that is about to be created', async () => {
    const bench = await prodBench();
    const { draft } = planOf(await bench.say('deploy foo prod 2.0'));
    const command = await bench.command('C0001');
    await Promise.all(
      ['A', 'B', 'C'].map((id) => startPlan(bench.world, { id, draft }, { ...command, id: `by-${id}` })),
    );
    const waiting = (await bench.executions()).filter(({ admission }) => admission !== undefined);
    expect([waiting.length, (await bench.executions()).length]).toEqual([2, 3]);
  });

  it('tells who needs no confirmation that another was first, and waits', async () => {
    const bench = await createCommandBench();
    const ids = [
      await bench.receive({ type: 'text', text: 'deploy foo dev 1' }),
      await bench.receive({ type: 'text', text: 'deploy foo dev 2' }),
    ];
    const answers = await Promise.all(ids.map((id) => bench.handle(id)));
    const said = answers.map((answer) => wordsOf(answer.reply));
    expect(said.filter((words) => words.includes('is on its way'))).toHaveLength(1);
    expect(said.filter((words) => /waits for its turn\.\n.* is under way/.test(words))).toHaveLength(1);
    expect(await bench.executions()).toHaveLength(2);
  });
});

describe('resize', () => {
  it('sets the size of what serves in each region', async () => {
    const bench = await prodBench();
    const started = await bench.press(await bench.say('resize foo prod 3'), 'confirm');
    expect((await bench.drive(started.executionId ?? '')).status).toBe('SUCCEEDED');
    expect(bench.serverGroups.sizes(west)).toEqual(['foo-prod-v000 ×0', 'foo-prod-v001 ×3']);
  });

  it('asks the traffic guard before it plans size 0', async () => {
    const bench = await prodBench();
    const refused = await bench.say('resize foo prod 0');
    expect(wordsOf(refused.reply)).toContain('with 0 of 2 healthy instances');
    expect(refused.plan).toBeUndefined();
  });
});

describe('rollback', () => {
  async function rollBack(bench: Awaited<ReturnType<typeof prodBench>>, text = 'rollback foo prod') {
    const planned = await bench.say(text);
    const started = await bench.press(planned, 'confirm');
    return { planned, done: await bench.drive(started.executionId ?? '') };
  }

  it('brings the earlier version back, then disables the present one', async () => {
    const bench = await prodBench();
    const { planned, done } = await rollBack(bench);
    expect(wordsOf(planned.reply)).toContain('Roll back foo prod: 1.1 → 1.0 (v000)');
    expect(done.status).toBe('SUCCEEDED');
    for (const location of [east, west])
      expect(bench.serverGroups.sizes(location)).toEqual(['foo-prod-v000 ×2', 'foo-prod-v001 ×0']);
  });

  it('never goes to a version that was rolled back from, not even by name', async () => {
    const bench = await prodBench();
    await rollBack(bench);
    await bench.drive((await bench.press(await bench.say('deploy foo prod 1.2'), 'confirm')).executionId ?? '');
    expect(wordsOf((await bench.say('rollback foo prod')).reply)).toContain('1.2 → 1.0 (v000)');
    for (const location of [east, west])
      bench.serverGroups.seed({ location, name: 'foo-prod-v001', desired: 0, createdTime: 9, image: 'repo/foo:1.1' });
    expect(wordsOf((await bench.say('rollback foo prod')).reply)).toContain('1.2 → 1.0 (v000)');
    expect(wordsOf((await bench.say('rollback foo prod 1.1')).reply)).toContain('a rollback never goes there');
    expect(wordsOf((await bench.say('rollback foo prod v001')).reply)).toContain('a rollback never goes there');
    expect(wordsOf((await bench.say('rollback foo prod v9')).reply)).toContain("it has no 'v9'");
  });

  it('cancels a running deployment and restores what served before it', async () => {
    const bench = await prodBench();
    const deploying = await bench.press(await bench.say('deploy foo prod sick'), 'confirm');
    await bench.drive(deploying.executionId ?? '', 20_000);
    const { planned, done } = await rollBack(bench);
    expect(wordsOf(planned.reply)).toContain("Cancels 'Deploy foo sick to prod' first:");
    expect(done.status).toBe('SUCCEEDED');
    const executions = await bench.executions();
    expect(executions.find(({ id }) => id === deploying.executionId)?.status).toBe('CANCELED');
    expect(bench.serverGroups.sizes(east)).toEqual(['foo-prod-v000 ×0', 'foo-prod-v001 ×2', 'foo-prod-v002 ×0']);
  });

  it('says so when the running deployment has replaced nothing yet', async () => {
    const bench = await prodBench();
    await bench.press(await bench.say('deploy foo prod 2.0'), 'confirm');
    expect(wordsOf((await bench.say('rollback foo prod')).reply)).toContain('has not replaced anything yet');
  });

  it('changes nothing when the group it was planned for is gone', async () => {
    const bench = await prodBench();
    const started = await bench.press(await bench.say('rollback foo prod/east'), 'confirm');
    bench.serverGroups.remove(east, 'foo-prod-v000');
    bench.serverGroups.seed({ location: east, name: 'foo-prod-v005', desired: 0, lastSize: 2 });
    const done = await bench.drive(started.executionId ?? '');
    expect([done.status, bench.serverGroups.effects]).toEqual(['TERMINAL', []]);
  });
});

describe('retrying', () => {
  it('of a rollback says how to roll back, while the chat does not say who is who, to those who may', async () => {
    const bench = await prodBench();
    const { executionId = '' } = await bench.press(await bench.say('rollback foo prod'), 'confirm');
    for (const location of [east, west]) {
      bench.serverGroups.remove(location, 'foo-prod-v000');
      bench.serverGroups.seed({ location, name: 'foo-prod-v005', desired: 0, lastSize: 2 });
    }
    expect((await bench.drive(executionId)).status).toBe('TERMINAL');
    const { people } = bench.world;
    const silent: typeof people = async (users) => ({ ...(await people(users)), isStale: true });
    Object.assign(bench.world, { people: silent });
    const retry = async (user: string) =>
      wordsOf((await bench.choose(executionId, 'retryStage', { stageId: '1', user })).reply);
    expect(await retry('UANN')).toMatch(/ Canceling and rolling back go on\. Type \/rollback foo prod again\.$/);
    expect(await retry('UEVE')).toMatch(/ Canceling and rolling back go on\.$/);
    expect((await bench.press(await bench.say('rollback foo prod'), 'confirm')).executionId).toBeDefined();
  });

  it('is refused once something newer happened in the cluster', async () => {
    const bench = await prodBench();
    bench.serverGroups.fail('create', 'REQUEST_REFUSED');
    const failed = (await bench.press(await bench.say('deploy foo prod 2.0'), 'confirm')).executionId ?? '';
    expect((await bench.drive(failed)).status).toBe('TERMINAL');
    const other = (await bench.press(await bench.say('deploy foo prod 2.1'), 'confirm')).executionId ?? '';
    expect(wordsOf((await bench.choose(failed, 'retryStage', { stageId: '1' })).reply)).toContain('newer');
    await bench.drive(other);
    expect(wordsOf((await bench.choose(failed, 'retryStage', { stageId: '1' })).reply)).toContain('newer');
  });
});

describe('a crash between the commits of a command', () => {
  it.each(Array.from({ length: 20 }, (_, index) => index + 1))(
    'at point %i leaves one execution and one answer',
    async (at) => {
      const crashes = createCrashPoints(new Set([at]));
      const bench = await prodBench(crashes.wrap);
      const again = (id: string) =>
        bench.handle(id).catch(() => {
          crashes.boot();
          return bench.handle(id);
        });
      const planned = await again(await bench.receive({ type: 'text', text: 'deploy foo prod 2.0' }));
      const target = { kind: 'command', id: planned.id } as const;
      const answer = await again(await bench.receive({ type: 'choice', name: 'confirm', target }));
      expect(wordsOf(answer.reply)).toContain('is on its way');
      expect((await bench.executions()).map(({ id }) => id)).toEqual([answer.executionId]);
      expect((await bench.drive(answer.executionId ?? '')).status).toBe('SUCCEEDED');
      expect((await bench.reply(answer.id))?.view).toEqual(answer.reply);
    },
  );
});
