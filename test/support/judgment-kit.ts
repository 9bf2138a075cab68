import { executionRenderer } from '../../src/app';
import {
  executionKind,
  messageKind,
  peopleKind,
  personId,
  personKind,
  type PersonProjection,
} from '../../src/engine/document-kinds';
import type { DocumentStore } from '../../src/engine/ports/document-store';
import type { Environment } from '../../src/model/application';
import type { Execution, Policy, Stage } from '../../src/model/execution';
import type { Message } from '../../src/model/message';
import { createCommandBench, wordsOf } from './command-kit';
import { ask } from './handled-choices';

/** One judgment called `Keep it?`; `context` is what its file says of it. */
export const keepIt = (context: object = {}): Environment['pipeline']['stages'] => [
  { refId: '1', requisiteStageRefIds: [], type: 'manualJudgment', name: 'Keep it?', context: { ...context } },
];

/** What a test says of the people of `foo prod`, where the managers may approve. */
export type JudgmentBenchOptions = {
  readonly stages?: Environment['pipeline']['stages'];
  /** @default UBOB, UCID and UDEE */
  readonly managers?: readonly string[];
  readonly groups?: Readonly<Record<string, readonly string[]>>;
  readonly approvers?: Partial<Policy['approvers']>;
  readonly policy?: Partial<Policy>;
  /** Addresses by user; others have none. */
  readonly emails?: Readonly<Record<string, string>>;
  /** What accounts are, by user; others are people. */
  readonly kinds?: Readonly<Record<string, PersonProjection['kind']>>;
  /** Who has asked for copies of judgments. */
  readonly subscribers?: readonly string[];
  readonly wrap?: (store: DocumentStore) => DocumentStore;
};

/** The executor and the commands over a fake world where deployments of `foo prod` ask people. */
export async function createJudgmentBench(options: JudgmentBenchOptions = {}) {
  const {
    stages = keepIt(),
    managers = ['UBOB', 'UCID', 'UDEE'],
    groups = {},
    emails = {},
    kinds = {},
    wrap,
  } = options;
  const bench = await createCommandBench(wrap, stages);
  const environments = bench.world.definitions().applications.get('foo')?.environments as Map<string, Environment>;
  const prod = environments.get('prod');
  if (prod === undefined) throw new Error('There is no prod.');
  const approvers = { ...prod.policy.approvers, ...options.approvers };
  environments.set('prod', { ...prod, policy: { ...prod.policy, approvers, ...options.policy } });
  await bench.store.update(peopleKind, 'T1', (people) => ({
    ...people,
    groups: { ...people.groups, managers, ...groups },
  }));
  for (const user of new Set([...Object.keys(emails), ...Object.keys(kinds)])) {
    const address = emails[user] === undefined ? {} : { email: emails[user] };
    const person: PersonProjection = { schema: 1, teamId: 'T1', user, kind: kinds[user] ?? 'person', ...address };
    await bench.store.create(personKind, personId('T1', user), person);
  }
  for (const userId of options.subscribers ?? [])
    await bench.world.settings.set({ teamId: 'T1', userId }, 'judgments', 'direct');
  const stored = async (id: string): Promise<Execution> => {
    const found = await bench.store.get(executionKind, id);
    if (found === undefined) throw new Error(`No execution ${id}.`);
    return found.document;
  };
  const all = async () => (await bench.store.list(messageKind, { limit: 1000 })).map(({ document }) => document);
  const started = async (maxMs = 1000): Promise<string> => {
    const { executionId = '' } = await bench.press(await bench.say('deploy foo prod 1.1'), 'confirm');
    await bench.drive(executionId, maxMs);
    return executionId;
  };
  return {
    ...bench,
    stored,
    /** Deploys `foo prod`, and lets time pass until its judgment is open and `maxMs` went by. */
    started,
    /** A click of somebody on a judgment, handled as the executor does; answers in words. */
    decide: async (id: string, user: string, name: 'approve' | 'reject' = 'approve', answer?: string) => {
      const said = answer === undefined ? {} : { answer };
      const target = { kind: 'execution', id, stageId: '1' } as const;
      return ask(bench, { type: 'choice', name, target, ...said }, user);
    },
    /** The messages that say something beginning with this, oldest id first. */
    messages: async (text = ''): Promise<readonly Message[]> =>
      (await all()).filter(({ view }) => wordsOf(view).startsWith(text)),
    /** The judgment in the channel, its copies, and the live message: who has which, and which buttons it has. */
    buttons: async (id: string): Promise<Readonly<Record<string, string>>> => {
      const names = (choices: Message['view']['choices']) => (choices ?? []).map(({ name }) => name);
      const decisions = (choices: Message['view']['choices']) =>
        names(choices)
          .filter((name) => name === 'approve' || name === 'reject')
          .join();
      const questions = (await all()).filter((message) => `${message.id}/`.startsWith(`${id}/1/`));
      const shown = questions
        .filter((message) => message.id.endsWith('/question') || message.copyOf !== undefined)
        .map(({ target, view }) => [target.kind === 'direct' ? target.user : 'channel', decisions(view.choices)]);
      const live = executionRenderer.live(await stored(id));
      return { ...(Object.fromEntries(shown) as Record<string, string>), live: decisions(live.choices) };
    },
    stage: async (id: string): Promise<Stage> => {
      const found = (await stored(id)).stages.find((stage) => stage.id === '1');
      if (found === undefined) throw new Error('There is no judgment.');
      return found;
    },
  };
}

/** What `createJudgmentBench` makes. */
export type JudgmentBench = Awaited<ReturnType<typeof createJudgmentBench>>;
