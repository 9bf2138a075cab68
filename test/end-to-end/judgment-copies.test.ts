import { join } from 'node:path';
import { startSlackEmulator, type SlackEmulator } from '../../src/emulators/slack';
import { executionKind, messageKind, peopleKind } from '../../src/engine/document-kinds';
import type { Definitions } from '../../src/model/application';
import type { Execution } from '../../src/model/execution';
import { isEntry } from '../../src/policy/audit/audit-line';
import { createKeyvStore } from '../../src/store/keyv-store';
import { createUserSettings } from '../../src/store/user-settings';
import { exportAll } from '../support/audit-kit';
import { buildExecution } from '../support/api-fixture';
import { chatTokens, findButton, startChatBot } from '../support/chat-bot';
import { createCrashPoints } from '../support/crash-points';
import { buildPipeline } from '../support/engine-kit';
import { createManualClock, type ManualClock } from '../support/manual-clock';
import { createTemporaryFolder } from '../support/temporary-folder';

const [ann, bob, cid] = ['U0ANN', 'U0BOB', 'U0CID'];
const deploys = 'C0DEPLOYS';
const teamId = 'T00000001';

/** A judgment of `foo prod` that Bob and Cid may decide, and whose copies both have asked for. */
const judged = buildPipeline([{ ref: '1', type: 'manualJudgment', name: 'Keep it?' }], {
  teamId,
  name: 'Deploy foo 1.1 to prod',
  trigger: { ...buildExecution().trigger, user: ann },
  report: { teamId, channel: 'deploys' },
  definition: {
    ...buildExecution().definition,
    policy: { deployers: [], approvers: { groups: ['managers'], count: 1, excludeRequester: true } },
  },
});

const noDefinitions = (): Definitions => ({ applications: new Map(), clusters: new Map() });

describe('a judgment and its copies', () => {
  let folder: ReturnType<typeof createTemporaryFolder>;
  let clock: ManualClock;
  let slack: SlackEmulator;
  let managers: string[];
  let bot: Awaited<ReturnType<typeof startChatBot>>;

  const dmOf = (user: string) => slack.core.workspace.dmOf(user);
  const places = () => [deploys, dmOf(bob), dmOf(cid)];
  const hasApprove = (channel: string, ts: string): boolean => {
    try {
      return findButton(slack, { channel, ts, label: 'Approve' }).value !== undefined;
    } catch {
      return false;
    }
  };
  /** How many messages of each place offer to approve: the channel, Bob's own, Cid's own. */
  const offers = () =>
    places().map(
      (channel) => slack.core.workspace.messagesIn(channel).filter(({ ts }) => hasApprove(channel, ts)).length,
    );
  const approve = (user: string, channel: string) => {
    const { ts = '' } = slack.core.workspace.messagesIn(channel).findLast((one) => hasApprove(channel, one.ts)) ?? {};
    return bot.act('click', { user, ...findButton(slack, { channel, ts, label: 'Approve' }) });
  };
  const execution = async (id = 'E1'): Promise<Execution | undefined> =>
    (await bot.store.get(executionKind, id))?.document;
  /** What one person alone was answered in a place. */
  const answered = (user: string, channel: string) =>
    slack.core.workspace
      .messagesIn(channel)
      .filter(({ ephemeralFor }) => ephemeralFor === user)
      .map(({ text }) => text);

  const start = async (crashes?: ReturnType<typeof createCrashPoints>) => {
    folder = createTemporaryFolder();
    clock = createManualClock();
    managers = [bob, cid];
    const userGroups = [{ id: 'S1', handle: 'managers', name: 'managers', users: managers }];
    const users = [ann, bob, cid].map((id) => ({ id, name: id.slice(2).toLowerCase() }));
    const channels = [{ id: deploys, name: 'deploys' }];
    slack = await startSlackEmulator({ port: 0, ...chatTokens, users, channels, userGroups, clock });
    const file = join(folder.path, 'coxswain.sqlite');
    bot = await startChatBot({
      slack,
      clock,
      file,
      definitions: noDefinitions,
      ...(crashes === undefined ? {} : { crashes }),
    });
    await bot.store.create(peopleKind, teamId, { schema: 1, teamId, readAt: 0, groups: { managers } });
    const settings = createUserSettings(createKeyvStore(bot.store, clock));
    for (const userId of [bob, cid]) await settings.set({ teamId, userId }, 'judgments', 'direct');
    await bot.store.create(executionKind, 'E1', judged, { due: clock.now() });
    await bot.run(5000);
  };
  const end = async () => {
    await bot.stop();
    await slack.close();
    folder.remove();
  };

  afterEach(end);

  describe('while nothing stops', () => {
    beforeEach(() => start());

    it.each([
      ['a copy', () => dmOf(bob)],
      ['the channel', () => deploys],
    ])('lose their buttons everywhere when it is answered from %s', async (_where, place) => {
      expect(offers()).toEqual([2, 1, 1]);
      await approve(bob, place());
      await bot.run(60_000);
      expect((await execution())?.status).toBe('SUCCEEDED');
      expect(offers()).toEqual([0, 0, 0]);
      for (const channel of places())
        expect(slack.core.workspace.messagesIn(channel).map(({ text }) => text)).toEqual(
          expect.arrayContaining([expect.stringContaining(`approved by <@${bob}>`)]),
        );
    });

    it('are decided by one of two presses at the same instant: the other is told who', async () => {
      await approve(bob, dmOf(bob));
      await approve(cid, dmOf(cid));
      await bot.run(60_000);
      const { judgedBy: first } = (await execution())?.stages[0]?.outputs ?? {};
      const second = first === bob ? cid : bob;
      expect([bob, cid]).toContain(first);
      expect(answered(second, dmOf(second))).toEqual([
        expect.stringContaining(`Already approved by <@${String(first)}>`),
      ]);
      expect(offers()).toEqual([0, 0, 0]);
    });

    it('are not decided from a copy by who left the group a second ago', async () => {
      managers.splice(0, 1);
      await clock.advance(1000);
      await approve(bob, dmOf(bob));
      await bot.run(60_000);
      expect((await execution())?.status).toBe('RUNNING');
      expect(answered(bob, dmOf(bob))).toEqual([expect.stringContaining('You cannot decide here')]);
      expect(offers()).toEqual([2, 1, 1]);
      const entries = (await exportAll(bot.store, { chains: ['foo'] })).filter(isEntry);
      expect(entries.filter(({ kind }) => kind === 'refusal')).toMatchObject([{ who: bob, action: 'approve' }]);
      await approve(cid, dmOf(cid));
      await bot.run(60_000);
      expect((await execution())?.status).toBe('SUCCEEDED');
    });
  });

  it('end the same wherever the process stops between the answer and the last copy', async () => {
    const points = new Set<number>();
    const crashes = createCrashPoints(points);
    await start(crashes);
    /** Has a judgment answered by Bob from his copy while the process stops at a point after that; 0: nowhere. */
    const runWith = async (id: string, point: number) => {
      if (id !== 'E1') await bot.store.create(executionKind, id, { ...judged, id }, { due: clock.now() });
      await bot.run(5000);
      const before = crashes.passed();
      points.add(before + point);
      await approve(bob, dmOf(bob));
      await bot.run(120_000);
      const sent = (await bot.store.list(messageKind, { limit: 1000 }))
        .map((message) => message.id)
        .filter((one) => one.startsWith(id));
      const { status } = (await execution(id)) ?? {};
      const posted = places().map((channel) => slack.core.workspace.messagesIn(channel).length);
      return {
        end: { status, offers: offers(), sent: sent.map((one) => one.slice(id.length)).toSorted() },
        posted,
        passed: crashes.passed() - before,
      };
    };
    const whole = await runWith('E1', 0);
    expect(whole.end).toMatchObject({ status: 'SUCCEEDED', offers: [0, 0, 0] });
    expect(whole.passed).toBeGreaterThan(10);
    // Each write has a point before it and one after it: every third point meets both, at two writes of three.
    for (let point = 1, posted = whole.posted; point <= whole.passed; point += 3) {
      const next = await runWith(`P${point}.`, point);
      const more = next.posted.map((count, index) => count - (posted[index] ?? 0));
      expect({ point, end: next.end, more }).toEqual({ point, end: whole.end, more: whole.posted });
      posted = next.posted;
    }
  }, 60_000);
});
