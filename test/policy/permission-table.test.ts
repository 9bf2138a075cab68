import { verbs } from '../../commands';
import { killKind, type Kill } from '../../src/chaos';
import { reviewKind } from '../../src/engine/document-kinds';
import type { Signal } from '../../src/engine/signals';
import type { Command } from '../../src/model/command';
import { environmentLockKind } from '../../src/policy/locks/documents';
import { actions, type Action } from '../../src/policy/permissions';
import { stopKind } from '../../src/policy/stop';
import { east } from '../dcos/builders';
import { wordsOf } from '../support/command-kit';
import {
  cast,
  createPermissionBench,
  reachState,
  roles,
  startCli,
  stateNames,
  type PermissionBench,
  type Reached,
  type Role,
  type StateName,
} from '../support/permission-kit';

/** Who may, as the documentation says it; everybody else is refused. Written by hand: nothing of the policy's code is asked. */
const rules = {
  deployers: ['requester', 'deployer', 'both', 'author', 'alias'],
  /** Of the approvers neither who asked, by whatever account, nor who made the change. */
  deciders: ['approver', 'both'],
  onCall: ['onCall'],
  decidersOrOnCall: ['approver', 'both', 'onCall'],
  everybody: roles,
} as const satisfies Readonly<Record<string, readonly Role[]>>;

type Rule = keyof typeof rules;
type Answer = 'yes' | 'no' | `odd: ${string}`;

/** What an answer comes to; `isLate`: it may have nothing to do, as long as it is nobody's permission that is missing. */
function answerOf({ reply }: Pick<Command, 'reply'>, isLate = false): Answer {
  if (reply?.denied === true) return 'no';
  const isNothing = reply === undefined || reply.undone === true || reply.tone === 'bad' || reply.denied !== undefined;
  return isNothing && !isLate ? `odd: ${wordsOf(reply)}` : 'yes';
}

type Cell = (user: string) => Promise<Command | undefined>;
type Surfaces = Readonly<Record<string, Cell>>;
type Refused = { readonly bench: PermissionBench; readonly command: Command };

const refused: Refused[] = [];
const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

/** Asks everybody on every surface, and compares with what the rule says. */
async function expectRule(
  bench: PermissionBench,
  rule: Rule,
  surfaces: Surfaces,
  { before, isLate = false }: { readonly before: (user: string) => Promise<void>; readonly isLate?: boolean },
): Promise<void> {
  const seen: Record<string, Answer> = {};
  const expected: Record<string, Answer> = {};
  for (const role of roles) {
    for (const [surface, act] of Object.entries(surfaces)) {
      const key = `${role} by ${surface}`;
      const user = cast[role].id;
      await before(user);
      const command = await act(user);
      seen[key] = command === undefined ? 'odd: not even a command' : answerOf(command, isLate);
      expected[key] = rules[rule].some((allowed) => allowed === role) ? 'yes' : 'no';
      if (command !== undefined && seen[key] === 'no') refused.push({ bench, command });
    }
  }
  expect(seen).toEqual(expected);
}

/** Nobody can be asked who is who from now on, until the answer is called. */
function silence({ world }: PermissionBench): () => void {
  const { people } = world;
  const silent: typeof people = async (users) => ({ ...(await people(users)), isStale: true });
  Object.assign(world, { people: silent });
  return () => void Object.assign(world, { people });
}

type Said = {
  readonly text: string;
  readonly rule: Rule;
  readonly action: Action;
  /** Where there may be nothing to do once it is allowed. */
  readonly isLate?: true;
  readonly before?: (bench: PermissionBench, user: string) => Promise<unknown>;
};

const kill: Kill = {
  schema: 1,
  teamId: 'T1',
  id: '2026-01-01/K1',
  group: {
    key: 'k',
    application: 'foo',
    account: 'nonprod',
    grouping: 'cluster',
    environments: ['prod'],
    cluster: 'foo-prod',
  },
  plannedAt: 0,
  seed: 's',
  victim: {
    environment: 'prod',
    location: east,
    cluster: 'foo-prod',
    serverGroup: 'foo-prod-v002',
    instanceId: 'foo-prod-v002.0',
    among: 2,
    servingBefore: 2,
  },
  state: { is: 'asked', expiresAt: Date.UTC(2030, 0, 1) },
};

async function asksForKill({ store }: PermissionBench): Promise<void> {
  await store.delete(killKind, kill.id);
  await store.create(killKind, kill.id, kill);
}

async function hasReview({ store }: PermissionBench): Promise<void> {
  await store.delete(reviewKind, 'R1');
  await store.create(reviewKind, 'R1', {
    schema: 1,
    teamId: 'T1',
    id: 'R1',
    executionId: 'E9',
    application: 'foo',
    environment: 'prod',
    what: 'the window',
    by: cast.onCall.id,
    reason: 'login is down',
    at: 0,
    reviewWithinMs: 1,
    reminders: 0,
  });
}

function adopts({ serverGroups }: PermissionBench): Promise<void> {
  serverGroups.remove(east, 'foo-dev-v000');
  serverGroups.seed({ location: east, name: 'foo-dev', desired: 2 });
  return Promise.resolve();
}

/** Words that change something, and who may say them about foo prod. */
const said: readonly Said[] = [
  { text: 'deploy foo prod 2.0', rule: 'deployers', action: 'deploy' },
  { text: 'rollback foo prod', rule: 'deployers', action: 'halt' },
  { text: 'resize foo prod 3', rule: 'deployers', action: 'deploy' },
  { text: 'enable foo prod v000 size=2', rule: 'deployers', action: 'deploy' },
  { text: 'disable foo prod v001', rule: 'deployers', action: 'deploy' },
  { text: 'destroy foo prod v000', rule: 'deployers', action: 'destroy' },
  { text: 'clone foo prod', rule: 'deployers', action: 'deploy' },
  { text: 'clone foo dev to=prod', rule: 'deployers', action: 'deploy' },
  { text: 'clone foo prod to=dev', rule: 'deployers', action: 'deploy' },
  { text: 'terminate foo prod/east foo-prod-v002.0', rule: 'deployers', action: 'destroy' },
  { text: 'adopt foo dev', rule: 'deployers', action: 'deploy', before: adopts },
  { text: 'pipeline run foo p prod 2.0', rule: 'deployers', action: 'deploy' },
  { text: 'lock foo prod 1h migration', rule: 'deployers', action: 'deploy' },
  {
    text: 'lock take foo prod 1h migration',
    rule: 'deployers',
    action: 'deploy',
    before: (bench) => bench.say('lock foo prod 1h x', cast.deployer.id),
  },
  {
    text: 'unlock foo prod',
    rule: 'deployers',
    action: 'deploy',
    before: (bench, user) => bench.say('lock foo prod 1h x', user),
  },
  { text: 'stop the database is down', rule: 'deployers', action: 'halt' },
  {
    text: 'stop lift the database is back',
    rule: 'deployers',
    action: 'deploy',
    before: (bench) => bench.say('stop', cast.deployer.id),
  },
  { text: 'chaos off foo reason=x', rule: 'deployers', action: 'halt' },
  { text: 'chaos on foo reason=x', rule: 'deployers', action: 'chaos' },
  { text: 'chaos off reason=x', rule: 'onCall', action: 'halt' },
  { text: 'chaos on reason=x', rule: 'onCall', action: 'chaos' },
  { text: 'chaos run foo prod', rule: 'deployers', action: 'chaos', isLate: true },
  { text: `chaos now foo ${kill.id}`, rule: 'deployers', action: 'chaos', before: asksForKill },
  { text: `chaos stop foo ${kill.id}`, rule: 'deployers', action: 'halt', before: asksForKill },
  { text: 'reviews done R1 reason=right', rule: 'deployers', action: 'deploy', before: hasReview },
  { text: 'audit foo', rule: 'deployers', action: 'readLog' },
  { text: 'audit', rule: 'deployers', action: 'readLog' },
  { text: 'audit export foo', rule: 'deployers', action: 'readLog' },
];

/** What changes nothing, or nothing but what is the speaker's own. */
const harmless = ['status', 'why', 'history', 'logs', 'locks', 'settings', 'login', 'help'];
const harmlessOf = { pipeline: ['list', 'show'], chaos: ['status', 'history'] } as const;

describe('who may say', () => {
  let bench: PermissionBench;
  let cli: Awaited<ReturnType<typeof startCli>>;
  beforeAll(async () => {
    bench = await createPermissionBench();
    cli = await startCli(bench);
    closing.push(cli.stop);
  });

  const clear = async () => {
    const { store } = bench;
    for (const { id } of await store.list(environmentLockKind)) await store.delete(environmentLockKind, id);
    await store.delete(stopKind, bench.world.teamId);
  };

  it.each(said)('$text: $rule', async ({ text, rule, before, isLate }) => {
    const surfaces: Surfaces = {
      word: (user) => bench.say(text, user),
      button: (user) => bench.ask({ type: 'choice', name: 'run', target: { kind: 'run', text } }, user),
      cli: async (user) => (await cli.say(text, user)).command,
    };
    await expectRule(bench, rule, surfaces, {
      isLate: isLate === true,
      before: async (user) => {
        await clear();
        await before?.(bench, user);
      },
    });
  });

  it.each(said)('while Slack is silent, those who might: $text ($action)', async ({ text, rule, action, before }) => {
    const user = cast[rules[rule][1] ?? 'onCall'].id;
    await clear();
    await before?.(bench, user);
    const lift = silence(bench);
    const command = await bench.say(text, user);
    lift();
    expect(answerOf(command, true)).toBe(action === 'halt' ? 'yes' : 'no');
    if (action !== 'halt')
      expect(wordsOf(command.reply)).toContain('I cannot ask Slack who is in which group just now');
  });
});

type Done = {
  readonly name: string;
  readonly signal: Signal['type'];
  readonly state: StateName;
  readonly rule: Rule;
  readonly action: Action;
  readonly answer?: string;
  /** The words that do the same, before the execution's id. */
  readonly words?: string;
  readonly reason?: string;
};

/** What people do to an execution, and who may. */
const done: readonly Done[] = [
  { name: 'approve', signal: 'judge', state: 'asks', rule: 'deciders', action: 'approve' },
  { name: 'reject', signal: 'judge', state: 'asks', rule: 'deciders', action: 'approve', answer: 'bad' },
  {
    name: 'cancelExecution',
    signal: 'cancel',
    state: 'asks',
    rule: 'deployers',
    action: 'halt',
    words: 'pipeline cancel',
  },
  { name: 'pause', signal: 'pause', state: 'waits', rule: 'deployers', action: 'halt', words: 'pipeline pause' },
  {
    name: 'resume',
    signal: 'resume',
    state: 'isPaused',
    rule: 'deployers',
    action: 'deploy',
    words: 'pipeline resume',
  },
  { name: 'skipWait', signal: 'skipWait', state: 'waits', rule: 'deployers', action: 'deploy', words: 'pipeline skip' },
  {
    name: 'skipStage',
    signal: 'skipStage',
    state: 'waitsForChild',
    rule: 'deployers',
    action: 'deploy',
    words: 'pipeline skip',
  },
  {
    name: 'retryStage',
    signal: 'retryStage',
    state: 'hasFailed',
    rule: 'deployers',
    action: 'deploy',
    words: 'pipeline retry',
  },
  {
    name: 'startNow',
    signal: 'startNow',
    state: 'waitsForWindow',
    rule: 'deciders',
    action: 'startNow',
    answer: 'urgent',
    words: 'pipeline skip',
    reason: ' reason=urgent',
  },
  {
    name: 'override',
    signal: 'override',
    state: 'isDenied',
    rule: 'deciders',
    action: 'override',
    answer: 'foo: urgent',
  },
  {
    name: 'force',
    signal: 'force',
    state: 'isLocked',
    rule: 'decidersOrOnCall',
    action: 'force',
    answer: 'urgent',
  },
  {
    name: 'breakGlass',
    signal: 'breakGlass',
    state: 'isDenied',
    rule: 'onCall',
    action: 'breakGlass',
    answer: 'urgent',
  },
  {
    name: 'breakGlass',
    signal: 'breakGlass',
    state: 'waitsForWindow',
    rule: 'onCall',
    action: 'breakGlass',
    answer: 'urgent',
  },
  { name: 'breakGlass', signal: 'breakGlass', state: 'asks', rule: 'onCall', action: 'breakGlass', answer: 'urgent' },
];

describe('who may do to an execution', () => {
  const benches = new Map<StateName, Reached>();
  beforeAll(async () => {
    for (const name of stateNames) {
      const found = await reachState(name);
      closing.push(found.cli.stop);
      benches.set(name, found);
    }
  });

  it.each(done)(
    'while Slack is silent, those who might: $name where it $state ($action)',
    async ({ name, state, rule, action, answer }) => {
      const found = benches.get(state);
      if (found === undefined) throw new Error(`Nothing ${state}.`);
      const { bench, id, restore } = found;
      const user = cast[rules[rule][1] ?? 'onCall'].id;
      const target = await bench.target(id, name, '1');
      const lift = silence(bench);
      const said = answer === undefined ? {} : { answer };
      const command = await bench.ask({ type: 'choice', name, target, ...said }, user);
      lift();
      expect(answerOf(command)).toBe(action === 'halt' ? 'yes' : 'no');
      await restore();
    },
  );

  it.each(done)('$name where it $state: $rule', async ({ name, state, rule, answer, words, reason = '' }) => {
    const found = benches.get(state);
    if (found === undefined) throw new Error(`Nothing ${state}.`);
    const { bench, cli, id, restore } = found;
    const target = await bench.target(id, name, '1');
    const said = answer === undefined ? {} : { answer };
    const surfaces: Surfaces = {
      button: (user) => bench.ask({ type: 'choice', name, target, ...said }, user),
      cli: async (user) => (await cli.choose(id, { name, ...said }, user)).command,
      ...(words === undefined ? {} : { word: (user) => bench.say(`${words} ${id}${reason}`, user) }),
    };
    await expectRule(bench, rule, surfaces, { before: restore });
  });
});

describe('a refusal', () => {
  it('is written down each time, with who, why and from where', async () => {
    const benches = [...new Set(refused.map(({ bench }) => bench))];
    const entries = (await Promise.all(benches.map((bench) => bench.entries()))).flat();
    const missing = refused.filter(
      ({ bench: _bench, command: { id, source } }) =>
        !entries.some(
          (entry) =>
            entry.id === `${id}/refused` &&
            entry.kind === 'refusal' &&
            entry.who === source.user &&
            entry.from.surface === source.surface &&
            (entry.why ?? '') !== '',
        ),
    );
    expect(refused.length).toBeGreaterThan(500);
    expect(missing).toEqual([]);
  });
});

/** Signals that need no row: whoever asks to be told changes nothing, and no person adopts a child. */
const unasked = ['notify', 'adoptChild'] as const satisfies readonly Signal['type'][];
/** Does not compile when there is a signal that is not named here. */
const allSignals: Readonly<Record<Signal['type'], true>> = {
  judge: true,
  cancel: true,
  pause: true,
  resume: true,
  skipWait: true,
  skipStage: true,
  retryStage: true,
  startNow: true,
  override: true,
  force: true,
  breakGlass: true,
  notify: true,
  adoptChild: true,
};

/** The words after a verb that its usage offers. */
const offered = (name: string): readonly string[] =>
  /^\/cox \S+ (\S+)/.exec(verbs.find((verb) => verb.name === name)?.usage ?? '')?.[1]?.split('|') ?? [];

describe('the table', () => {
  const texts = said.map(({ text }) => text);
  const words = done.map(({ words: own = '' }) => own);

  it('names every action of the policy', () =>
    expect([...new Set([...said, ...done].map(({ action }) => action))].sort()).toEqual([...actions].sort()));

  it('names every verb', () => {
    const named = new Set([...harmless, ...texts.map((text) => text.split(' ')[0])]);
    expect(verbs.map(({ name }) => name).filter((name) => !named.has(name))).toEqual([]);
  });

  it.each(['pipeline', 'chaos'] as const)('names every word after %s', (verb) => {
    const known = [...texts, ...words].filter((text) => text.startsWith(`${verb} `)).map((text) => text.split(' ')[1]);
    const named = new Set<string | undefined>([...harmlessOf[verb], ...known]);
    expect(offered(verb).length).toBeGreaterThan(3);
    expect(offered(verb).filter((word) => !named.has(word))).toEqual([]);
  });

  it('names every signal', () => {
    const named = new Set<string>([...unasked, ...done.map(({ signal }) => signal)]);
    expect(Object.keys(allSignals).filter((type) => !named.has(type))).toEqual([]);
  });
});
