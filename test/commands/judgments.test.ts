import { executionKind } from '../../src/engine/document-kinds';
import { wordsOf } from '../support/command-kit';
import { windowOf } from '../support/draw-window';
import { ask } from '../support/handled-choices';
import { createJudgmentBench, keepIt, type JudgmentBench } from '../support/judgment-kit';

const minuteMs = 60_000;
const two = { approvers: { count: 2 } } as const;
const both = 'approve,reject';

/** What a click was answered; what counted is said nowhere but on the messages. */
const said = async (command: ReturnType<JudgmentBench['decide']>) => {
  const { reply, quiet } = await command;
  return quiet === true ? '' : wordsOf(reply);
};

describe('a judgment that several must approve', () => {
  it('waits for so many, tells how many there are, and names them all', async () => {
    const bench = await createJudgmentBench(two);
    const id = await bench.started();
    const asked = async () => wordsOf((await bench.messages('Deploy foo 1.1 to prod: Keep it?'))[0]?.view);
    expect(await asked()).toContain('Approvals: 0 of 2 approved');
    expect(await said(bench.decide(id, 'UBOB', 'approve', 'looks good'))).toBe('');
    expect((await bench.drive(id, minuteMs)).status).toBe('RUNNING');
    expect(await asked()).toContain('Approvals: 1 of 2 approved: @UBOB');
    expect(await asked()).toContain('@UBOB: looks good');
    expect(await bench.buttons(id)).toMatchObject({ channel: both, live: both });
    expect(await said(bench.decide(id, 'UCID'))).toBe('');
    expect((await bench.drive(id)).status).toBe('SUCCEEDED');
    expect(await asked()).toContain('Keep it? was approved by @UBOB, @UCID');
    expect((await bench.stage(id)).context).toMatchObject({ judgedBy: 'UCID', judgmentStatus: 'continue' });
  });

  it.each([
    ['the same account', 'UBOB'],
    ['a second account of the same human', 'UBOB2'],
  ])('counts a human once: %s', async (_which, user) => {
    const managers = ['UBOB', 'UBOB2', 'UCID'];
    const emails = { UBOB: 'bob@example.com', UBOB2: 'Bob+admin@example.com' };
    const bench = await createJudgmentBench({ ...two, managers, emails });
    const id = await bench.started();
    await bench.decide(id, 'UBOB');
    await bench.clock.advance(30_000);
    expect(await said(bench.decide(id, user))).toBe(
      'You have approved already, 30 s ago, and count once. 1 of 2 approved: @UBOB.',
    );
    expect((await bench.drive(id, minuteMs)).status).toBe('RUNNING');
    expect((await bench.stage(id)).context.judgmentApprovals).toHaveLength(1);
  });

  it('is for one answer: who approves with another is told which it is', async () => {
    const stages = keepIt({ judgmentInputs: [{ value: 'keep' }, { value: 'watch' }] });
    const bench = await createJudgmentBench({ ...two, stages });
    const id = await bench.started();
    await bench.decide(id, 'UBOB', 'approve', 'watch');
    expect(await said(bench.decide(id, 'UCID', 'approve', 'keep'))).toBe(
      "@UBOB has approved with 'watch'. Approve with that too, or reject.",
    );
    expect((await bench.drive(id, minuteMs)).status).toBe('RUNNING');
    expect(await said(bench.decide(id, 'UCID', 'approve', 'watch'))).toBe('');
    expect((await bench.drive(id)).status).toBe('SUCCEEDED');
    expect((await bench.stage(id)).outputs).toMatchObject({ judgmentInput: 'watch' });
  });

  it('is ended by one rejection, of who has approved before too', async () => {
    for (const user of ['UCID', 'UBOB']) {
      const bench = await createJudgmentBench(two);
      const id = await bench.started();
      await bench.decide(id, 'UBOB');
      expect(await said(bench.decide(id, user, 'reject', 'too slow'))).toBe('');
      expect((await bench.drive(id)).status).toBe('TERMINAL');
      expect(await bench.buttons(id)).toEqual({ channel: '', live: '' });
      const [question] = await bench.messages('Deploy foo 1.1 to prod: Keep it?');
      expect(wordsOf(question?.view)).toContain(`Keep it? was rejected by @${user}`);
      expect(wordsOf(question?.view)).toContain('Reason: too slow');
    }
  });

  it('asks all of them again when it is restarted', async () => {
    const bench = await createJudgmentBench({ ...two, stages: keepIt({ stageTimeoutMs: 10 * minuteMs }) });
    const id = await bench.started();
    await bench.decide(id, 'UBOB');
    expect((await bench.drive(id)).status).toBe('TERMINAL');
    expect(await said(bench.choose(id, 'retryStage', { stageId: '1' }))).toBe('');
    await bench.drive(id, 1000);
    expect(await said(bench.decide(id, 'UCID'))).toBe('');
    expect((await bench.drive(id, minuteMs)).status).toBe('RUNNING');
    expect((await bench.stage(id)).context.judgmentApprovals).toHaveLength(1);
    await bench.decide(id, 'UBOB');
    expect((await bench.drive(id)).status).toBe('SUCCEEDED');
  });

  it('stands once it was rejected', async () => {
    const bench = await createJudgmentBench(two);
    const id = await bench.started();
    await bench.decide(id, 'UCID', 'reject', 'no');
    await bench.drive(id);
    expect(await said(bench.choose(id, 'retryStage', { stageId: '1' }))).toContain('that decision stands');
  });

  it('counts no approval that comes after its end', async () => {
    const bench = await createJudgmentBench(two);
    const id = await bench.started();
    await bench.decide(id, 'UBOB');
    await bench.decide(id, 'UCID');
    await bench.clock.advance(5000);
    expect(await said(bench.decide(id, 'UDEE'))).toBe('Already approved by @UCID 5 s ago.');
    await bench.drive(id);
    expect(await said(bench.decide(id, 'UDEE'))).toContain('Already approved by @UCID');
  });
});

describe('two who decide at the same instant', () => {
  it.each([
    ['approve', 'reject'],
    ['reject', 'approve'],
    ['approve', 'approve'],
  ] as const)('%s and %s: the first wins, the other is told who and when', async (first, second) => {
    const bench = await createJudgmentBench();
    const id = await bench.started();
    const click = (user: string, name: 'approve' | 'reject') =>
      said(bench.decide(id, user, name, name === 'reject' ? 'no' : undefined));
    const answers = await Promise.all([click('UBOB', first), click('UCID', second)]);
    const [winner] = ['UBOB', 'UCID'].filter((_user, index) => answers[index] === '');
    expect(answers.filter((answer) => answer === '')).toHaveLength(1);
    const verb = winner === 'UBOB' ? first : second;
    expect(answers.join('')).toBe(
      `Already ${verb === 'approve' ? 'approved' : 'rejected'} by @${winner ?? ''} 0 s ago.`,
    );
    expect((await bench.drive(id)).status).toBe(verb === 'approve' ? 'SUCCEEDED' : 'TERMINAL');
    expect((await bench.stage(id)).context.judgedBy).toBe(winner);
  });
});

describe('copies of a judgment', () => {
  const subscribed = { subscribers: ['UBOB', 'UCID', 'UANN', 'UEVE'] } as const;

  it('go to those who asked for them and may decide, with its buttons, and to nobody else', async () => {
    const bench = await createJudgmentBench(subscribed);
    const id = await bench.started();
    expect(await bench.buttons(id)).toEqual({ channel: both, live: both, UBOB: both, UCID: both });
  });

  it('go to nobody where anyone may decide', async () => {
    const bench = await createJudgmentBench({ ...subscribed, approvers: { groups: [], anyone: true } });
    expect(await bench.buttons(await bench.started())).toEqual({ channel: both, live: both });
  });

  it.each([
    ['approve', undefined, 'SUCCEEDED', 'was approved by @UBOB'],
    ['reject', 'too slow', 'TERMINAL', 'was rejected by @UBOB'],
  ] as const)(
    'lose their buttons with the first decision, wherever it is made: %s',
    async (name, answer, status, word) => {
      const bench = await createJudgmentBench(subscribed);
      const id = await bench.started();
      const copy = (await bench.messages()).find(({ target }) => target.kind === 'direct' && target.user === 'UBOB');
      const asked = (await bench.messages()).find((message) => message.id.endsWith('/question'));
      const targets = [copy, asked].map(
        (message) => message?.view.choices?.find((choice) => choice.name === name)?.target,
      );
      expect(targets[0]).toEqual({ kind: 'execution', id, stageId: '1' });
      expect(targets[1]).toEqual(targets[0]);
      await bench.decide(id, 'UBOB', name, answer);
      expect((await bench.drive(id)).status).toBe(status);
      expect(await bench.buttons(id)).toEqual({ channel: '', live: '', UBOB: '', UCID: '' });
      const copies = (await bench.messages()).filter(({ copyOf }) => copyOf !== undefined);
      expect(copies.map(({ view }) => wordsOf(view).includes(word))).toEqual([true, true]);
    },
  );

  it('tell of each approval, and keep their buttons until the last', async () => {
    const bench = await createJudgmentBench({ ...subscribed, ...two });
    const id = await bench.started();
    await bench.decide(id, 'UBOB');
    await bench.drive(id, 1000);
    const copies = (await bench.messages()).filter(({ copyOf }) => copyOf !== undefined);
    expect(copies.map(({ view }) => wordsOf(view).includes('1 of 2 approved: @UBOB'))).toEqual([true, true]);
    expect(await bench.buttons(id)).toEqual({ channel: both, live: both, UBOB: both, UCID: both });
  });

  it('lose their buttons when its time is over, and say that Restart asks again', async () => {
    const bench = await createJudgmentBench({ ...subscribed, stages: keepIt({ stageTimeoutMs: 10 * minuteMs }) });
    const id = await bench.started();
    const done = await bench.drive(id);
    expect([done.status, done.stages[0]?.failure?.code]).toEqual(['TERMINAL', 'TASK_TIMEOUT']);
    const buttons = await bench.buttons(id);
    expect(buttons).toMatchObject({ channel: '', live: '', UBOB: '', UCID: '', UDEE: '' });
    const copies = (await bench.messages()).filter(({ copyOf }) => copyOf !== undefined);
    expect(copies.every(({ view }) => wordsOf(view).includes('failed: nobody decided in time'))).toBe(true);
    const names = (await bench.live(id))?.choices?.map(({ name }) => name);
    expect(names).toContain('retryStage');
    expect(await said(bench.decide(id, 'UBOB'))).toBe("Too late: the judgment 'Keep it?' is over (terminal).");
  });

  it('are sent anew when it is asked again', async () => {
    const bench = await createJudgmentBench({ ...subscribed, stages: keepIt({ stageTimeoutMs: 10 * minuteMs }) });
    const id = await bench.started();
    await bench.drive(id);
    const before = (await bench.messages()).filter(({ copyOf }) => copyOf !== undefined).map((message) => message.id);
    await bench.choose(id, 'retryStage', { stageId: '1' });
    await bench.drive(id, 1000);
    const after = (await bench.messages()).filter(({ copyOf }) => copyOf !== undefined);
    const fresh = after.filter((message) => !before.includes(message.id));
    expect(fresh.map(({ target }) => (target.kind === 'direct' ? target.user : ''))).toEqual(['UBOB', 'UCID']);
    await bench.decide(id, 'UBOB');
    expect((await bench.drive(id)).status).toBe('SUCCEEDED');
    expect(await bench.buttons(id)).toMatchObject({ channel: '', live: '', UBOB: '', UCID: '' });
  });

  it('lose their buttons when the execution is canceled', async () => {
    const bench = await createJudgmentBench(subscribed);
    const id = await bench.started();
    await bench.choose(id, 'cancelExecution');
    expect((await bench.drive(id)).status).toBe('CANCELED');
    expect(await bench.buttons(id)).toEqual({ channel: '', live: '', UBOB: '', UCID: '' });
  });
});

describe('the roles of a judgment', () => {
  const roles = (context: object, more: object = {}) => ({
    stages: keepIt(context),
    managers: ['UBOB', 'UCID'],
    groups: { oncall: ['UCID', 'UEVE'], lead: ['UBOB'] },
    ...more,
  });

  it.each([
    ['an approver with the role', { selectedStageRoles: ['oncall'] }, 'UCID', ''],
    ['a role as it is written', { selectedStageRoles: [' @OnCall '] }, 'UCID', ''],
    ['an approver without it', { selectedStageRoles: ['oncall'] }, 'UBOB', 'only @oncall may'],
    ['the role without being an approver', { selectedStageRoles: ['oncall'] }, 'UEVE', 'only @managers may'],
    ['one of several', { selectedStageRoles: ['nobody', 'UBOB'] }, 'UBOB', ''],
    ['the older name wins', { selectedStageRoles: ['oncall'], requiredJudgmentRoles: ['lead'] }, 'UBOB', ''],
    [
      'the older name wins',
      { selectedStageRoles: ['oncall'], requiredJudgmentRoles: ['lead'] },
      'UCID',
      'only @lead may',
    ],
    ['an empty older name does not', { selectedStageRoles: ['oncall'], requiredJudgmentRoles: [] }, 'UCID', ''],
    ['a role that nobody knows', { selectedStageRoles: ['ghosts'] }, 'UCID', 'I cannot see who is in @ghosts'],
    ['none', { selectedStageRoles: [] }, 'UBOB', ''],
  ])('count beside the approvers: %s', async (_which, context, user, refusal) => {
    const bench = await createJudgmentBench(roles(context));
    const id = await bench.started();
    const answer = await said(bench.decide(id, user));
    if (refusal === '') expect(answer).toBe('');
    else expect(answer).toContain(refusal);
    expect((await bench.drive(id, minuteMs)).status).toBe(refusal === '' ? 'SUCCEEDED' : 'RUNNING');
  });

  it('that are no list fail it, and let nobody decide', async () => {
    const bench = await createJudgmentBench(roles({ selectedStageRoles: { oncall: true } }));
    const id = await bench.started();
    expect((await bench.stage(id)).status).toBe('TERMINAL');
    expect(await said(bench.decide(id, 'UCID'))).toContain('You cannot decide here');
  });

  it('count for a rejection too, and alone where the file names no approvers', async () => {
    const bench = await createJudgmentBench(
      roles({ selectedStageRoles: ['oncall'] }, { approvers: { groups: [], anyone: true } }),
    );
    const id = await bench.started();
    expect(await said(bench.decide(id, 'UBOB', 'reject', 'no'))).toContain('only @oncall may');
    expect(await said(bench.decide(id, 'UEVE', 'reject', 'no'))).toBe('');
    expect((await bench.drive(id)).status).toBe('TERMINAL');
  });

  it('narrow who has a copy', async () => {
    const more = { subscribers: ['UBOB', 'UCID', 'UEVE'] };
    const bench = await createJudgmentBench(roles({ selectedStageRoles: ['oncall'] }, more));
    expect(await bench.buttons(await bench.started())).toEqual({ channel: both, live: both, UCID: both });
  });
});

describe('asking those who may decide', () => {
  it.each([
    ['approvers', {}, '@managers'],
    ['roles where anyone may decide', { approvers: { groups: [], anyone: true } }, '@oncall'],
  ])('tells them in the thread, once for each refusal: %s', async (_which, over, names) => {
    const bench = await createJudgmentBench({
      stages: keepIt({ selectedStageRoles: ['oncall'] }),
      groups: { oncall: ['UCID'] },
      ...over,
    });
    const id = await bench.started();
    for (const user of ['UEVE', 'UFAY']) {
      const refused = await bench.decide(id, user);
      const [choice] = refused.reply?.choices ?? [];
      expect(choice?.name).toBe('ask');
      if (choice === undefined) return;
      for (const more of ['', ' already']) {
        const asked = await ask(bench, { type: 'choice', name: 'ask', target: choice.target }, user);
        expect(wordsOf(asked.reply)).toBe(`Asked ${names}${more}.`);
      }
    }
    const pleas = await bench.messages(`${names}: @U`);
    expect(pleas.map(({ view }) => wordsOf(view)).sort()).toEqual(
      ['UEVE', 'UFAY'].map((user) => `${names}: @${user} asks for a decision on 'Keep it?' of Deploy foo 1.1 to prod.`),
    );
    expect(pleas.map(({ target }) => target)).toEqual(
      [1, 2].map(() => ({ kind: 'thread', parentId: `${id}/live`, broadcast: false })),
    );
  });

  it('is for who was refused alone', async () => {
    const bench = await createJudgmentBench();
    const id = await bench.started();
    const [choice] = (await bench.decide(id, 'UEVE')).reply?.choices ?? [];
    if (choice === undefined) throw new Error('There is no such button.');
    const other = await ask(bench, { type: 'choice', name: 'ask', target: choice.target }, 'UFAY');
    expect(wordsOf(other.reply)).toContain('There is nothing to ask for');
    expect(await bench.messages('@managers: @U')).toEqual([]);
  });
});

describe('a judgment that leaves out who made the change', () => {
  const unknown = 'whoever made the change may not';
  const withoutAuthors = { approvers: { excludeAuthor: true } } as const;

  it('is decided by nobody where that is not known, and says so in the plan, in the question and when clicked', async () => {
    const bench = await createJudgmentBench(withoutAuthors);
    const planned = await bench.say('deploy foo prod 1.1');
    expect(wordsOf(planned.reply)).toContain(`Who judges: nobody: ${unknown}`);
    const { executionId: id = '' } = await bench.press(planned, 'confirm');
    await bench.drive(id, 1000);
    const [question] = await bench.messages('Deploy foo 1.1 to prod: Keep it?');
    expect(wordsOf(question?.view)).toContain(`Who decides: Nobody: ${unknown}`);
    for (const name of ['approve', 'reject'] as const)
      expect(await said(bench.decide(id, 'UBOB', name, name === 'reject' ? 'no' : undefined))).toContain(unknown);
    expect((await bench.drive(id, minuteMs)).status).toBe('RUNNING');
  });

  it.each([
    ['by account', ['UBOB'], 'UBOB', 'You cannot decide on your own change.'],
    ['by address', ['Bob+git@example.com'], 'UBOB', 'You cannot decide on your own change.'],
    ['as somebody else', ['UEVE', 'eve@example.com'], 'UBOB', ''],
    ['as nobody', [], 'UBOB', ''],
  ])('is decided by others where it is known: %s', async (_which, authors, user, refusal) => {
    const bench = await createJudgmentBench({ ...withoutAuthors, emails: { UBOB: 'bob@example.com' } });
    const id = await bench.started();
    await bench.store.update(executionKind, id, (execution) => ({
      ...execution,
      definition: { ...execution.definition, authors },
    }));
    const answer = await said(bench.decide(id, user));
    if (refusal === '') expect(answer).toBe('');
    else expect(answer).toContain(refusal);
    expect((await bench.drive(id, minuteMs)).status).toBe(refusal === '' ? 'SUCCEEDED' : 'RUNNING');
  });
});

describe('a click that fits no open judgment', () => {
  it('counts nothing where an answer comes with it and none is asked for', async () => {
    const bench = await createJudgmentBench();
    const id = await bench.started();
    expect(await said(bench.decide(id, 'UBOB', 'approve', 'keep'))).toBe(
      "'Keep it?' asks for no answer. Approve it without one.",
    );
    expect((await bench.drive(id, minuteMs)).status).toBe('RUNNING');
  });

  it('counts nothing on a stage of another type', async () => {
    const [first] = keepIt();
    if (first === undefined) throw new Error('There is no judgment.');
    const bench = await createJudgmentBench({ stages: [{ ...first, type: 'wait', context: { waitTime: 3600 } }] });
    const id = await bench.started();
    expect(await said(bench.decide(id, 'UBOB'))).toBe('This judgment no longer exists.');
    expect((await bench.stage(id)).context).not.toHaveProperty('judgmentStatus');
  });

  it('counts nothing before its window opens, and nobody is asked until then', async () => {
    const [first] = keepIt();
    if (first === undefined) throw new Error('There is no judgment.');
    // It is Thursday, midnight.
    const window = windowOf("{ days: Mon-Fri, hours: '09:00-16:00' }", 'UTC');
    const bench = await createJudgmentBench({
      stages: [{ ...first, windows: [{ of: 'the stage', window }] }],
      subscribers: ['UBOB'],
    });
    const id = await bench.started();
    expect(await bench.buttons(id)).toEqual({ live: '' });
    expect(await said(bench.decide(id, 'UBOB'))).toBe("'Keep it?' waits for its window and asks nothing yet.");
    expect((await bench.stage(id)).context).not.toHaveProperty('judgmentStatus');
    await bench.drive(id, 10 * 60 * minuteMs);
    expect(await bench.buttons(id)).toEqual({ channel: both, live: both, UBOB: both });
    expect(await said(bench.decide(id, 'UBOB'))).toBe('');
    expect((await bench.drive(id)).status).toBe('SUCCEEDED');
  });
});
