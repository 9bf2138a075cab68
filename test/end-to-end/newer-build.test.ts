import Database from 'libsql';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSlackEmulator, type SlackEmulator } from '../../src/emulators/slack';
import { executionKind, messageKind } from '../../src/engine/document-kinds';
import type { Execution } from '../../src/model/execution';
import { openSqliteStore } from '../../src/store/sqlite-store';
import { chatTokens, findButton, startChatBot } from '../support/chat-bot';
import { createCrashPoints } from '../support/crash-points';
import { stageOf } from '../support/engine-kit';
import { createManualClock, type ManualClock } from '../support/manual-clock';
import { createTemporaryFolder } from '../support/temporary-folder';

type Recording = {
  /** When the older build stopped, in milliseconds since the epoch. */
  readonly recordedAt: number;
  readonly documents: readonly {
    readonly kind: string;
    readonly id: string;
    readonly version: number;
    readonly due: number | null;
    readonly document: object;
  }[];
  readonly indexes: readonly {
    readonly kind: string;
    readonly name: string;
    readonly value: string;
    readonly id: string;
  }[];
  readonly workspace: object;
};

/** What a build whose executions were of schema 1 left in its database, and in Slack: two judgments that wait. */
const recording = JSON.parse(
  readFileSync(join(__dirname, '../recordings/waiting-judgments.schema-1.json'), 'utf8'),
) as Recording;

/** The one that times out after three days, as judgments do. */
const usual = '01RECORDED0000000000000002';
/** The one whose file says `timeout: 5d`. */
const patient = '01RECORDED0000000000000005';

const people = {
  users: [
    { id: 'U0REQUESTER', name: 'requester' },
    { id: 'U0APPROVER', name: 'approver' },
  ],
  channels: [{ id: 'C0DEPLOYS', name: 'deploys' }],
};

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Writes the rows as the older build left them, past the store, which would write today's. */
async function restore(file: string): Promise<void> {
  await openSqliteStore({ file, clock: createManualClock() }).close();
  const database = new Database(file);
  const row = database.prepare('INSERT INTO documents (kind, id, version, due, body) VALUES (?, ?, ?, ?, ?)');
  for (const { kind, id, version, due, document } of recording.documents)
    row.run(kind, id, version, due, JSON.stringify(document));
  const index = database.prepare('INSERT INTO indexes (kind, name, value, id) VALUES (?, ?, ?, ?)');
  for (const { kind, name, value, id } of recording.indexes) index.run(kind, name, value, id);
  database.close();
}

describe('a judgment that an older build asked for', () => {
  let folder: ReturnType<typeof createTemporaryFolder>;
  let clock: ManualClock;
  let slack: SlackEmulator;
  let file: string;

  const messages = () => slack.core.workspace.messagesIn('C0DEPLOYS');
  const message = (ts: string) => messages().find((one) => one.ts === ts)?.text;
  const startBot = (crashes?: ReturnType<typeof createCrashPoints>) =>
    startChatBot({ slack, clock, file, ...(crashes === undefined ? {} : { crashes }) });
  type Bot = Awaited<ReturnType<typeof startBot>>;
  const executionOf = async (bot: Bot, id: string): Promise<Execution> => {
    const found = await bot.store.get(executionKind, id);
    if (found === undefined) throw new Error(`No execution ${id}.`);
    return found.document;
  };
  /** Where Slack shows a message of an execution, as the older build saved it. */
  const sentOf = (id: string, name = 'live') => {
    const found = recording.documents.find((one) => one.id === `${id}/${name}`)?.document as {
      readonly sent: { readonly channelId: string; readonly ts: string };
    };
    return found.sent;
  };
  const questionOf = (id: string) => sentOf(id, '1/1/question');
  /** Which message each posted one is for, as the outbox marks them. */
  const idsPosted = () =>
    messages()
      .filter(({ ephemeralFor }) => ephemeralFor === undefined)
      .map(({ metadata }) => (metadata as { readonly event_payload: { readonly id: string } }).event_payload.id);
  /** A click on what the older build posted: its value is the older build's too. */
  const approve = (bot: Bot, id: string) => {
    const { ts } = sentOf(id);
    return bot.act('click', {
      user: 'U0APPROVER',
      ...findButton(slack, { channel: 'C0DEPLOYS', ts, label: 'Approve' }),
    });
  };
  const start = async () => {
    folder = createTemporaryFolder();
    file = join(folder.path, 'coxswain.sqlite');
    clock = createManualClock(recording.recordedAt);
    const dataFile = join(folder.path, 'slack.json');
    writeFileSync(dataFile, JSON.stringify({ schema: 1, workspace: recording.workspace }));
    slack = await startSlackEmulator({ port: 0, ...chatTokens, ...people, clock, dataFile });
    await restore(file);
  };
  const end = async () => {
    await slack.close();
    folder.remove();
  };

  beforeEach(start);
  afterEach(end);

  it.each([
    ['shortly before its three days are over', usual, 2 * dayMs + 23 * hourMs],
    ['after more than three days, where five are set', patient, 4 * dayMs + 12 * hourMs],
  ])('is answered %s, and goes on in the same message', async (_, id, laterMs) => {
    const { channelId, ts } = sentOf(id);
    const before = messages().map((one) => one.ts);
    await clock.advance(laterMs);
    const bot = await startBot();
    await bot.run(1_000);
    expect((await executionOf(bot, id)).status).toBe('RUNNING');
    await approve(bot, id);
    await bot.run(60_000);
    const done = await executionOf(bot, id);
    expect(done).toMatchObject({ schema: 2, status: 'SUCCEEDED', trigger: { reason: 'fix login', parameters: {} } });
    expect(stageOf(done, '1').outputs).toMatchObject({ judgmentStatus: 'continue', judgedBy: 'U0APPROVER' });
    expect(stageOf(done, '2').outputs).toMatchObject({ why: 'fix login', also: 'fix login' });
    expect((await bot.store.get(messageKind, `${id}/live`))?.document.sent).toMatchObject({ channelId, ts });
    expect(message(ts)).toMatch(/· done\nReason: fix login/);
    expect(message(questionOf(id).ts)).toContain('was approved by <@U0APPROVER>');
    const posted = messages().filter((one) => !before.includes(one.ts) && one.threadTs === ts);
    const isReminder = ({ text }: { readonly text: string }) => text.includes('still waits for a decision');
    // The older build reminded nobody; the newer one does, once, where it looks before the decision.
    expect(posted.filter(isReminder).length).toBeLessThanOrEqual(1);
    expect(posted.filter((one) => !isReminder(one)).map(({ text }) => text)).toEqual([
      expect.stringContaining('*Note* · done'),
      expect.stringContaining('· done\nReason: fix login'),
    ]);
    expect(idsPosted()).toEqual([...new Set(idsPosted())]);
    await bot.stop();
  });

  it('comes too late after its three days, as it would have without the restart', async () => {
    await clock.advance(3 * dayMs);
    const bot = await startBot();
    await approve(bot, usual);
    await bot.run(60_000);
    expect((await executionOf(bot, usual)).status).toBe('TERMINAL');
    expect(message(sentOf(usual).ts)).toContain('· failed');
    await bot.stop();
  });

  it('ends the same wherever the newer build is killed meanwhile', async () => {
    const runWith = async (points: readonly number[]) => {
      await clock.advance(2 * dayMs + 23 * hourMs);
      const crashes = createCrashPoints(new Set(points));
      const bot = await startBot(crashes);
      await approve(bot, usual);
      await bot.run(120_000);
      const { status, stages } = await executionOf(bot, usual);
      await bot.stop();
      const shown = messages()
        .filter(({ ephemeralFor }) => ephemeralFor === undefined)
        .map(({ text, threadTs, broadcast }) => JSON.stringify({ text, threadTs, broadcast }))
        .sort();
      return { status, outputs: stages.map(({ outputs }) => outputs), shown, passed: crashes.passed() };
    };
    const { passed, ...whole } = await runWith([]);
    expect(whole.status).toBe('SUCCEEDED');
    expect(passed).toBeGreaterThan(10);
    // Each write has a point before it and one after it: every third point meets both, at two writes of three.
    for (let point = 1; point <= passed; point += 3) {
      await end();
      await start();
      const { passed: _, ...killed } = await runWith([point]);
      expect({ point, ...killed }).toEqual({ point, ...whole });
    }
  }, 120_000);
});
