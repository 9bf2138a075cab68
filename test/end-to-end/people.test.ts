import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/engine/clock';
import { commandKind } from '../../src/engine/document-kinds';
import { openSqliteStore } from '../../src/store/sqlite-store';
import { approver, fooChannel, requester, startDemo, stranger, type Demo } from '../support/demo-harness';
import { createdApps } from '../support/dcos-view';
import { slackHeaders } from '../support/slack-signing';
import { postedIds } from '../support/slack-view';
import { createTemporaryFolder } from '../support/temporary-folder';
import { waitFor } from '../support/wait-for';

const v000 = '/prod/east/foo-prod-v000';
const v001 = '/prod/east/foo-prod-v001';

/** An application that two people of the demo may decide on, and the third may ask for. */
const duoFile = `
application: duo
channel: foo-deploys
image: registry.example.com/demo/duo
service: { cpus: 0.25, memoryMb: 64 }
environments:
  prod: { regions: [prod/west], instances: 1, pipeline: release, approvers: [foo-team] }
pipelines:
  release: [{ type: deploy, strategy: redblack, timeout: 5m }, { type: manualJudgment }]
`;

/** An application whose question has answers, and whose requester is on call. */
const trioFile = `
application: trio
channel: foo-deploys
image: registry.example.com/demo/trio
service: { cpus: 0.25, memoryMb: 64 }
environments:
  prod: { regions: [prod/west], instances: 1, pipeline: ask, approvers: [nobody-here], breakGlass: [foo-team] }
pipelines:
  ask: [{ type: manualJudgment, name: Keep it?, judgmentInputs: [keep, undo] }, { type: deploy, strategy: redblack }]
`;

describe('people', () => {
  const folder = createTemporaryFolder();
  let demo: Demo;
  const typed = (user: string, text: string) => demo.slack.command(user, fooChannel, text);
  const seenBy = async (user: string, text: string) =>
    (await demo.slack.messages(user)).filter((message) => message.text.includes(text));
  const started = async () =>
    postedIds(await demo.slack.posted(fooChannel)).filter((id) => id.endsWith('/live')).length;
  /** A refusal is for the one who was refused, and leaves the channel as it was. */
  const expectPrivate = async (user: string, text: string) => {
    const message = await demo.slack.message(user, text);
    expect(message.ephemeral).toBe(true);
    for (const other of [requester, approver, stranger].filter((each) => each !== user))
      expect(await seenBy(other, text)).toEqual([]);
  };
  const waitsForDecision = () => demo.slack.message(approver, 'waiting for a decision', 40_000);

  beforeAll(async () => {
    cpSync(join(__dirname, '../../pipelines'), folder.path, { recursive: true });
    writeFileSync(join(folder.path, 'duo.yaml'), duoFile);
    writeFileSync(join(folder.path, 'trio.yaml'), trioFile);
    demo = await startDemo({ PIPELINES_FOLDER: folder.path });
  }, 40_000);
  afterAll(async () => {
    await demo.stop();
    folder.remove();
  }, 20_000);

  describe('who are not Slack', () => {
    const body = new URLSearchParams({
      team_id: 'T0DEMO',
      channel_id: fooChannel,
      user_id: requester,
      command: '/cox',
      text: 'help',
      trigger_id: 'trigger.of.a.test',
      response_url: 'http://127.0.0.1:9/never',
    }).toString();
    const send = async (headers: Readonly<Record<string, string>>) => {
      const response = await fetch(`${demo.addresses.bot}/slack/events`, { method: 'POST', headers, body });
      return response.status;
    };
    const idsIn = async (name: string) => {
      const store = openSqliteStore({ file: join(demo.databaseFolder, name), clock: systemClock });
      const found = await store.list(commandKind, { limit: 1000 });
      await store.close();
      return found.map(({ id }) => id);
    };
    /** Commands that would survive a power cut now: those that wait in the inbox, then those that were taken over. */
    const stored = async () => new Set([...(await idsIn('inbox.sqlite')), ...(await idsIn('coxswain.sqlite'))]).size;
    const signed = (secret: string, timestamp: number) => slackHeaders({ secret, body, timestamp });
    const seconds = () => Math.floor(Date.now() / 1000);

    it('are refused, and nothing of theirs is stored', async () => {
      const { signingSecret } = demo.addresses;
      const before = await stored();
      const other = `${signingSecret.startsWith('0') ? '1' : '0'}${signingSecret.slice(1)}`;
      expect(await send(signed(other, seconds()))).toBe(401);
      expect(await send(signed(signingSecret, seconds() - 3600))).toBe(401);
      expect(await send(signed(signingSecret, seconds() + 3600))).toBe(401);
      expect(await send({ 'content-type': 'application/x-www-form-urlencoded' })).toBe(401);
      expect(await stored()).toBe(before);
      const genuine = signed(signingSecret, seconds());
      expect(await send(genuine)).toBe(200);
      expect(await stored()).toBe(before + 1);
      expect(await send(genuine)).toBe(401);
      expect(await stored()).toBe(before + 1);
    });
  });

  it('who mistype are told what they may have meant, with a button that runs it', async () => {
    const mistakes = [
      ['/cox deplyo foo prod 1.1', "There is no command 'deplyo'", 'deploy foo prod 1.1'],
      ['/deploy fooo prod 1.1', 'fooo', 'deploy foo prod 1.1'],
      ['/deploy foo prdo 1.1', 'prdo', 'deploy foo prod 1.1'],
    ] as const;
    for (const [text, told, meant] of mistakes) {
      await typed(stranger, text);
      await demo.slack.message(stranger, told);
      const button = await demo.slack.button(stranger, 'run', told);
      expect(button?.label).toBe(`Run: ${meant}`);
    }
    await typed(requester, '/cox statsu foo');
    await demo.slack.click(requester, 'run', "There is no command 'statsu'");
    await demo.slack.message(requester, 'foo: nothing is under way.');
    expect(await started()).toBe(0);
  }, 30_000);

  it('who confirm a plan that has moved get a fresh one that says what moved', async () => {
    await typed(requester, '/deploy foo prod 1.1');
    await demo.slack.message(requester, 'Deploy foo to prod: 1.0 → *1.1*');
    await demo.dcos.put(v000, { instances: 6 });
    await waitFor('v000 to have grown', async () => (await demo.dcos.app(v000))?.tasksHealthy === 6);
    await demo.slack.click(requester, 'confirm', 'Deploy foo to prod');
    const fresh = await demo.slack.message(requester, 'Something moved since the plan was shown');
    expect(fresh.text).toMatch(/foo-prod-v000.*4.*6/);
    expect(fresh.ephemeral).toBe(true);
    expect(createdApps(await demo.dcos.mutations())).toEqual([]);
    expect(await started()).toBe(0);
  }, 30_000);

  it('who click Deploy twice start one execution', async () => {
    const button = await waitFor('the fresh plan', () => demo.slack.button(requester, 'confirm', 'Something moved'));
    await Promise.all([demo.slack.press(requester, button), demo.slack.press(requester, button)]);
    await waitsForDecision();
    expect(createdApps(await demo.dcos.mutations())).toEqual([v001]);
    expect(await started()).toBe(1);
  }, 60_000);

  it('who may not decide are refused in private', async () => {
    await demo.slack.click(stranger, 'approve');
    await expectPrivate(stranger, 'You cannot decide here: only');
    await demo.slack.click(requester, 'approve');
    await expectPrivate(requester, 'You cannot decide on your own deployment.');
    await waitsForDecision();
    expect((await demo.dcos.app(v000))?.instances).toBe(0);
  }, 30_000);

  it('who reject must say why, and everything is as before', async () => {
    await demo.slack.click(approver, 'reject');
    const empty = await demo.slack.answer(approver, '');
    expect(empty.ok).toBe(false);
    expect(empty.errors).toHaveProperty('answer');
    expect(await demo.slack.answer(approver, 'too many errors')).toMatchObject({ ok: true });
    await demo.slack.message(requester, /\*Deploy foo 1\.1 to prod\* · failed/, 40_000);
    await demo.slack.message(requester, 'too many errors');
    expect(await demo.dcos.app(v000)).toMatchObject({ instances: 6, tasksHealthy: 6 });
    expect((await demo.dcos.app(v001))?.instances ?? 0).toBe(0);
  }, 60_000);

  it('of whom two decide: the first wins, the second learns who it was', async () => {
    await typed(stranger, '/deploy duo prod 1.0');
    await demo.slack.click(stranger, 'confirm', 'Deploy duo to prod');
    await demo.slack.message(approver, /\*Deploy duo 1\.0 to prod\* · waiting for a decision/, 40_000);
    const button = await waitFor('Approve', () => demo.slack.button(approver, 'approve', 'duo 1.0 to prod'));
    await Promise.all([demo.slack.press(approver, button), demo.slack.press(requester, button)]);
    const done = await demo.slack.message(stranger, /\*Deploy duo 1\.0 to prod\* · done[^]*approved by/);
    const first = done.text.includes(`approved by <@${approver}>`) ? approver : requester;
    expect(done.text).toContain(`approved by <@${first}>`);
    const second = first === approver ? requester : approver;
    await expectPrivate(second, `Already approved by <@${first}>`);
  }, 60_000);

  it('who are on call break the glass of a question with several answers, and pick one', async () => {
    await typed(stranger, '/deploy trio prod 1.0');
    await demo.slack.click(stranger, 'confirm', 'Deploy trio to prod');
    await demo.slack.click(approver, 'breakGlass', 'trio 1.0 to prod', 40_000);
    expect((await demo.slack.answer(approver, 'login is down')).ok).toBe(false);
    expect(await demo.slack.answer(approver, 'login is down', 'keep')).toMatchObject({ ok: true });
    await demo.slack.message(stranger, "the judgment 'Keep it?', answered with 'keep'", 40_000);
    await demo.slack.message(stranger, /\*Deploy trio 1\.0 to prod\* · done/, 40_000);
  }, 90_000);
});
