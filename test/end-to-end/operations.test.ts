import { fooChannel, requester, startDemo, type Demo } from '../support/demo-harness';
import { fetchJson } from '../support/fetch-json';
import { waitFor } from '../support/wait-for';

const [v000, v001] = ['/prod/east/foo-prod-v000', '/prod/east/foo-prod-v001'];

describe('operations from the chat on DC/OS', () => {
  let demo: Demo;
  const type = (text: string) => demo.slack.command(requester, fooChannel, text);

  beforeAll(async () => {
    demo = await startDemo({ DEMO_SPEED: '4' });
    const script = { match: '/prod/east/foo-prod-*', stderr: 'DB_PASSWORD=hunter2\nready at last' };
    await fetchJson(`${demo.addresses.dcos}/emulator/scripts`, script);
  }, 60_000);
  afterAll(() => demo.stop(), 20_000);

  it('clones what serves, destroys the first, refuses the last, and shows what the copy wrote', async () => {
    await type('/cox destroy foo prod v000');
    await demo.slack.message(requester, /Destroying foo-prod-v000 would leave cluster foo-prod/);
    await type('/cox clone foo prod');
    await demo.slack.click(requester, 'confirm', 'Clone *foo-prod-v000*');
    await demo.slack.message(requester, /Clone foo-prod-v000 as foo-prod-vNNN in prod\/east\* · done/, 40_000);
    expect(await demo.dcos.app(v001)).toMatchObject({ instances: 4, tasksHealthy: 4 });

    await type('/cox destroy foo prod v000');
    await demo.slack.click(requester, 'confirm', 'Destroy *foo-prod-v000*');
    await demo.slack.message(requester, /Destroy foo-prod-v000 in prod\/east\* · done/, 40_000);
    expect(await waitFor('the app to be gone', async () => (await demo.dcos.app(v000)) === undefined)).toBe(true);

    await type('/cox logs foo prod file=stderr');
    const told = await demo.slack.message(requester, /foo-prod-v001\* in prod\/east: the last lines of stderr/);
    expect(JSON.stringify(told.blocks)).toContain('DB_PASSWORD=[secret]\\nready at last');
  }, 120_000);
});
