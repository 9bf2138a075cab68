import { executionKind, peopleKind, reviewKind } from '../../src/engine/document-kinds';
import type { Environment } from '../../src/model/application';
import type { Command } from '../../src/model/command';
import { environmentLockKind } from '../../src/policy/locks/documents';
import { stopKind } from '../../src/policy/stop';
import {
  cast,
  createPermissionBench,
  lasting,
  reachState,
  stage,
  startCli,
  type Reached,
  type StateName,
} from '../support/permission-kit';

const id = {
  requester: cast.requester.id,
  alias: cast.alias.id,
  deployer: cast.deployer.id,
  approver: cast.approver.id,
  both: cast.both.id,
  author: cast.author.id,
  onCall: cast.onCall.id,
  outsider: cast.outsider.id,
  bot: cast.bot.id,
  deactivated: cast.deactivated.id,
  foreign: cast.foreign.id,
} as const;
const closing: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

type Attempt = {
  /** What is tried. */
  readonly tried: string;
  /** Who is named by the entry, and what it says. */
  readonly who: string;
  readonly why: string;
  /** What comes before, which may change things. */
  readonly before?: (reached: Reached) => Promise<unknown>;
  readonly act: (reached: Reached) => Promise<unknown>;
};

/** Tries it; nothing may change but what is written down of it. */
async function expectRefused(reached: Reached, { who, why, before, act }: Attempt): Promise<void> {
  const { bench, restore } = reached;
  await restore();
  await before?.(reached);
  const known = new Set((await bench.entries()).map((entry) => entry.id));
  const was = await lasting(bench);
  await act(reached);
  expect(await lasting(bench)).toEqual(was);
  const fresh = (await bench.entries()).filter((entry) => !known.has(entry.id) && entry.kind === 'refusal');
  expect(fresh).toMatchObject([{ who, why: expect.stringContaining(why) as string }]);
}

const byButton =
  (
    name: string,
    user: string,
    { stageId = '1', answer }: { readonly stageId?: string; readonly answer?: string } = {},
  ) =>
  ({ bench, id: executionId }: Reached) =>
    bench.choose(executionId, name, { stageId, user, ...(answer === undefined ? {} : { answer }) });

/** A button whose value somebody has changed. */
const byEdited =
  (name: string, user: string, target: { readonly id?: string; readonly stageId?: string; readonly hash?: string }) =>
  ({ bench, id: executionId }: Reached) =>
    bench.ask(
      {
        type: 'choice',
        name,
        target: { kind: 'execution', id: executionId, stageId: '1', ...target },
        answer: 'foo: x',
      },
      user,
    );

/** The button as it stands there. */
const byOwnButton =
  (name: string, user: string, answer: string) =>
  async ({ bench, id: executionId }: Reached) =>
    bench.ask({ type: 'choice', name, target: await bench.target(executionId, name, '1'), answer }, user);

/** The button of a denial, which names another one. */
const byOtherDenial =
  (hash: { readonly hash?: string }) =>
  async ({ bench, id: executionId }: Reached) => {
    const target = await bench.target(executionId, 'override');
    if (target.kind !== 'execution') throw new Error('There is no such button.');
    const { hash: _shown, ...rest } = target;
    return bench.ask({ type: 'choice', name: 'override', target: { ...rest, ...hash }, answer: 'foo: x' }, id.approver);
  };

const say = (text: string, user: string) => (reached: Reached) => reached.bench.say(text, user);

const leaves = (group: 'crew' | 'managers', user: string) => (reached: Reached) =>
  reached.bench.store.update(peopleKind, 'T1', (people) => ({
    ...people,
    groups: { ...people.groups, [group]: (people.groups[group] ?? []).filter((member) => member !== user) },
  }));

const joins = (group: 'crew' | 'managers', user: string) => (reached: Reached) =>
  reached.bench.store.update(peopleKind, 'T1', (people) => ({
    ...people,
    groups: { ...people.groups, [group]: [...(people.groups[group] ?? []), user] },
  }));

const own = 'You cannot decide on your own deployment';
const changed = 'Something has changed since';
const noDecider = 'You cannot decide here: only @managers may';
const noDeployer = 'You may not change foo prod: only @crew may';
const noPerson = {
  bot: 'Bots decide nothing',
  gone: 'deactivated',
  foreign: 'Only members of this workspace',
} as const;

const onJudgment: readonly Attempt[] = [
  { tried: 'approve for oneself', who: id.requester, why: own, act: byButton('approve', id.requester) },
  { tried: 'approve for oneself by a second account', who: id.alias, why: own, act: byButton('approve', id.alias) },
  {
    tried: 'approve for oneself by the command line',
    who: id.requester,
    why: own,
    act: ({ cli, id: executionId }) => cli.choose(executionId, { name: 'approve' }, id.requester),
  },
  {
    tried: "approve one's own change",
    who: id.author,
    why: 'You cannot decide on your own change',
    act: byButton('approve', id.author),
  },
  { tried: 'approve as a bot', who: id.bot, why: noPerson.bot, act: byButton('approve', id.bot) },
  {
    tried: 'approve by a deactivated account',
    who: id.deactivated,
    why: noPerson.gone,
    act: byButton('approve', id.deactivated),
  },
  {
    tried: 'approve by an account of another workspace',
    who: id.foreign,
    why: noPerson.foreign,
    act: byButton('approve', id.foreign),
  },
  { tried: 'approve as a deployer', who: id.deployer, why: noDecider, act: byButton('approve', id.deployer) },
  { tried: 'approve as nobody', who: id.outsider, why: noDecider, act: byButton('approve', id.outsider) },
  {
    tried: 'reject as nobody',
    who: id.outsider,
    why: noDecider,
    act: byButton('reject', id.outsider, { answer: 'x' }),
  },
  {
    tried: 'approve a moment after one has left the approvers',
    who: id.approver,
    why: noDecider,
    before: leaves('managers', id.approver),
    act: async (reached) => {
      const answer = await byButton('approve', id.approver)(reached);
      await joins('managers', id.approver)(reached);
      return answer;
    },
  },
  {
    tried: 'approve from the direct message after the decision',
    who: id.approver,
    why: 'Already approved by @UBOTH',
    before: byButton('approve', id.both),
    act: byButton('approve', id.approver),
  },
  {
    tried: 'take an approval back by a rejection',
    who: id.approver,
    why: 'Already approved by @UBOTH',
    before: byButton('approve', id.both),
    act: byButton('reject', id.approver, { answer: 'x' }),
  },
  {
    tried: 'reject without a reason',
    who: id.approver,
    why: 'Say why you reject',
    act: byButton('reject', id.approver, { answer: ' ' }),
  },
  {
    tried: 'a button for another execution',
    who: id.approver,
    why: 'no longer exists',
    act: byEdited('approve', id.approver, { id: 'E-of-somebody' }),
  },
  {
    tried: 'a button for another stage',
    who: id.approver,
    why: 'This judgment no longer exists',
    act: byEdited('approve', id.approver, { stageId: '9' }),
  },
  {
    tried: 'a button for another command',
    who: id.approver,
    why: 'The guard does not stop',
    act: byEdited('override', id.approver, {}),
  },
  {
    tried: 'a button for what only executions do',
    who: id.both,
    why: 'no longer exists',
    act: byEdited('adoptChild', id.both, {}),
  },
  {
    tried: 'skip a judgment as if it were a wait',
    who: id.deployer,
    why: 'is no wait',
    act: byButton('skipWait', id.deployer),
  },
  {
    tried: 'skip a judgment as if it were a child',
    who: id.deployer,
    why: 'Cannot manually skip stage',
    act: byButton('skipStage', id.deployer),
  },
  {
    tried: 'start a judgment as if it waited for a window',
    who: id.approver,
    why: 'waits for no window',
    act: byButton('startNow', id.approver, { answer: 'urgent' }),
  },
  {
    tried: 'retry an open judgment by its button',
    who: id.deployer,
    why: 'already under way',
    act: byButton('retryStage', id.deployer),
  },
  {
    tried: 'retry an open judgment in words',
    who: id.deployer,
    why: 'already under way',
    act: (reached) => say(`pipeline retry ${reached.id} 1`, id.deployer)(reached),
  },
  {
    tried: 'break the glass as an approver',
    who: id.approver,
    why: 'Only @oncall may break the glass',
    act: byButton('breakGlass', id.approver, { answer: 'urgent' }),
  },
  {
    tried: 'break the glass as who asked',
    who: id.requester,
    why: 'Only @oncall may break the glass',
    act: byButton('breakGlass', id.requester, { answer: 'urgent' }),
  },
  {
    tried: 'break the glass without a reason',
    who: id.onCall,
    why: 'Say why it cannot wait',
    act: byButton('breakGlass', id.onCall, { answer: ' ' }),
  },
  { tried: 'cancel as an approver', who: id.approver, why: noDeployer, act: byButton('cancelExecution', id.approver) },
];

const onDenial: readonly Attempt[] = [
  {
    tried: 'override for oneself',
    who: id.requester,
    why: 'A second person',
    act: byOwnButton('override', id.requester, 'foo: x'),
  },
  {
    tried: 'override by a second account',
    who: id.alias,
    why: 'A second person',
    act: byOwnButton('override', id.alias, 'foo: x'),
  },
  {
    tried: 'override as a deployer',
    who: id.deployer,
    why: noDecider,
    act: byOwnButton('override', id.deployer, 'foo: x'),
  },
  { tried: 'override another denial', who: id.approver, why: changed, act: byOtherDenial({ hash: 'another' }) },
  { tried: 'override without a denial named', who: id.approver, why: changed, act: byOtherDenial({}) },
  {
    tried: 'override under the wrong name',
    who: id.approver,
    why: 'foo',
    act: byOwnButton('override', id.approver, 'bar: x'),
  },
  {
    tried: 'override without a reason',
    who: id.approver,
    why: 'why',
    act: byOwnButton('override', id.approver, 'foo'),
  },
];

const onWindow: readonly Attempt[] = [
  {
    tried: 'start early for oneself',
    who: id.requester,
    why: own,
    act: byOwnButton('startNow', id.requester, 'urgent'),
  },
  {
    tried: 'start early as a deployer',
    who: id.deployer,
    why: noDecider,
    act: byOwnButton('startNow', id.deployer, 'urgent'),
  },
  {
    tried: 'start early in words',
    who: id.requester,
    why: own,
    act: (reached) => say(`pipeline skip ${reached.id} reason=urgent`, id.requester)(reached),
  },
  {
    tried: 'start early without a reason',
    who: id.approver,
    why: 'Say why',
    act: byOwnButton('startNow', id.approver, ' '),
  },
];

const onFailure: readonly Attempt[] = [
  { tried: 'retry as nobody', who: id.outsider, why: noDeployer, act: byButton('retryStage', id.outsider) },
  { tried: 'retry as an approver', who: id.approver, why: noDeployer, act: byButton('retryStage', id.approver) },
  {
    tried: 'approve what one has retried',
    who: id.both,
    why: own,
    before: async (reached) => {
      await byButton('retryStage', id.both)(reached);
      await reached.bench.drive(reached.id, 1000);
    },
    act: byButton('approve', id.both),
  },
];

const onPaused: readonly Attempt[] = [
  { tried: 'resume as an approver', who: id.approver, why: noDeployer, act: byButton('resume', id.approver) },
  { tried: 'resume as a bot', who: id.bot, why: noPerson.bot, act: byButton('resume', id.bot) },
];

const states: readonly (readonly [StateName, readonly Attempt[]])[] = [
  ['asks', onJudgment],
  ['isDenied', onDenial],
  ['waitsForWindow', onWindow],
  ['hasFailed', onFailure],
  ['isPaused', onPaused],
];

describe.each(states)('where an execution %s', (name, attempts) => {
  let reached: Reached;
  beforeAll(async () => {
    reached = await reachState(name);
    closing.push(reached.cli.stop);
  });

  it.each(attempts)('$tried', (attempt) => expectRefused(reached, attempt));
});

/** A plan of the requester's, and a button of it that somebody presses. */
const plan = { current: undefined as Command | undefined };
const plans = async ({ bench }: Reached) => {
  plan.current = await bench.say('resize foo prod 3', id.requester);
};
const press =
  (name: 'confirm' | 'dismiss', user: string, hash?: string) =>
  ({ bench }: Reached) => {
    const { id: planId = '', plan: planned } = plan.current ?? {};
    return bench.ask(
      { type: 'choice', name, target: { kind: 'command', id: planId, hash: hash ?? planned?.hash ?? '' } },
      user,
    );
  };

async function broken({ bench }: Reached, by: string): Promise<void> {
  await bench.store.delete(reviewKind, 'R1');
  const what = { executionId: 'E9', application: 'foo', environment: 'prod', what: 'the window', by, reason: 'x' };
  const review = { schema: 1, teamId: 'T1', id: 'R1', at: 0, reviewWithinMs: 1, reminders: 0, ...what } as const;
  await bench.store.create(reviewKind, 'R1', review);
}

const inWords: readonly Attempt[] = [
  {
    tried: "confirm another's plan",
    who: id.deployer,
    why: 'Only who asked can confirm',
    before: plans,
    act: press('confirm', id.deployer),
  },
  {
    tried: 'confirm with the hash of another plan',
    who: id.requester,
    why: 'another plan',
    before: plans,
    act: press('confirm', id.requester, 'another'),
  },
  {
    tried: 'confirm a plan that was dropped',
    who: id.requester,
    why: 'This plan was dropped',
    before: async (reached) => {
      await plans(reached);
      await press('dismiss', id.requester)(reached);
    },
    act: press('confirm', id.requester),
  },
  {
    tried: 'confirm a plan of nobody',
    who: id.requester,
    why: 'This plan no longer exists',
    act: ({ bench }) =>
      bench.ask({ type: 'choice', name: 'confirm', target: { kind: 'command', id: 'C-of-nobody' } }, id.requester),
  },
  {
    tried: 'confirm a moment after one has left the deployers',
    who: id.requester,
    why: noDeployer,
    before: async (reached) => {
      await plans(reached);
      await leaves('crew', id.requester)(reached);
    },
    act: async (reached) => {
      const answer = await press('confirm', id.requester)(reached);
      await joins('crew', id.requester)(reached);
      return answer;
    },
  },
  {
    tried: 'destroy as an approver',
    who: id.approver,
    why: noDeployer,
    act: say('destroy foo prod v000', id.approver),
  },
  { tried: 'adopt as an approver', who: id.approver, why: noDeployer, act: say('adopt foo prod', id.approver) },
  {
    tried: 'copy into prod from where anybody may',
    who: id.outsider,
    why: noDeployer,
    act: say('clone foo dev to=prod', id.outsider),
  },
  {
    tried: 'run a pipeline in prod, who may in dev',
    who: id.outsider,
    why: noDeployer,
    act: say('pipeline run foo p prod 2.0', id.outsider),
  },
  {
    tried: 'plan past the guard as nobody',
    who: id.outsider,
    why: noDeployer,
    act: say('resize foo prod 0 anyway=yes', id.outsider),
  },
  { tried: 'lock as nobody', who: id.outsider, why: noDeployer, act: say('lock foo prod 1h x', id.outsider) },
  {
    tried: 'take a lock as nobody, to deploy',
    who: id.outsider,
    why: noDeployer,
    before: say('lock foo prod 1h x', id.deployer),
    act: say('lock take foo prod 1h x then="deploy foo prod 2.0"', id.outsider),
  },
  {
    tried: "lift another's lock",
    who: id.both,
    why: 'locked by @UDEP',
    before: say('lock foo prod 1h x', id.deployer),
    act: say('unlock foo prod', id.both),
  },
  {
    tried: "deploy past another's lock",
    who: id.both,
    why: 'locked by @UDEP',
    before: say('lock foo prod 1h x', id.deployer),
    act: say('deploy foo prod 2.0', id.both),
  },
  { tried: 'stop everything as a bot', who: id.bot, why: 'You may deploy nothing', act: say('stop', id.bot) },
  {
    tried: 'lift a stop without a reason',
    who: id.deployer,
    why: 'Say why everything may go on',
    before: say('stop', id.deployer),
    act: say('stop lift', id.deployer),
  },
  {
    tried: 'turn chaos on for all as a deployer',
    who: id.deployer,
    why: 'You may not change chaos of all applications',
    act: say('chaos on reason=x', id.deployer),
  },
  {
    tried: 'turn chaos on as nobody',
    who: id.outsider,
    why: noDeployer,
    act: say('chaos on foo reason=x', id.outsider),
  },
  {
    tried: 'review a glass that one broke',
    who: id.requester,
    why: 'Somebody else reviews it',
    before: (reached) => broken(reached, id.requester),
    act: say('reviews done R1 reason=right', id.requester),
  },
  {
    tried: 'review it by a second account',
    who: id.alias,
    why: 'Somebody else reviews it',
    before: (reached) => broken(reached, id.requester),
    act: say('reviews done R1 reason=right', id.alias),
  },
];

describe('in words and plans', () => {
  let reached: Reached;
  beforeAll(async () => {
    const bench = await createPermissionBench();
    const environments = bench.world.definitions().applications.get('foo')?.environments as Map<string, Environment>;
    const dev = environments.get('dev');
    if (dev === undefined) throw new Error('There is no dev.');
    environments.set('dev', { ...dev, policy: { ...dev.policy, deployers: [] } });
    const restore = async () => {
      const { store } = bench;
      for (const { id: lockId } of await store.list(environmentLockKind))
        await store.delete(environmentLockKind, lockId);
      await store.delete(stopKind, 'T1');
    };
    const cli = await startCli(bench);
    closing.push(cli.stop);
    reached = { bench, cli, id: '', restore };
  });

  it.each(inWords)('$tried', (attempt) => expectRefused(reached, attempt));
});

describe("a child's judgment", () => {
  it("is not for whoever asked for the child's parent", async () => {
    const asking = { name: 'asking', stages: stage('manualJudgment') };
    const bench = await createPermissionBench({ stages: stage('pipeline', { pipeline: 'asking' }), others: [asking] });
    const parentId = await bench.start('deploy foo prod 2.0', 1000);
    const child = (await bench.executions()).find((execution) => execution.id !== parentId);
    if (child === undefined) throw new Error('It has no child.');
    await bench.store.update(executionKind, child.id, (execution) => ({
      ...execution,
      trigger: { ...execution.trigger, user: id.deployer },
      authentication: { user: id.deployer },
    }));
    await bench.drive(child.id, 1000);
    const cli = await startCli(bench);
    closing.push(cli.stop);
    const reached = { bench, cli, id: child.id, restore: () => Promise.resolve() };
    await expectRefused(reached, { tried: '', who: id.requester, why: own, act: byButton('approve', id.requester) });
  });
});
