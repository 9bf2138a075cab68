import { join } from 'node:path';
import { executionRenderer, stageRegistry } from '../../src/app';
import { loadDefinitions } from '../../src/definitions/load-definitions';
import { parseApplication } from '../../src/definitions/parse-application';
import { startSlackEmulator } from '../../src/emulators/slack';
import { executionKind } from '../../src/engine/document-kinds';
import type { Execution } from '../../src/model/execution';
import { entriesOf } from './handled-choices';
import { chatTokens, findButton, onChatPage, startChatBot } from './chat-bot';
import type { createCrashPoints } from './crash-points';
import { createEmulatedCluster, groupsOver } from './emulated-cluster';
import { createManualClock } from './manual-clock';
import { createTemporaryFolder } from './temporary-folder';
import { waitFor } from './wait-for';

const folder = join(__dirname, '../../pipelines');
const { accounts = new Map() } = loadDefinitions({ folder, stageTypes: stageRegistry, environment: {} }).accounts;

/** Who is there: ann asks, bob and she are managers, cat is on call, and eve nobody in particular. */
export const staff = { ann: 'U00000ANN', bob: 'U00000BOB', cat: 'U00000CAT', eve: 'U00000EVE' } as const;

const channel = 'C0DEPLOYS';
const workspace = {
  users: Object.entries(staff).map(([name, id]) => ({ id, name })),
  channels: [{ id: channel, name: 'deploys' }],
  userGroups: [
    { id: 'S0MANAGERS', handle: 'managers', name: 'managers', users: [staff.bob, staff.ann] },
    { id: 'S0ONCALL', handle: 'oncall', name: 'oncall', users: [staff.cat] },
  ],
};

type Crashes = ReturnType<typeof createCrashPoints>;

/** The bot over an emulated Slack and an emulated DC/OS called `lab`, all on one virtual clock; `file` is `foo.yaml`. */
export async function startDeployingBot(file: string) {
  const { application, problems } = parseApplication({
    text: file,
    file: 'foo.yaml',
    accounts,
    stageTypes: stageRegistry,
  });
  if (application === undefined || problems.length > 0) throw new Error(JSON.stringify(problems));
  const definitions = () => ({ applications: new Map([['foo', application]]), clusters: new Map() });
  const clock = createManualClock();
  const temporary = createTemporaryFolder();
  const slack = await startSlackEmulator({ port: 0, ...chatTokens, ...workspace, clock });
  const dcos = createEmulatedCluster('lab', clock);
  const serverGroups = groupsOver({ lab: dcos }, clock);
  const boot = (crashes?: Crashes) => {
    const failing = crashes === undefined ? {} : { crashes };
    return startChatBot({
      slack,
      clock,
      file: join(temporary.path, 'coxswain.sqlite'),
      definitions,
      serverGroups,
      ...failing,
    });
  };
  let bot = await boot();
  const texts = (user: string) =>
    slack.core.workspace
      .messagesIn(channel)
      .filter(({ ephemeralFor }) => ephemeralFor === undefined || ephemeralFor === user);
  const find = (label: string) => {
    for (const { ts } of slack.core.workspace.messagesIn(channel).toReversed()) {
      try {
        return findButton(slack, { channel, ts, label });
      } catch {
        // Another message has it.
      }
    }
    throw new Error(`No button '${label}' anywhere.`);
  };
  const openForm = (user: string) => slack.core.workspace.views.get(user)?.at(-1);
  const world = {
    clock,
    slack,
    dcos,
    serverGroups,
    /** Lets time pass. */
    run: (ms: number) => bot.run(ms),
    /** Types a slash command and has it handled. */
    type: async (user: string, text: string): Promise<void> => {
      const [command, ...rest] = text.split(' ');
      await bot.act('command', { user, channel, command, text: rest.join(' ') });
      await bot.run(0);
    },
    button: find,
    hasButton: (label: string): boolean => {
      try {
        return find(label).value !== undefined;
      } catch {
        return false;
      }
    },
    /** Presses a button; the newest one with this label, where none is given. */
    press: async (user: string, label: string, button = find(label)): Promise<void> => {
      await bot.act('click', { user, ...button });
      await bot.run(0);
    },
    /** Presses a button that opens a form; answers with what the form says. */
    open: async (user: string, label: string, button = find(label)): Promise<string> => {
      await onChatPage(slack, 'click', { user, ...button });
      return JSON.stringify(await waitFor('the form', () => openForm(user)));
    },
    /** Fills the form that is open, and has its answer handled unless that is left to others. */
    answer: async (user: string, value: string, { isHandled = true } = {}): Promise<void> => {
      const values = { answer: { answer: { type: 'plain_text_input', value } } };
      await bot.act('view/submit', { user, viewId: openForm(user)?.id, values });
      if (isHandled) await bot.run(0);
    },
    /** What a person sees in the channel and its threads, oldest first. */
    seen: (user: string = staff.ann): readonly string[] => texts(user).map(({ text }) => text),
    /** The same with all that stands in the blocks. */
    blocks: (): string => JSON.stringify(texts(staff.ann).map(({ text, blocks }) => [text, blocks])),
    /** The only execution, or the newest. */
    execution: async (): Promise<Execution> => {
      const [found] = await bot.store.list(executionKind, { newestFirst: true, limit: 1 });
      if (found === undefined) throw new Error('There is no execution.');
      return found.document;
    },
    /** The texts of an execution's steps. */
    view: async () => executionRenderer.live(await world.execution()),
    /** The audit log of foo. */
    entries: () => entriesOf({ store: bot.store }),
    store: () => bot.store,
    /** The bot as another process over the same file; `crashes` stop it. */
    restart: async (crashes?: Crashes): Promise<void> => {
      await bot.stop();
      // What is typed now must not be sent to the one that left.
      await waitFor('the bot to be gone', () => !slack.core.isBotOnline());
      bot = await boot(crashes);
    },
    /** Sizes by the last part of the id of each app, those of 0 too. */
    sizes: (): Readonly<Record<string, number>> => {
      const { body } = dcos.core.handle({ method: 'GET', path: '/v2/apps' });
      const { apps } = body as { readonly apps: readonly { readonly id: string; readonly instances: number }[] };
      return Object.fromEntries(apps.map(({ id, instances }) => [id.slice(id.lastIndexOf('/') + 1), instances]));
    },
    deployments: () =>
      dcos.core.handle({ method: 'GET', path: '/v2/deployments' }).body as readonly {
        readonly id: string;
        readonly affectedApps: readonly string[];
      }[],
    stop: async (): Promise<void> => {
      await bot.stop();
      await slack.close();
      await dcos.core.stop();
      temporary.remove();
    },
  };
  return world;
}

/** What `startDeployingBot` makes. */
export type DeployingBot = Awaited<ReturnType<typeof startDeployingBot>>;
