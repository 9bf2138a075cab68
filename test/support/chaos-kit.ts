import { createExecutorHandlers } from '../../src/app';
import { forAll, killKind, ledgerKind, scheduleKind, startSchedule, switchKind, type Kill } from '../../src/chaos';
import {
  commandKind,
  executionKind,
  messageKind,
  peopleKind,
  personId,
  personKind,
  type PersonProjection,
} from '../../src/engine/document-kinds';
import type { DocumentStore } from '../../src/engine/ports/document-store';
import type { DueHandler } from '../../src/engine/ports/wake';
import type { Application, Environment } from '../../src/model/application';
import { stopKind } from '../../src/policy/stop';
import { defaultChaosSettings, type Chaos, type ChaosSettings } from '../../src/model/chaos';
import type { Command } from '../../src/model/command';
import type { Location } from '../../src/model/server-group';
import { east } from '../dcos/builders';
import { createFakeServerGroups } from './fake-server-groups';
import { createManualClock } from './manual-clock';
import { createMemoryStore } from './memory-store';
import { fetchNothing } from './fetch-nothing';
import { noJobs } from './no-jobs';

/** Chaos of an environment: enabled, drawn every work day, nobody asked. */
export const chaosOf = (over: Partial<Chaos> = {}): Chaos => ({
  enabled: true,
  confirm: false,
  meanTimeBetweenKillsInWorkDays: 1,
  minTimeBetweenKillsInWorkDays: 1,
  grouping: 'cluster',
  regionsAreIndependent: true,
  exceptions: [],
  ...over,
});

/** An environment with chaos in one place. */
export const chaosEnvironment = (name: string, over: Partial<Environment> = {}): Environment => ({
  name,
  locations: [east],
  instances: 3,
  pipeline: { name: 'p', stages: [] },
  service: { cpus: 1, mem: 512, serviceEndpoints: [], healthChecks: [] },
  channel: 'foo-deploys',
  policy: { deployers: [], approvers: { groups: [], anyone: true, count: 1, excludeRequester: false } },
  confirm: false,
  chaos: chaosOf(),
  ...over,
});

/** An application of such environments. */
export const chaosApplication = (name: string, environments: readonly Environment[]): Application => ({
  name,
  file: `${name}.yaml`,
  image: `repo/${name}`,
  notify: { channel: [], requester: ['failed', 'rolledBack'] },
  pipelines: new Map(),
  environments: new Map(environments.map((environment) => [environment.name, environment])),
});

/** Unleashed and enabled in the account of the tests. */
export const loose: ChaosSettings = { ...defaultChaosSettings, enabled: true, leashed: false, accounts: ['nonprod'] };

/** What a bench is made of. */
export type ChaosBenchOptions = {
  readonly applications: readonly Application[];
  readonly settings?: ChaosSettings;
  readonly startAt?: number;
  readonly seed?: string;
  /** A store that fails where a test wants it to; whatever is read by tests is read beside it. */
  readonly wrap?: (store: DocumentStore) => DocumentStore;
};

/** A Monday at midnight, UTC. */
export const monday = Date.UTC(2026, 0, 5);

const kinds = [commandKind, executionKind, killKind, scheduleKind, switchKind, stopKind];

/** The whole executor over a fake DC/OS and virtual time, with chaos. */
export function createChaosBench(options: ChaosBenchOptions) {
  const {
    settings = loose,
    startAt = monday,
    seed = 'seed',
    wrap = (store: DocumentStore): DocumentStore => store,
  } = options;
  const clock = createManualClock(startAt);
  const memory = createMemoryStore(() => clock.now());
  const store = wrap(memory);
  const serverGroups = createFakeServerGroups(clock);
  const world = { applications: new Map(options.applications.map((each) => [each.name, each])) };
  const errors: unknown[] = [];
  let count = 0;
  let handlers: Readonly<Record<string, DueHandler>> = {};
  const boot = (now: ChaosSettings = settings): void => {
    handlers = createExecutorHandlers({
      fetchText: fetchNothing,
      jobs: noJobs,
      store,
      clock,
      newId: () => `E${String((count += 1)).padStart(6, '0')}`,
      teamId: 'T1',
      definitions: () => ({ applications: world.applications, clusters: new Map() }),
      serverGroups,
      onError: (error) => void errors.push(error),
      chaos: {
        settings: now,
        newSeed: (name) => `${seed}/${name}`,
      },
    });
  };
  boot();
  let turns = 0;
  /** Claims and handles what is due now; whether there was anything. */
  const handleDue = async (): Promise<boolean> => {
    const owner = `owner-${(turns += 1)}`;
    const claimed = await memory.claimDue({ kinds, owner, now: clock.now(), leaseMs: 10_000, limit: 16 });
    for (const each of claimed) await handlers[each.kind]?.(each, owner).catch((error: unknown) => errors.push(error));
    return claimed.length > 0;
  };
  const runUntil = async (until: number): Promise<void> => {
    for (;;) {
      if (await handleDue()) continue;
      const next = await memory.nextDue(
        kinds.map(({ name }) => name),
        clock.now(),
      );
      if (next === undefined || next > until) break;
      await clock.advance(Math.max(1, next - clock.now()));
    }
    if (clock.now() < until) await clock.advance(until - clock.now());
  };
  let asked = 0;
  /** Stores what somebody says in the chat, as a command that is due; its id is the answer. */
  const receive = async (text: string, user = 'UANN'): Promise<string> => {
    const id = `C${String((asked += 1)).padStart(4, '0')}`;
    const command: Command = {
      schema: 1,
      teamId: 'T1',
      id,
      source: { surface: 'slack', user, channel: 'CH1' },
      request: { type: 'text', text },
      createdAt: clock.now(),
      state: 'received',
    };
    await memory.create(commandKind, id, command, { due: clock.now() });
    return id;
  };
  const kills = async (): Promise<readonly Kill[]> =>
    (await memory.list(killKind, { limit: 100_000 })).map(({ document }) => document);
  return {
    clock,
    store: memory,
    serverGroups,
    world,
    errors,
    boot,
    start: () => startSchedule({ store, teamId: 'T1', clock }),
    handleDue,
    runUntil,
    runFor: (ms: number) => runUntil(clock.now() + ms),
    kills,
    /** The one kill that there is. */
    kill: async (): Promise<Kill> => {
      const [kill, ...more] = await kills();
      if (kill === undefined || more.length > 0)
        throw new Error(`There are ${more.length + (kill === undefined ? 0 : 1)} kills.`);
      return kill;
    },
    seed: (name: string, desired = 3, location: Location = east) =>
      serverGroups.seed({ location, name, desired, createdTime: serverGroups.sizes(location).length }),
    message: async (id: string) => (await memory.get(messageKind, id))?.document,
    executions: async () => (await memory.list(executionKind, { limit: 100_000 })).map(({ document }) => document),
    people: (groups: Readonly<Record<string, readonly string[]>>) =>
      memory.create(peopleKind, 'T1', { schema: 1, teamId: 'T1', readAt: 0, groups }),
    /** What was read of some people, by their user ids. */
    persons: async (known: Readonly<Record<string, Pick<PersonProjection, 'kind' | 'email'>>>) => {
      for (const [user, person] of Object.entries(known))
        await memory.create(personKind, personId('T1', user), { schema: 1, teamId: 'T1', user, ...person });
    },
    receive,
    /** Says something in the chat, and answers with the command as soon as it was handled. */
    say: async (text: string, user?: string): Promise<Command> => {
      const id = await receive(text, user);
      const received = await memory.get(commandKind, id);
      if (received !== undefined) await handlers.command?.({ ...received, kind: 'command' }, 'owner');
      const answered = (await memory.get(commandKind, id))?.document;
      if (answered === undefined) throw new Error('The command is gone.');
      return answered;
    },
    ledger: async (application: string) => (await memory.get(ledgerKind, application))?.document.entries ?? [],
    switchFor: async (application: string = forAll) => (await memory.get(switchKind, application))?.document,
  };
}
