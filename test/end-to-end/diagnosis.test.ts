import { randomBytes, randomInt } from 'node:crypto';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fooChannel, requester, startDemo, type Demo } from '../support/demo-harness';
import { fetchJson } from '../support/fetch-json';
import { createTemporaryFolder } from '../support/temporary-folder';
import { waitFor } from '../support/wait-for';

/** What goes wrong, and the exact words it must be told in. */
type Cause = {
  readonly application: string;
  readonly cpus: number;
  readonly script?: Readonly<Record<string, unknown>>;
  readonly said: string;
  readonly output?: string;
};

const file = ({ application, cpus }: Cause) => `
application: ${application}
channel: foo-deploys
image: registry.example.com/demo/odd
service: { cpus: ${cpus}, memoryMb: 64, ports: { http: 80 }, healthCheck: { path: /, maxFailures: 100 } }
environments:
  dev: { regions: [prod/west], instances: 2, pipeline: quick }
pipelines:
  quick: [{ type: deploy, strategy: redblack, timeout: 9s }]
`;

const words = () => `out of ${randomBytes(6).toString('hex')}`;
const cpus = 16 + randomInt(1, 90) / 10;
const status = [418, 429, 503][randomInt(3)] ?? 418;
const statusText = { 418: "I'm a Teapot", 429: 'Too Many Requests', 503: 'Service Unavailable' }[status] ?? '';
const [sickStderr, crashMessage, crashStderr] = [words(), words(), words()];

const causes: readonly Cause[] = [
  { application: 'huge', cpus, said: `No agent offers ${cpus} cpus: 5 of 5 offers declined.` },
  {
    application: 'sick',
    cpus: 0.1,
    script: { health: [status], stderr: sickStderr },
    said: `: ${status} ${statusText}.`,
    output: sickStderr,
  },
  {
    application: 'crashing',
    cpus: 0.1,
    script: { runMs: 100, exitCode: 1, message: crashMessage, stderr: crashStderr },
    said: ` UTC: ${crashMessage}.`,
    output: crashStderr,
  },
];

describe('the cause of a failed deployment', () => {
  const folder = createTemporaryFolder();
  let demo: Demo;

  beforeAll(async () => {
    cpSync(join(__dirname, '../../pipelines'), folder.path, { recursive: true });
    for (const cause of causes) writeFileSync(join(folder.path, `${cause.application}.yaml`), file(cause));
    demo = await startDemo({ PIPELINES_FOLDER: folder.path, DEMO_SPEED: '4' });
    for (const { application, script } of causes) {
      if (script === undefined) continue;
      await fetchJson(`${demo.addresses.dcos}/emulator/scripts`, { match: `/prod/west/${application}-*`, ...script });
    }
    for (const { application } of causes)
      await demo.slack.command(requester, fooChannel, `/deploy ${application} dev 1.1`);
  }, 40_000);
  afterAll(async () => {
    await demo.stop();
    folder.remove();
  }, 20_000);

  it.each(causes)(
    "of $application is named in the thread and by /cox why: '$said'",
    async ({ application, said, output }) => {
      const told = await waitFor(
        'the failure in the thread',
        async () => {
          const messages = await demo.slack.messages(requester);
          return messages.find(
            ({ text, threadTs }) => threadTs !== undefined && text.includes(`${application} 1.1 to dev* · failed`),
          );
        },
        30_000,
        async () => (await demo.slack.messages(requester)).map(({ text }) => text),
      );
      expect(told.text).toContain(said);
      for (const other of causes.filter((cause) => cause.said !== said)) expect(told.text).not.toContain(other.said);
      if (output !== undefined) expect(JSON.stringify(told.blocks)).toContain(`\`\`\`\\n${output}\\n\`\`\``);

      await demo.slack.command(requester, fooChannel, `/cox why ${application} dev`);
      const answer = await demo.slack.message(requester, `${application} dev* v000`);
      expect(answer.text).toContain('out of service, kept for diagnosis');
      expect(answer.text).toContain(said);
      expect(await demo.slack.button(requester, 'retryStage', `${application} dev* v000`)).toMatchObject({
        label: 'Retry Deploy',
      });
    },
    60_000,
  );
});
