import { verbs } from '../../commands';
import { processCommand } from '../../commands/support/process-command';
import type { VerbWorld } from '../../commands/support/verb';
import { createExecutorHandlers, stageRegistry, executionRenderer } from '../../src/app';
import { createChaos } from '../../src/chaos';
import { commandKind, executionKind, messageKind, peopleKind } from '../../src/engine/document-kinds';
import { fold } from '../../src/engine/fold';
import type { DocumentStore } from '../../src/engine/ports/document-store';
import { applySignal, type SignalOutcome } from '../../src/engine/signals';
import type { Application, Definitions, Environment, Pipeline } from '../../src/model/application';
import { defaultChaosSettings } from '../../src/model/chaos';
import type { Command, CommandRequest } from '../../src/model/command';
import type { Execution } from '../../src/model/execution';
import { plainText } from '../../src/model/text';
import type { View } from '../../src/model/view';
import { createAuditLog } from '../../src/policy/audit/audit-log';
import { readPeople } from '../../src/policy/people';
import { createKeyvStore } from '../../src/store/keyv-store';
import { createUserSettings } from '../../src/store/user-settings';
import { east } from '../dcos/builders';
import { drive } from './engine-kit';
import { createFakeServerGroups } from './fake-server-groups';
import { createManualClock } from './manual-clock';
import { createMemoryStore } from './memory-store';
import { west } from './stage-kit';
import { fetchNothing } from './fetch-nothing';
import { noJobs } from './no-jobs';

const environmentOf = (name: string, over: Partial<Environment>): Environment => ({
  name,
  locations: [east],
  instances: 2,
  pipeline: {
    name: 'p',
    stages: [
      { refId: '1', requisiteStageRefIds: [], type: 'deploy', name: 'Deploy', context: { strategy: 'redblack' } },
    ],
  },
  service: { cpus: 1, mem: 512, serviceEndpoints: [], healthChecks: [] },
  channel: 'foo-deploys',
  policy: { deployers: [], approvers: { groups: [], anyone: true, count: 1, excludeRequester: false } },
  confirm: false,
  ...over,
});

const foo: Application = {
  name: 'foo',
  file: 'foo.yaml',
  image: 'repo/foo',
  notify: { channel: [], requester: [] },
  pipelines: new Map([['p', environmentOf('dev', {}).pipeline]]),
  environments: new Map([
    ['dev', environmentOf('dev', {})],
    [
      'prod',
      environmentOf('prod', {
        locations: [east, west],
        confirm: true,
        policy: { deployers: ['crew'], approvers: { groups: ['managers'], count: 1, excludeRequester: true } },
      }),
    ],
  ]),
};

/** All that a view says, as plain text. */
export const wordsOf = (view: View | undefined): string =>
  view === undefined
    ? ''
    : [
        plainText(view.headline),
        ...(view.lines ?? []).map(plainText),
        ...(view.facts ?? []).map(({ label, value }) => `${label}: ${plainText(value)}`),
        ...(view.footer === undefined ? [] : [plainText(view.footer)]),
      ].join('\n');

/** `foo` with other stages in the pipeline of prod, and another service where one is given. */
function fooWith(stages: Environment['pipeline']['stages'], service: Environment['service'] | undefined): Application {
  const { environments } = foo;
  const prod = environments.get('prod');
  if (prod === undefined) return foo;
  return {
    ...foo,
    pipelines: new Map([['p', { name: 'p', stages }]]),
    environments: new Map([
      ...environments,
      ['prod', { ...prod, service: service ?? prod.service, pipeline: { name: 'p', stages } }],
    ]),
  };
}

/** An application both of whose environments have one pipeline, of which more is said. */
function withPipeline(application: Application, fields: Partial<Pipeline>): Application {
  const environments = [...application.environments].map(([name, environment]): [string, Environment] => [
    name,
    { ...environment, pipeline: { ...environment.pipeline, ...fields } },
  ]);
  const pipelines = environments.map(([, { pipeline }]): [string, Pipeline] => [pipeline.name, pipeline]);
  return {
    ...application,
    environments: new Map(environments),
    pipelines: new Map([...application.pipelines, ...pipelines]),
  };
}

/**
 * The verbs over a fake world with the application `foo` (dev: one region; prod: two, crew only, confirmed); `stages` are
 * those of its pipeline for prod, `others` further pipelines of it, `pipeline` what else is said of those of both.
 */
export async function createCommandBench(
  wrap: (store: DocumentStore) => DocumentStore = (store) => store,
  stages?: Environment['pipeline']['stages'],
  service?: Environment['service'],
  others: readonly Pipeline[] = [],
  pipeline: Partial<Pipeline> = {},
) {
  const clock = createManualClock();
  const memory = createMemoryStore(() => clock.now());
  const store = wrap(memory);
  const serverGroups = createFakeServerGroups(clock);
  const chosen = stages === undefined ? foo : fooWith(stages, service);
  const more = others.map((other): [string, Pipeline] => [other.name, other]);
  const application = withPipeline({ ...chosen, pipelines: new Map([...chosen.pipelines, ...more]) }, pipeline);
  const definitions = (): Definitions => ({ applications: new Map([['foo', application]]), clusters: new Map() });
  let count = 0;
  const newId = () => `N${String((count += 1)).padStart(4, '0')}`;
  const parts = { store, clock, newId, teamId: 'T1', definitions, serverGroups };
  const handlers = createExecutorHandlers({
    fetchText: fetchNothing,
    jobs: noJobs,
    ...parts,
    onError: () => undefined,
  });
  await memory.create(peopleKind, 'T1', {
    schema: 1,
    teamId: 'T1',
    readAt: 0,
    groups: { crew: ['UANN', 'UBOB'], managers: ['UBOB'] },
  });
  const signal: VerbWorld['signal'] = async (id, wanted) => {
    let outcome: SignalOutcome = { accepted: false, code: 'NOT_FOUND', message: 'gone' };
    await store.update(executionKind, id, (execution) =>
      fold(
        execution,
        (before) => {
          const signaled = applySignal(before, wanted, clock.now());
          outcome = signaled.outcome;
          return signaled.execution;
        },
        { registry: stageRegistry, now: clock.now(), render: executionRenderer },
      ),
    );
    await store.touch(executionKind, id, clock.now());
    return outcome;
  };
  const settings = createUserSettings(createKeyvStore(store, clock));
  const { record } = createAuditLog({ store, clock, teamId: 'T1' });
  const noHold = () => Promise.resolve(undefined);
  const chaos = createChaos({
    ...parts,
    settings: { ...defaultChaosSettings, admins: ['chaos-admins'] },
    newSeed: (name) => name,
    signal,
    stopped: noHold,
    lastStop: () => Promise.resolve(''),
    locks: () => Promise.resolve(() => undefined),
    record,
    onError: () => undefined,
  });
  const world: VerbWorld = {
    ...parts,
    chaos,
    people: (users) => readPeople(store, 'T1', users),
    show: executionRenderer.live,
    signal,
    settings,
    record,
  };
  const handleExecution = (loaded: Execution, owner: string) =>
    handlers.execution({ kind: 'execution', id: loaded.id, version: 0, document: loaded }, owner);
  let asked = 0;
  const bench = {
    clock,
    store: memory,
    serverGroups,
    world,
    /** Stores a command as the chat does; its id is the answer. */
    receive: async (request: CommandRequest, user = 'UANN', isPrivate = false): Promise<string> => {
      const id = `C${String((asked += 1)).padStart(4, '0')}`;
      const seen = isPrivate ? { onPrivateMessage: true } : {};
      const source = { surface: 'slack', user, channel: 'CH1', ...seen } as const;
      const command: Command = {
        schema: 1,
        teamId: 'T1',
        id,
        source,
        request,
        createdAt: clock.now(),
        state: 'received',
      };
      await memory.create(commandKind, id, command, { due: clock.now() });
      return id;
    },
    handle: async (id: string): Promise<Command> => {
      const loaded = await memory.get(commandKind, id);
      if (loaded === undefined) throw new Error(`No command ${id}.`);
      await processCommand(verbs, world, { ...loaded, kind: 'command' }, 'owner');
      return bench.command(id);
    },
    command: async (id: string): Promise<Command> => {
      const found = await memory.get(commandKind, id);
      if (found === undefined) throw new Error(`No command ${id}.`);
      return found.document;
    },
    /** Asks in words and answers with the command once it was handled. */
    say: async (text: string, user?: string) => bench.handle(await bench.receive({ type: 'text', text }, user)),
    /** Presses a button of a plan, which only one person sees. */
    press: async (planned: Command, name: 'confirm' | 'dismiss', user?: string) => {
      const target = { kind: 'command', id: planned.id, hash: planned.plan?.hash ?? '' } as const;
      return bench.handle(await bench.receive({ type: 'choice', name, target }, user, true));
    },
    /** Presses a button of an execution. */
    choose: async (id: string, name: string, more: { stageId?: string; answer?: string; user?: string } = {}) => {
      const { stageId, answer, user } = more;
      const target = { kind: 'execution', id, ...(stageId === undefined ? {} : { stageId }) } as const;
      const request = { type: 'choice', name, target, ...(answer === undefined ? {} : { answer }) } as const;
      return bench.handle(await bench.receive(request, user));
    },
    reply: async (id: string) => (await memory.get(messageKind, `${id}/reply`))?.document,
    /** What the live message of an execution should show. */
    live: async (id: string) => (await memory.get(messageKind, `${id}/live`))?.document.view,
    handlers,
    executions: async () => (await memory.list(executionKind)).map(({ document }) => document),
    drive: (id: string, maxMs = 3_600_000) => drive({ store: memory, clock, id, handle: handleExecution, maxMs }),
  };
  return bench;
}
