import { executionRenderer, executorKinds } from '../../src/app';
import {
  executionKind,
  messageKind,
  peopleKind,
  personId,
  personKind,
  reviewKind,
} from '../../src/engine/document-kinds';
import type { Environment } from '../../src/model/application';
import type { Execution } from '../../src/model/execution';
import { east } from '../dcos/builders';
import { createCommandBench, wordsOf } from '../support/command-kit';
import { windowOf } from '../support/draw-window';
import { ask, entriesOf } from '../support/handled-choices';
import { west } from '../support/stage-kit';

const hourMs = 3_600_000;
const judged: Environment['pipeline']['stages'] = [
  {
    refId: '1',
    requisiteStageRefIds: [],
    type: 'manualJudgment',
    name: 'Go?',
    context: {},
  },
];
const withAnswers = judged.map((stage) => ({ ...stage, context: { judgmentInputs: ['a', 'b'] } }));

/** foo prod: UANN and UBOB may deploy, UBOB may approve, UANN alone is on call; one group of four serves in each region. */
async function createBench(over: Partial<Environment> = {}, stages?: Environment['pipeline']['stages']) {
  const bench = await createCommandBench(undefined, stages);
  const environments = bench.world.definitions().applications.get('foo')?.environments as Map<string, Environment>;
  const prod = environments.get('prod');
  if (prod === undefined) throw new Error('There is no prod.');
  const policy = { ...prod.policy, breakGlass: { groups: ['oncall'], reviewWithinMs: 24 * hourMs } };
  environments.set('prod', { ...prod, policy, ...over });
  await bench.store.update(peopleKind, 'T1', (people) => ({
    ...people,
    groups: { ...people.groups, oncall: ['UANN'] },
  }));
  for (const location of [east, west]) bench.serverGroups.seed({ location, name: 'foo-prod-v001', desired: 4 });
  const stored = async (id: string): Promise<Execution> => {
    const found = await bench.store.get(executionKind, id);
    if (found === undefined) throw new Error('It is gone.');
    return found.document;
  };
  const glass = async (id: string) =>
    executionRenderer.live(await stored(id)).choices?.find(({ name }) => name === 'breakGlass')?.target;
  const breakIt = async (id: string, answer = 'login is down', user = 'UANN', picked?: string) => {
    const target = await glass(id);
    if (target === undefined) throw new Error('There is no such button.');
    const more = picked === undefined ? {} : { picked };
    return ask(bench, { type: 'choice', name: 'breakGlass', target, answer, ...more }, user);
  };
  return { ...bench, stored, glass, breakIt };
}

type Bench = Awaited<ReturnType<typeof createBench>>;

async function started(bench: Bench, text: string, maxMs = 60_000): Promise<string> {
  const planned = await ask(bench, { type: 'text', text });
  const target = { kind: 'command', id: planned.id, hash: planned.plan?.hash ?? '' } as const;
  const id = (await ask(bench, { type: 'choice', name: 'confirm', target })).executionId ?? '';
  await bench.drive(id, maxMs);
  return id;
}

const office = { window: windowOf("{ days: Mon-Fri, hours: '09:00-16:00' }", 'UTC') };
const held = {
  'the traffic guard': () => createBench(),
  'the window': () => createBench(office),
  'the judgment': () => createBench({}, judged),
} as const;
const textOf = (what: string) =>
  what === 'the traffic guard' ? 'disable foo prod/east v001 anyway=yes' : 'deploy foo prod 2.0';

const told = async ({ store }: Bench) =>
  (await store.list(messageKind)).map(({ document: { view, target } }) => ({
    text: wordsOf(view),
    isLoud: target.kind === 'thread' && target.broadcast,
    choices: (view.choices ?? []).map(({ target: of }) => (of.kind === 'run' ? of.text : of.kind)),
  }));

/** Lets the executor handle the reviews that are due. */
async function remind({ store, clock, handlers }: Bench): Promise<number> {
  const claimed = await store.claimDue({
    kinds: [reviewKind],
    owner: 'O',
    now: clock.now(),
    leaseMs: 10_000,
    limit: 9,
  });
  for (const one of claimed) await handlers.review(one, 'O');
  return claimed.length;
}

/** A broken glass, and the review that is due for it. */
async function broken() {
  const bench = await createBench();
  const id = await started(bench, textOf('the traffic guard'));
  await bench.breakIt(id);
  await bench.drive(id);
  const [review] = await bench.store.list(reviewKind);
  if (review === undefined) throw new Error('No review is due.');
  return { bench, id, review: review.document };
}

describe('breaking the glass', () => {
  it.each(Object.keys(held) as (keyof typeof held)[])('sets %s aside, alone and loudly', async (what) => {
    const bench = await held[what]();
    const id = await started(bench, textOf(what));
    expect((await bench.breakIt(id)).quiet).toBe(true);
    expect((await bench.drive(id)).status).toBe('SUCCEEDED');
    const [loud] = (await told(bench)).filter(({ text }) => text.startsWith('@UANN broke the glass'));
    expect(loud).toMatchObject({ isLoud: true });
    expect(loud?.text).toContain('login is down');
    expect(loud?.text).toContain(`Set aside was ${what}`);
    expect((await entriesOf(bench)).filter(({ kind }) => kind === 'override')).toMatchObject([
      { action: 'breakGlass', who: 'UANN', why: 'login is down', executionId: id },
    ]);
    expect(await bench.store.count(reviewKind, { name: 'open', value: 'true' })).toBe(1);
  });

  it('chooses one of the answers of a judgment that has several, which lead to different ends', async () => {
    const bench = await createBench({}, withAnswers);
    const id = await started(bench, textOf('the judgment'));
    const offered = executionRenderer.live(await bench.stored(id)).choices?.find(({ name }) => name === 'breakGlass');
    expect(offered?.asks?.picks).toEqual({ label: 'Which answer?', options: ['a', 'b'] });
    expect(wordsOf((await bench.breakIt(id)).reply)).toContain("'Go?' asks for an answer: a or b.");
    expect(wordsOf((await bench.breakIt(id, 'now', 'UANN', 'c')).reply)).toContain("'c' is no answer to 'Go?'");
    expect(await bench.store.count(reviewKind)).toBe(0);
    await bench.breakIt(id, 'login is down', 'UANN', 'b');
    const done = await bench.drive(id);
    expect([done.status, done.stages[0]?.context.judgmentInput]).toEqual(['SUCCEEDED', 'b']);
    const [loud] = (await told(bench)).filter(({ text }) => text.startsWith('@UANN broke the glass'));
    expect(loud?.text).toContain("Set aside was the judgment 'Go?', answered with 'b'");
    const [entry] = (await entriesOf(bench)).filter(({ kind }) => kind === 'override');
    expect(entry).toMatchObject({ action: 'breakGlass', what: expect.stringContaining("with 'b'") as string });
  });

  it('goes not against the answer with which others have approved', async () => {
    const bench = await createBench({}, withAnswers);
    const environments = bench.world.definitions().applications.get('foo')?.environments as Map<string, Environment>;
    const prod = environments.get('prod');
    if (prod === undefined) throw new Error('There is no prod.');
    const { policy } = prod;
    environments.set('prod', { ...prod, policy: { ...policy, approvers: { ...policy.approvers, count: 2 } } });
    const id = await started(bench, textOf('the judgment'));
    await bench.choose(id, 'approve', { stageId: '1', user: 'UBOB', answer: 'a' });
    expect(wordsOf((await bench.breakIt(id, 'now', 'UANN', 'b')).reply)).toContain("@UBOB has approved with 'a'");
    await bench.breakIt(id, 'now', 'UANN', 'a');
    expect((await bench.drive(id)).stages[0]?.context.judgmentInput).toBe('a');
  });

  it('leaves the Ask them button off a refusal where the file names nobody to ask', async () => {
    const approvers = { groups: [], anyone: true, count: 1, excludeRequester: true };
    const bench = await createBench({ policy: { deployers: [], approvers } }, judged);
    const id = await started(bench, textOf('the judgment'));
    const own = await bench.choose(id, 'approve', { stageId: '1' });
    expect([wordsOf(own.reply), own.reply?.choices]).toEqual([
      'You cannot decide on your own deployment. Ask someone else.',
      [],
    ]);
  });

  it('is for those whom both environments name, where the window of another holds a stage back', async () => {
    const context = { credentials: 'nonprod', regions: ['east'], cluster: 'foo-dev', shrinkToSize: 1 };
    const stage = { refId: '1', requisiteStageRefIds: [], type: 'shrinkCluster', name: 'Shrink dev', context };
    const bench = await createBench({}, [stage]);
    const environments = bench.world.definitions().applications.get('foo')?.environments as Map<string, Environment>;
    const dev = environments.get('dev');
    if (dev === undefined) throw new Error('There is no dev.');
    const breakGlass = { groups: ['devcall'], reviewWithinMs: hourMs };
    environments.set('dev', { ...dev, ...office, policy: { ...dev.policy, breakGlass } });
    for (const name of ['foo-dev-v000', 'foo-dev-v001']) bench.serverGroups.seed({ location: east, name, desired: 2 });
    const onCall = (oncall: string[], devcall: string[]) =>
      bench.store.update(peopleKind, 'T1', (people) => ({ ...people, groups: { ...people.groups, oncall, devcall } }));
    await onCall(['UANN'], ['UBOB']);
    const id = await started(bench, 'deploy foo prod 2.0');
    expect(wordsOf((await bench.breakIt(id)).reply)).toContain('Only @devcall may break the glass');
    expect(wordsOf((await bench.breakIt(id, 'login is down', 'UBOB')).reply)).toContain('Only @oncall may');
    expect((await bench.drive(id, 60_000)).status).toBe('RUNNING');
    await onCall(['UANN'], ['UANN']);
    expect((await bench.breakIt(id)).quiet).toBe(true);
    expect((await bench.drive(id)).status).toBe('SUCCEEDED');
    const [loud] = (await told(bench)).filter(({ text }) => text.startsWith('@UANN broke the glass'));
    expect(loud?.text).toContain("Set aside was the window of foo dev for 'Shrink dev'");
  });

  it('counts for all the approvals that are needed', async () => {
    const bench = await createBench({}, judged);
    const environments = bench.world.definitions().applications.get('foo')?.environments as Map<string, Environment>;
    const prod = environments.get('prod');
    if (prod === undefined) throw new Error('There is no prod.');
    const { policy } = prod;
    environments.set('prod', { ...prod, policy: { ...policy, approvers: { ...policy.approvers, count: 2 } } });
    const id = await started(bench, textOf('the judgment'));
    await bench.choose(id, 'approve', { stageId: '1', user: 'UBOB' });
    await bench.breakIt(id);
    const done = await bench.drive(id);
    expect(done.status).toBe('SUCCEEDED');
    expect(done.stages[0]?.context.judgmentApprovals).toMatchObject([{ user: 'UBOB' }, { user: 'UANN' }]);
  });

  it('goes beyond an approval of the same person, who is not counted twice', async () => {
    const bench = await createBench({}, judged);
    const environments = bench.world.definitions().applications.get('foo')?.environments as Map<string, Environment>;
    const prod = environments.get('prod');
    if (prod === undefined) throw new Error('There is no prod.');
    const approvers = { groups: ['managers', 'oncall'], count: 2, excludeRequester: false };
    environments.set('prod', { ...prod, policy: { ...prod.policy, approvers } });
    const id = await started(bench, textOf('the judgment'));
    await bench.choose(id, 'approve', { stageId: '1', user: 'UANN' });
    await bench.breakIt(id);
    const done = await bench.drive(id);
    expect(done.status).toBe('SUCCEEDED');
    expect(done.stages[0]?.context.judgmentApprovals).toMatchObject([{ user: 'UANN', reason: 'login is down' }]);
  });

  it.each(Object.keys(held) as (keyof typeof held)[])('is not for others, nor without a reason: %s', async (what) => {
    const bench = await held[what]();
    const id = await started(bench, textOf(what));
    expect(wordsOf((await bench.breakIt(id, 'now', 'UBOB')).reply)).toContain('Only @oncall may break the glass');
    expect(wordsOf((await bench.breakIt(id, ' ')).reply)).toContain('Say why');
    await bench.drive(id, 60_000);
    expect(bench.serverGroups.effects).toEqual([]);
    expect(await bench.store.count(reviewKind)).toBe(0);
  });

  it('is not on offer where the file names nobody', async () => {
    const bench = await createBench();
    const environments = bench.world.definitions().applications.get('foo')?.environments as Map<string, Environment>;
    const prod = environments.get('prod');
    if (prod === undefined) throw new Error('There is no prod.');
    const { breakGlass: _nobody, ...policy } = prod.policy;
    environments.set('prod', { ...prod, policy });
    const id = await started(bench, textOf('the traffic guard'));
    const target = { kind: 'execution', id, stageId: '1' } as const;
    expect(await bench.glass(id)).toBeUndefined();
    const said = await ask(bench, { type: 'choice', name: 'breakGlass', target, answer: 'now' });
    expect(wordsOf(said.reply)).toContain('Nobody may break the glass in foo prod');
  });

  it('is bound to what the guard said then', async () => {
    const bench = await createBench();
    const id = await started(bench, textOf('the traffic guard'));
    const target = await bench.glass(id);
    bench.serverGroups.remove(east, 'foo-prod-v001');
    bench.serverGroups.seed({ location: east, name: 'foo-prod-v001', desired: 3 });
    await bench.drive(id, 60_000);
    if (target === undefined) throw new Error('There is no such button.');
    const said = await ask(bench, { type: 'choice', name: 'breakGlass', target, answer: 'now' });
    expect(wordsOf(said.reply)).toContain('Something has changed since');
    expect(await bench.store.count(reviewKind)).toBe(0);
  });

  it('counts once', async () => {
    const { bench, id } = await broken();
    expect(await bench.glass(id)).toBeUndefined();
    const target = { kind: 'execution', id, stageId: '1' } as const;
    const again = await ask(bench, { type: 'choice', name: 'breakGlass', target, answer: 'now' });
    expect(wordsOf(again.reply)).toContain('Nothing holds');
    expect(await bench.store.count(reviewKind)).toBe(1);
  });
});

describe('the review of a broken glass', () => {
  it('is asked for again each day until somebody did it', async () => {
    const { bench, review } = await broken();
    expect(executorKinds).toContain(reviewKind);
    expect(await remind(bench)).toBe(0);
    for (const day of [1, 2]) {
      await bench.clock.advance(24 * hourMs);
      expect(await remind(bench)).toBe(1);
      const reminders = (await told(bench)).filter(({ text }) => text.startsWith('Nobody has reviewed yet'));
      expect(reminders).toHaveLength(day);
      expect(reminders.every(({ isLoud }) => isLoud)).toBe(true);
    }
    await ask(bench, { type: 'text', text: `reviews done ${review.id} reason="it was right"` }, 'UBOB');
    await bench.clock.advance(48 * hourMs);
    await remind(bench);
    expect((await told(bench)).filter(({ text }) => text.startsWith('Nobody'))).toHaveLength(2);
  });

  it('is closed by the button of its message, with a note, which then has no button', async () => {
    const { bench, review } = await broken();
    const button = (await bench.store.list(messageKind))
      .flatMap(({ document }) => document.view.choices ?? [])
      .find(({ name }) => name === 'reviewed');
    if (button === undefined) throw new Error('There is no such button.');
    const { target } = button;
    await ask(bench, { type: 'choice', name: 'reviewed', target, answer: 'the "guard"\ncounts \\ canaries' }, 'UBOB');
    expect((await bench.store.get(reviewKind, review.id))?.document.reviewed).toMatchObject({
      by: 'UBOB',
      note: 'the "guard" counts \\ canaries',
    });
    const [loud] = (await told(bench)).filter(({ text }) => text.startsWith('@UANN broke the glass'));
    expect(loud?.choices).toEqual([]);
    expect(loud?.text).toContain('Reviewed by @UBOB: the "guard" counts');
    expect((await entriesOf(bench)).filter(({ action }) => action === 'reviewed')).toMatchObject([
      { who: 'UBOB', environment: 'prod' },
    ]);
    expect(wordsOf((await bench.say('reviews')).reply)).toBe('Nothing waits for a review.');
  });

  it.each([
    ['UANN', 'right', 'Somebody else reviews it than who broke the glass'],
    ['UEVE', 'right', 'only @crew may'],
    ['UBOB', ' ', 'Say what you found'],
  ])('is not closed by %s with %j', async (user, note, reason) => {
    const { bench, review } = await broken();
    const said = await ask(bench, { type: 'text', text: `reviews done ${review.id} reason="${note}"` }, user);
    expect(wordsOf(said.reply)).toContain(reason);
    expect(await bench.store.count(reviewKind, { name: 'open', value: 'true' })).toBe(1);
  });

  it('is not closed through a second account of whoever broke the glass', async () => {
    const { bench, review } = await broken();
    for (const [user, email] of [
      ['UANN', 'ann@example.com'],
      ['UBOB', 'ann+on-call@example.com'],
    ] as const)
      await bench.store.create(personKind, personId('T1', user), {
        schema: 1,
        teamId: 'T1',
        user,
        kind: 'person',
        email,
      });
    const said = await ask(bench, { type: 'text', text: `reviews done ${review.id} reason="right"` }, 'UBOB');
    expect(wordsOf(said.reply)).toContain('Somebody else reviews it than who broke the glass');
    expect(await bench.store.count(reviewKind, { name: 'open', value: 'true' })).toBe(1);
  });

  it('is listed while it is open, and closed once', async () => {
    const { bench, review } = await broken();
    const listed = wordsOf((await bench.say('reviews', 'UEVE')).reply);
    expect(listed).toContain('One review is open.');
    expect(listed).toContain(`${review.id} foo prod, @UANN`);
    await bench.say(`reviews done ${review.id} reason=right`, 'UBOB');
    expect(wordsOf((await bench.say(`reviews done ${review.id} reason=again`, 'UBOB')).reply)).toContain(
      'Already reviewed by @UBOB',
    );
    expect(wordsOf((await bench.say('reviews done nothing reason=x')).reply)).toContain("There is no review 'nothing'");
  });

  it('is listed with all that are open, oldest first, more of them at a press', async () => {
    const { bench, review } = await broken();
    const count = 44;
    for (let index = 1; index <= count; index += 1) {
      const id = `0-${String(count - index).padStart(2, '0')}`;
      await bench.store.create(reviewKind, id, { ...review, id, at: review.at + index, reason: `no. ${index}` });
    }
    const ends: (string | undefined)[] = [];
    const wordsAndMore = async (text: string): Promise<string> => {
      const { reply } = await bench.say(text);
      expect(wordsOf(reply)).toContain('45 reviews are open, oldest first.');
      ends.push(
        ...[reply?.lines?.[0], reply?.lines?.at(-1)].map((line) => wordsOf({ headline: line ?? '', tone: 'good' })),
      );
      const [more] = reply?.choices ?? [];
      return more?.target.kind === 'run' ? more.target.text : '';
    };
    const second = await wordsAndMore('reviews');
    const third = await wordsAndMore(second);
    expect(await wordsAndMore(third)).toBe('');
    const reasons = ends.map((line) => /(?:no\. \d+|login is down)$/.exec(line ?? '')?.[0]);
    expect(reasons).toEqual([review.reason, 'no. 19', 'no. 20', 'no. 39', 'no. 40', 'no. 44']);
    const [, last = ''] = /after=(\S+)/.exec(second) ?? [];
    await bench.store.update(reviewKind, last, (found) => ({
      ...found,
      reviewed: { by: 'UBOB', note: 'right', at: 0, commandId: 'C' },
    }));
    expect(wordsOf((await bench.say(second)).reply)).toContain('no. 20');
    expect(wordsOf((await bench.say('reviews after=gone')).reply)).toContain("There is no review 'gone'");
  });

  it('is closed by free words too', async () => {
    const { bench, review } = await broken();
    await bench.say(`reviews done ${review.id} looked right to me`, 'UBOB');
    expect((await bench.store.get(reviewKind, review.id))?.document.reviewed).toMatchObject({
      by: 'UBOB',
      note: 'looked right to me',
    });
  });
});
