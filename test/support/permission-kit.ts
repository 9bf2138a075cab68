import { executionRenderer } from '../../src/app';
import { hashToken, tokenKind } from '../../src/api/login-token';
import { executionKind, peopleKind, personId, personKind, reviewKind } from '../../src/engine/document-kinds';
import type { Environment, Pipeline } from '../../src/model/application';
import type { Command, CommandRequest } from '../../src/model/command';
import type { Execution } from '../../src/model/execution';
import type { ChoiceTarget } from '../../src/model/view';
import { isEntry } from '../../src/policy/audit/audit-line';
import { environmentLockKind } from '../../src/policy/locks/documents';
import { stopKind } from '../../src/policy/stop';
import { east } from '../dcos/builders';
import { askApi, startApiFixture } from './api-fixture';
import { exportAll } from './audit-kit';
import { chaosOf } from './chaos-kit';
import { createCommandBench, wordsOf } from './command-kit';
import { windowOf } from './draw-window';
import { west } from './stage-kit';

type Stages = Environment['pipeline']['stages'];
type Account = { readonly id: string; readonly kind: 'person' | 'bot' | 'gone' | 'foreign'; readonly email: string };

const account = (id: string, kind: Account['kind'] = 'person', email = `${id.toLowerCase()}@example.com`): Account => ({
  id,
  kind,
  email,
});

/** Everybody there is, by their role. The alias is another account of the requester's mailbox. */
export const cast = {
  requester: account('UREQ', 'person', 'ann@example.com'),
  deployer: account('UDEP'),
  approver: account('UAPP'),
  both: account('UBOTH'),
  author: account('UAUT'),
  onCall: account('UONC'),
  outsider: account('UOUT'),
  bot: account('UBOT', 'bot'),
  deactivated: account('UGONE', 'gone'),
  foreign: account('UFOR', 'foreign'),
  alias: account('UALI', 'person', 'Ann+second@example.com'.toLowerCase()),
} as const;

/** One of them. */
export type Role = keyof typeof cast;

/** All of them. */
export const roles = Object.keys(cast) as Role[];

/** No person of this workspace, though in every group. */
const strangers: readonly Role[] = ['bot', 'deactivated', 'foreign'];
const idsOf = (...named: readonly Role[]) => [...named, ...strangers].map((role) => cast[role].id);

/** Who is in which group of foo prod: its deployers, its approvers, those on call, and those who turn chaos on for all. */
export const groups = {
  crew: idsOf('requester', 'deployer', 'both', 'author', 'alias'),
  managers: idsOf('requester', 'approver', 'both', 'author', 'alias'),
  oncall: idsOf('onCall'),
  'chaos-admins': idsOf('onCall'),
} as const;

const policy: Environment['policy'] = {
  deployers: ['crew'],
  approvers: { groups: ['managers'], count: 1, excludeRequester: true, excludeAuthor: true },
  breakGlass: { groups: ['oncall'], reviewWithinMs: 24 * 3_600_000 },
};

/** What differs from a deployment that is done at once. */
export type PermissionBenchOptions = {
  readonly stages?: Stages;
  readonly others?: readonly Pipeline[];
  readonly prod?: Partial<Environment>;
  readonly pipeline?: Partial<Pipeline>;
};

/** The command bench over `foo`, whose prod has a policy with everything in it, and the local API over the same store. */
export async function createPermissionBench({ stages, others, prod = {}, pipeline }: PermissionBenchOptions = {}) {
  const bench = await createCommandBench(undefined, stages, undefined, others, pipeline);
  const environments = bench.world.definitions().applications.get('foo')?.environments as Map<string, Environment>;
  for (const [name, environment] of environments)
    environments.set(name, { ...environment, policy, ...(name === 'prod' ? { chaos: chaosOf(), ...prod } : {}) });
  await bench.store.update(peopleKind, 'T1', (people) => ({ ...people, groups }));
  for (const { id: user, kind, email } of Object.values(cast))
    await bench.store.create(personKind, personId('T1', user), { schema: 1, teamId: 'T1', user, kind, email });
  for (const location of [east, west]) {
    bench.serverGroups.seed({ location, name: 'foo-prod-v000', desired: 0, image: 'repo/foo:0.9' });
    for (const name of ['foo-prod-v001', 'foo-prod-v002', 'foo-dev-v000'])
      bench.serverGroups.seed({ location, name, desired: 2, image: 'repo/foo:1.0' });
  }
  const stored = async (id: string): Promise<Execution> => {
    const found = await bench.store.get(executionKind, id);
    if (found === undefined) throw new Error(`No execution ${id}.`);
    return found.document;
  };
  const bot = {
    ...bench,
    stored,
    ask: async (request: CommandRequest, user: string): Promise<Command> =>
      bench.handle(await bench.receive(request, user)),
    /** Where a button of an execution's message leads; of those that stand elsewhere, what they would say. */
    target: async (id: string, name: string, stageId?: string): Promise<ChoiceTarget> =>
      executionRenderer.live(await stored(id)).choices?.find((choice) => choice.name === name)?.target ?? {
        kind: 'execution',
        id,
        ...(stageId === undefined ? {} : { stageId }),
      },
    /** Asked for and confirmed by the requester; whoever made the change is known. */
    start: async (text: string, maxMs: number): Promise<string> => {
      const planned = await bench.say(text, cast.requester.id);
      const { executionId: id = '' } = await bench.press(planned, 'confirm', cast.requester.id);
      if (id === '') throw new Error(wordsOf(planned.reply));
      await bench.store.update(executionKind, id, (execution) => ({
        ...execution,
        definition: { ...execution.definition, authors: [cast.author.id] },
      }));
      await bench.drive(id, maxMs);
      return id;
    },
    /** The entries of both chains, oldest first in each. */
    entries: async () => (await exportAll(bench.store, { chains: ['@coxswain', 'foo'] })).filter(isEntry),
  };
  return bot;
}

/** A bench of this kind. */
export type PermissionBench = Awaited<ReturnType<typeof createPermissionBench>>;

/** The local API over a bench, where everybody has a token: their user id with a word before it. */
export async function startCli(bench: PermissionBench) {
  const { api, url } = await startApiFixture({
    store: bench.store,
    clock: bench.clock,
    newId: bench.world.newId,
    renderExecution: executionRenderer.live,
  });
  for (const { id: user } of Object.values(cast)) {
    const made = { schema: 1, teamId: 'T1', code: user, createdAt: 0 } as const;
    const token = { ...made, state: 'active', user, activatedAt: 0 } as const;
    await bench.store.create(tokenKind, hashToken(`token-${user}`), token);
  }
  /** What became of a request; an answer other than 200 has no command. */
  const post = async (path: string, body: object, user: string) => {
    const { status, json } = await askApi(url, path, body, `token-${user}`);
    const { id } = json as { readonly id?: string };
    return { status, json, ...(id === undefined ? {} : { command: await bench.handle(id) }) };
  };
  return {
    url,
    post,
    say: (text: string, user: string) => post('/api/commands', { text }, user),
    choose: (id: string, body: object, user: string) => post(`/api/executions/${id}/choices`, body, user),
    stop: () => api.stop(),
  };
}

/** A pipeline's only stage. */
export const stage = (type: string, context: Readonly<Record<string, unknown>> = {}) => [
  { refId: '1', requisiteStageRefIds: [], type, name: 'It', context },
];
const slow: Pipeline = { name: 'slow', stages: stage('wait', { waitTime: 900 }) };
const window = windowOf("{ days: Mon-Fri, hours: '09:00-16:00' }", 'UTC');

type State = {
  readonly options: PermissionBenchOptions;
  readonly text?: string;
  readonly reach?: (bench: PermissionBench, id: string) => Promise<unknown>;
};

/** Where an execution of foo prod can stand, so that something can be done to it. */
const states = {
  asks: { options: { stages: stage('manualJudgment') } },
  waits: { options: { stages: slow.stages } },
  waitsForChild: {
    options: { stages: stage('pipeline', { pipeline: 'slow', skippable: true }), others: [slow] },
  },
  waitsForWindow: { options: { prod: { window } } },
  isDenied: { options: {}, text: 'destroy foo prod/east v002 anyway=yes' },
  isLocked: { options: {}, text: 'disable foo prod/east v001' },
  isPaused: {
    options: { stages: slow.stages },
    reach: (bench, id) => bench.choose(id, 'pause', { user: cast.deployer.id }),
  },
  hasFailed: {
    options: { stages: stage('manualJudgment', { stageTimeoutMs: 60_000 }) },
    reach: (bench, id) => bench.drive(id),
  },
} as const satisfies Readonly<Record<string, State>>;

/** The name of a state. */
export type StateName = keyof typeof states;

/** All of them. */
export const stateNames = Object.keys(states) as StateName[];

/** An execution in a state; `restore` undoes what was done to it since. */
export async function reachState(name: StateName) {
  const { options, text = 'deploy foo prod 2.0', reach }: State = states[name];
  const bench = await createPermissionBench(options);
  if (name === 'isLocked') bench.serverGroups.lock(east, 'foo-prod-v001', 'dep-17');
  if (name === 'isDenied') bench.serverGroups.remove(east, 'foo-prod-v001');
  const cli = await startCli(bench);
  const id = await bench.start(text, 60_000);
  await reach?.(bench, id);
  const kept: Execution = await bench.stored(id);
  const restore = async (): Promise<void> => {
    await bench.store.update(executionKind, id, () => kept);
  };
  return { bench, cli, id, restore };
}

/** An execution in a state. */
export type Reached = Awaited<ReturnType<typeof reachState>>;

/** What lasts of foo and its cluster, so that it shows when anything was changed. */
export async function lasting({ store, serverGroups }: PermissionBench) {
  const [executions, locks, stop, reviews] = await Promise.all([
    store.list(executionKind),
    store.list(environmentLockKind),
    store.get(stopKind, 'T1'),
    store.list(reviewKind),
  ]);
  const documents = [...executions, ...locks, ...reviews].map(({ document }) => document);
  return { documents, stop: stop?.document.stop, effects: [...serverGroups.effects] };
}
