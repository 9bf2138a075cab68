import { randomBytes, randomInt } from 'node:crypto';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fooChannel, requester, startDemo, type Demo } from '../support/demo-harness';
import { fetchJson } from '../support/fetch-json';
import { createTemporaryFolder } from '../support/temporary-folder';
import { waitFor } from '../support/wait-for';

const file = (cpus: number) => `
application: odd
channel: foo-deploys
image: registry.example.com/demo/odd
service: { cpus: ${cpus}, memoryMb: 64, ports: { http: 80 }, healthCheck: { path: /, maxFailures: 100 } }
environments:
  dev: { regions: [prod/west], instances: 2, pipeline: quick }
pipelines:
  quick: [{ type: deploy, strategy: redblack, timeout: 9s }]
`;

/** What goes wrong, and the exact words it must be told in. */
type Cause = {
  readonly cpus: number;
  readonly script?: Readonly<Record<string, unknown>>;
  readonly said: string;
  readonly output?: string;
};

function randomCause(): Cause {
  const words = () => `out of ${randomBytes(6).toString('hex')}`;
  const [message, stderr] = [words(), words()];
  const cpus = 16 + randomInt(1, 90) / 10;
  const causes: readonly Cause[] = [
    { cpus, said: `No agent offers ${cpus} cpus: 5 of 5 offers declined.` },
    { cpus: 0.1, script: { health: [418], stderr }, said: ": 418 I'm a Teapot.", output: stderr },
    { cpus: 0.1, script: { runMs: 100, exitCode: 1, message, stderr }, said: ` UTC: ${message}.`, output: stderr },
  ];
  return causes[randomInt(causes.length)] ?? { cpus, said: '' };
}

describe('a random cause of a failed deployment', () => {
  const folder = createTemporaryFolder();
  const cause = randomCause();
  let demo: Demo;

  beforeAll(async () => {
    cpSync(join(__dirname, '../../pipelines'), folder.path, { recursive: true });
    writeFileSync(join(folder.path, 'odd.yaml'), file(cause.cpus));
    demo = await startDemo({ PIPELINES_FOLDER: folder.path, DEMO_SPEED: '4' });
    if (cause.script !== undefined)
      await fetchJson(`${demo.addresses.dcos}/emulator/scripts`, { match: '/prod/west/odd-*', ...cause.script });
  }, 40_000);
  afterAll(async () => {
    await demo.stop();
    folder.remove();
  }, 20_000);

  it(`is named in the thread and by /cox why: '${cause.said}'`, async () => {
    await demo.slack.command(requester, fooChannel, '/deploy odd dev 1.1');
    const told = await waitFor(
      'the failure in the thread',
      async () => {
        const messages = await demo.slack.messages(requester);
        return messages.find(
          ({ text, threadTs }) => threadTs !== undefined && text.includes('odd 1.1 to dev* · failed'),
        );
      },
      25_000,
      async () => (await demo.slack.messages(requester)).map(({ text }) => text),
    );
    expect(told.text).toContain(cause.said);
    if (cause.output !== undefined) expect(JSON.stringify(told.blocks)).toContain(`\`\`\`\\n${cause.output}\\n\`\`\``);

    await demo.slack.command(requester, fooChannel, '/cox why odd dev');
    const answer = await demo.slack.message(requester, 'out of service, kept for diagnosis');
    expect(answer.text).toContain(cause.said);
    expect(await demo.slack.button(requester, 'retryStage', 'out of service, kept for diagnosis')).toMatchObject({
      label: 'Retry Deploy',
    });
  }, 60_000);
});
