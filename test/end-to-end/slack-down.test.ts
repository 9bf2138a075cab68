import { approver, fooChannel, requester, startDemo, type Demo } from '../support/demo-harness';
import { createdApps } from '../support/dcos-view';
import { postedIds } from '../support/slack-view';
import { waitFor } from '../support/wait-for';

const v001 = '/prod/east/foo-prod-v001';

describe('while the outside fails', () => {
  let demo: Demo;
  const ids = async () => postedIds(await demo.slack.posted(fooChannel));
  const expectNothingDoubled = async () => {
    const all = await ids();
    expect(all).toEqual([...new Set(all)]);
  };
  const confirm = async (text: string) => {
    await demo.slack.command(requester, fooChannel, text);
    await demo.slack.click(requester, 'confirm');
  };
  const creations = async (prefix: string) =>
    createdApps(await demo.dcos.mutations()).filter((id) => id.startsWith(prefix));

  beforeAll(async () => {
    demo = await startDemo();
  }, 40_000);
  afterEach(async () => {
    await Promise.all([demo.slack.heal(), demo.dcos.heal()]);
  });
  afterAll(() => demo.stop(), 20_000);

  it('the bot starts without Slack and answers once it is back', async () => {
    await demo.slack.fault({ kind: 'down' });
    const pid = demo.botPid();
    demo.killBot();
    await demo.botAfter(pid);
    expect(await demo.slack.command(requester, fooChannel, '/cox status foo')).toMatchObject({ ok: true });
    expect(await demo.slack.messages(requester)).toEqual([]);
    const before = await demo.slack.calls('usergroups.users.list');
    await demo.slack.heal();
    await demo.slack.message(requester, 'foo: nothing is under way.', 30_000);
    // Who may decide is known again soon, too.
    const areRead = async () => (await demo.slack.calls('usergroups.users.list')) >= before + 3;
    await waitFor('the user groups to be read', areRead, 20_000);
  }, 80_000);

  it('a deployment goes on without Slack, and its message is brought up to date', async () => {
    await confirm('/deploy foo prod 1.1');
    await demo.slack.message(requester, '*Deploy foo 1.1 to prod* · running');
    await demo.slack.fault({ kind: 'down' });
    await waitFor(
      'both groups to have changed',
      async () => {
        const sizes = await demo.dcos.sizes('/prod/east/foo-prod');
        return sizes[v001] === 4 && sizes['/prod/east/foo-prod-v000'] === 0;
      },
      30_000,
    );
    const stale = (await demo.slack.messages(requester)).filter(({ text }) =>
      text.includes('Deploy foo 1.1 to prod* ·'),
    );
    expect(stale.map(({ text }) => text.includes('waiting for a decision'))).toEqual([false]);
    await demo.slack.heal();
    const live = await demo.slack.message(requester, 'waiting for a decision', 40_000);
    expect(live.ts).toBe(stale[0]?.ts);
    await demo.slack.click(approver, 'approve');
    await demo.slack.message(requester, /\*Deploy foo 1\.1 to prod\* · done[^]*approved by/, 30_000);
    await expectNothingDoubled();
    expect((await ids()).filter((id) => id.endsWith('/live'))).toHaveLength(1);
  }, 120_000);

  it('a post whose answer is lost is not posted again', async () => {
    await demo.slack.fault({ kind: 'lost_reply', method: 'chat.postMessage' });
    await confirm('/resize foo prod 3');
    await demo.slack.message(requester, '*Resize foo prod from 4 to 3* · done', 60_000);
    await expectNothingDoubled();
    expect((await ids()).filter((id) => id.endsWith('/live'))).toHaveLength(2);
  }, 80_000);

  it('a deployment waits for a DC/OS that answers with errors, with HTML and slowly', async () => {
    await demo.slack.command(requester, fooChannel, '/deploy foo dev 1.1');
    await waitFor('the creation', async () => (await creations('/nonprod/east/foo-dev')).length === 1);
    await demo.dcos.fault([
      { kind: 'http', status: 503, times: 3 },
      { kind: 'http', status: 502, html: true, times: 3 },
      { kind: 'slow', delayMs: 1500, times: 3 },
      { kind: 'lostReply', method: 'DELETE', times: 1 },
    ]);
    await demo.slack.message(requester, '*Deploy foo 1.1 to dev* · done', 60_000);
    expect(await creations('/nonprod/east/foo-dev')).toEqual(['/nonprod/east/foo-dev-v001']);
    expect(await demo.dcos.sizes('/nonprod/east/foo-dev')).toEqual({ '/nonprod/east/foo-dev-v001': 1 });
  }, 80_000);

  it('a creation whose answer is lost is not created again', async () => {
    await demo.dcos.fault({ kind: 'lostReply', method: 'POST', path: '/v2/apps', times: 1 });
    await demo.slack.command(requester, fooChannel, '/deploy foo dev 1.2');
    await demo.slack.message(requester, '*Deploy foo 1.2 to dev* · done', 60_000);
    expect((await creations('/nonprod/east/foo-dev')).toSorted()).toEqual([
      '/nonprod/east/foo-dev-v001',
      '/nonprod/east/foo-dev-v002',
    ]);
  }, 80_000);

  it('a stage waits for the deployment of somebody else, and names it', async () => {
    const old = '/nonprod/east/foo-staging-v000';
    await demo.dcos.fault({ kind: 'noOffers', apps: old });
    await demo.dcos.put(old, { instances: 3 });
    const foreign = await waitFor('the foreign deployment', async () =>
      (await demo.dcos.deployments()).find(({ affectedApps }) => affectedApps.includes(old)),
    );
    await demo.slack.command(requester, fooChannel, '/deploy foo staging 1.1');
    await demo.slack.message(requester, new RegExp(`Deploy foo 1\\.1 to staging[^]*${foreign.id}`), 40_000);
    expect((await demo.dcos.app(old))?.instances).toBe(3);
    await demo.dcos.endDeployment(foreign.id);
    await demo.dcos.heal();
    await demo.slack.message(requester, '*Deploy foo 1.1 to staging* · done', 60_000);
    expect((await demo.dcos.app(old))?.instances).toBe(0);
  }, 120_000);
});
