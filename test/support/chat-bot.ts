import { createExecutorHandlers, executorKinds } from '../../src/app';
import { messageKind } from '../../src/engine/document-kinds';
import type { SlackEmulator } from '../../src/emulators/slack';
import type { ServerGroups } from '../../src/dcos/server-groups';
import type { DueHandler } from '../../src/engine/ports/wake';
import type { Definitions } from '../../src/model/application';
import { createSlackApp } from '../../src/slack/bolt-app';
import { createPeopleDirectory } from '../../src/slack/people-directory';
import { createOutbox } from '../../src/slack/outbox';
import { createWebClients } from '../../src/slack/web-clients';
import { openSqliteStore } from '../../src/store/sqlite-store';
import type { createCrashPoints } from './crash-points';
import { createFakeServerGroups } from './fake-server-groups';
import { fetchNothing } from './fetch-nothing';
import type { ManualClock } from './manual-clock';
import { noJobs } from './no-jobs';
import { waitFor } from './wait-for';

/** The tokens that the emulated Slack must know. */
export const chatTokens = { botToken: 'xoxb-chat-bot', appToken: 'xapp-chat-bot', signingSecret: 'unused-here' };

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** What a bot over an emulated Slack is made of. */
export type ChatBotOptions = {
  readonly slack: SlackEmulator;
  readonly clock: ManualClock;
  /** The SQLite file. */
  readonly file: string;
  /** Where executor and outbox stop; each document is then handled by a process of its own. */
  readonly crashes?: ReturnType<typeof createCrashPoints>;
  /** What may be deployed where; who is who is then asked of Slack. @default nothing */
  readonly definitions?: () => Definitions;
  /** @default those of a fake */
  readonly serverGroups?: ServerGroups;
};

const noDefinitions = (): Definitions => ({ applications: new Map(), clusters: new Map() });

type Button = { readonly action_id: string; readonly value?: string; readonly text: { readonly text: string } };

/** The button with this label on a message: what a click on it says to the chat page. */
export function findButton({ core }: SlackEmulator, { channel, ts, label }: Readonly<Record<string, string>>) {
  const { blocks } = core.workspace.messagesIn(channel ?? '').find((message) => message.ts === ts) ?? { blocks: [] };
  for (const { type, block_id: blockId, elements } of blocks) {
    if (type !== 'actions') continue;
    const button = (elements as readonly Button[]).find(({ text }) => text.text === label);
    if (button !== undefined) return { channel, ts, blockId, actionId: button.action_id, value: button.value };
  }
  throw new Error(`No button '${String(label)}' on the message ${String(ts)}.`);
}

type ChatAct = 'message' | 'command' | 'click' | 'view/submit';

/** Does what a person does on the chat page. Throws where the chat refuses it. */
export async function onChatPage(
  slack: SlackEmulator,
  path: ChatAct,
  body: Readonly<Record<string, unknown>>,
): Promise<void> {
  const response = await fetch(`${slack.url}/chat/api/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const reply = (await response.json()) as { readonly ok: boolean; readonly error?: string };
  if (!reply.ok) throw new Error(`The chat refused: ${String(reply.error)}`);
}

/** A bot as it runs: Slack's requests through Bolt, the executor and the outbox on one SQLite file, on virtual time. */
export async function startChatBot(options: ChatBotOptions) {
  const { slack, clock, crashes, definitions = noDefinitions } = options;
  const { serverGroups = createFakeServerGroups(clock) } = options;
  const store = openSqliteStore({ file: options.file, clock, survivesPowerLoss: false });
  let commands = 0;
  const { interactive: client, background } = createWebClients({ ...chatTokens, slackApiUrl: slack.slackApiUrl });
  const { team } = slack.core.workspace;
  const directory = createPeopleDirectory({ client, clock, teamId: team.id });
  const people = options.definitions === undefined ? {} : { directory };
  let made = 0;
  const app = createSlackApp({
    config: { ...chatTokens, slackApiUrl: slack.slackApiUrl, port: 0 },
    store,
    clock,
    logger: silent,
    client,
    onCommand: () => {
      commands += 1;
    },
  });
  const boot = (): Readonly<Record<string, DueHandler>> => {
    crashes?.boot();
    const parts = { store: crashes?.wrap(store) ?? store, clock };
    return {
      ...createExecutorHandlers({
        ...parts,
        ...people,
        newId: () => `N${clock.now()}-${(made += 1)}`,
        teamId: team.id,
        definitions,
        serverGroups,
        jobs: noJobs,
        fetchText: fetchNothing,
        onError: () => undefined,
      }),
      message: createOutbox({ ...parts, client, background }).handler,
    };
  };
  let handlers = boot();
  const kinds = [...executorKinds, messageKind];
  const kindNames = kinds.map(({ name }) => name);
  await app.start();
  await waitFor('the bot to connect', () => slack.core.isBotOnline());
  let turns = 0;
  /** Handles all that is due now; what a handler throws leaves its document to the next claim. */
  const handleDue = async (): Promise<void> => {
    for (;;) {
      const owner = `owner-${(turns += 1)}`;
      const query = { kinds, owner, now: clock.now(), leaseMs: 10_000, limit: 16 };
      const claimed = await store.claimDue(query);
      if (claimed.length === 0) return;
      for (const one of claimed) {
        if (crashes !== undefined) handlers = boot();
        await handlers[one.kind]?.(one, owner).catch(() => undefined);
      }
    }
  };
  return {
    store,
    handleDue,
    /** Lets time pass, handling what falls due on the way. */
    run: async (forMs: number): Promise<void> => {
      const end = clock.now() + forMs;
      for (;;) {
        await handleDue();
        const next = await store.nextDue(kindNames, clock.now());
        if (next === undefined || next > end) break;
        await clock.advance(Math.max(1, next - clock.now()));
      }
      await clock.advance(end - clock.now());
    },
    /** Does what a person does on the chat page, and waits until its command is stored. */
    act: async (path: ChatAct, body: Readonly<Record<string, unknown>>): Promise<void> => {
      const before = commands;
      await onChatPage(slack, path, body);
      await waitFor('the command to be stored', () => commands > before);
    },
    stop: async (): Promise<void> => {
      await app.stop();
      await store.close();
    },
  };
}
