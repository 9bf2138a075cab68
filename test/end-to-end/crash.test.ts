import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generalChannel, requester, shopChannel, startDemo, type Demo } from '../support/demo-harness';
import { createdApps } from '../support/dcos-view';
import { postedIds, type PostedMessage } from '../support/slack-view';
import { createRandom } from '../support/random';
import { createTemporaryFolder } from '../support/temporary-folder';
import { pause, waitFor } from '../support/wait-for';

type Place = { readonly application: string; readonly environment: string; readonly channel: string };

// CI kills more often: see .ci/run.
const kills = Number(process.env.CRASH_KILLS ?? 5);
const longMs = 150_000;
const environments = ['one', 'two', 'three', 'four'];
const applications = [
  { application: 'red', channelName: 'general', channel: generalChannel },
  { application: 'blue', channelName: 'shop-deploys', channel: shopChannel },
];
const channels = applications.map(({ channel }) => channel);
const places: readonly Place[] = applications.flatMap(({ application, channel }) =>
  environments.map((environment) => ({ application, environment, channel })),
);
const isOfFleet = (id: string) => applications.some(({ application }) => id.includes(`/${application}-`));

const fleetFile = (name: string, channelName: string) => `
application: ${name}
channel: ${channelName}
image: registry.example.com/fleet/${name}
service:
  cpus: 0.1
  memoryMb: 64
  ports: { http: 8080 }
  healthCheck: { path: /health, port: http, grace: 30s, interval: 2s, timeout: 2s }
environments:
${environments
  .map(
    (environment) =>
      `  ${environment}: { regions: [prod/east], instances: 2, pipeline: replace, deployers: [foo-team] }`,
  )
  .join('\n')}
pipelines:
  replace: [{ type: deploy, strategy: redblack, timeout: 10m }]
`;

const twice = (values: readonly string[]) => values.filter((value, index) => values.indexOf(value) !== index);

describe('a bot that is killed again and again', () => {
  const folder = createTemporaryFolder();
  const seed = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000);
  const random = createRandom(seed);
  let demo: Demo;
  let done: readonly PostedMessage[] = [];

  const roots = async () => (await Promise.all(channels.map((channel) => demo.slack.roots(channel)))).flat();
  const posted = async () => (await Promise.all(channels.map((channel) => demo.slack.posted(channel)))).flat();
  const isLive = ({ metadata }: PostedMessage) => metadata?.event_payload?.id?.endsWith('/live') === true;
  /** Looks all the time, for all who wait: what is done. */
  const watch = async (isOver: () => boolean) => {
    while (!isOver()) {
      done = (await roots()).filter((message) => isLive(message) && message.text.includes('· done'));
      await pause(200);
    }
  };
  /** As a person whose command or click fails with an error: does it again, until it passes or the button has gone. */
  const insist = (what: string, act: () => Promise<{ readonly ok: boolean; readonly error?: string }>) =>
    waitFor(
      what,
      async () => {
        const { ok, error } = await act();
        return ok || error === 'element_not_found' || error === 'message_not_found';
      },
      longMs,
    );

  /** Deploys as a person would, to the end. */
  async function deploy({ application, environment, channel }: Place, version: string): Promise<void> {
    const name = `Deploy ${application} ${version} to ${environment}`;
    const plan = new RegExp(`Deploy ${application} to ${environment}: [^]*:${version.replace('.', '\\.')}\``);
    await insist(`the command ${name}`, () =>
      demo.slack.command(requester, channel, `/deploy ${application} ${environment} ${version}`),
    );
    const button = await waitFor(
      `the plan of ${name}`,
      () => demo.slack.button(requester, 'confirm', plan),
      longMs,
      async () => (await demo.slack.messages(requester)).map(({ text }) => text),
    );
    await insist(`the confirmation of ${name}`, () => demo.slack.press(requester, button));
    const isDone = () => done.some(({ text }) => text.includes(`*${name}*`));
    await waitFor(`the end of ${name}`, isDone, longMs, async () => (await roots()).map(({ text }) => text));
  }

  beforeAll(async () => {
    process.stdout.write(`crash test: CRASH_SEED=${seed}\n`);
    cpSync(join(__dirname, '../../pipelines/accounts.yaml'), join(folder.path, 'accounts.yaml'));
    for (const { application, channelName } of applications)
      writeFileSync(join(folder.path, `${application}.yaml`), fleetFile(application, channelName));
    demo = await startDemo({
      PIPELINES_FOLDER: folder.path,
      NODE_OPTIONS: `--require ${join(__dirname, '../support/expose-threads.cjs')}`,
    });
  }, 40_000);
  afterAll(async () => {
    await demo.stop();
    folder.remove();
  }, 20_000);

  it('goes on when the thread of its executor ends', async () => {
    const pid = demo.botPid();
    let isOver = false;
    const watching = watch(() => isOver);
    const deployment = deploy(places[0]!, '0.1');
    await waitFor('the creation', async () => createdApps(await demo.dcos.mutations()).length === 1);
    process.kill(pid, 'SIGUSR2');
    await waitFor('the end of the thread', () => demo.log().includes('executor thread ended by the test'));
    await deployment.finally(() => (isOver = true));
    await watching;
    expect(demo.botPid()).toBe(pid);
    expect(createdApps(await demo.dcos.mutations())).toEqual(['/prod/east/red-one-v000']);
  }, 60_000);

  it(`loses and doubles nothing over ${kills} kills (CRASH_SEED=${seed})`, async () => {
    let killed = 0;
    let finished = 0;
    let isOver = false;
    const keepKilling = async () => {
      for (; killed < kills; killed += 1) {
        const pid = demo.botPid();
        await pause(50 + Math.floor(random() * 850));
        demo.killBot();
        // Every other kill may strike while the bot starts; the rest leave it its random time to work.
        if (killed % 2 === 0) await waitFor('the next bot', () => demo.botPid() !== pid);
        else await demo.botAfter(pid);
      }
    };
    const keepDeploying = async (place: Place) => {
      for (let round = 1; killed < kills || round === 1; round += 1) {
        await deploy(place, `1.${round}`);
        finished += 1;
      }
    };
    const watching = watch(() => isOver);
    await Promise.all([keepKilling(), ...places.map(keepDeploying)]).finally(() => (isOver = true));
    await watching;

    const created = createdApps(await demo.dcos.mutations());
    expect(twice(created)).toEqual([]);
    expect(created).toHaveLength(finished + 1);
    const messages = await posted();
    expect(twice(postedIds(messages))).toEqual([]);
    const live = messages.filter(isLive);
    expect(live).toHaveLength(finished + 1);
    expect(live.filter(({ text }) => !text.includes('· done'))).toEqual([]);
    // In each place only the newest serves.
    const serving = (await demo.dcos.apps()).filter(({ id, instances }) => instances > 0 && isOfFleet(id));
    expect(serving).toHaveLength(places.length);
    process.stdout.write(`crash test: ${finished} deployments finished\n`);
  }, 200_000);
});
