import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  startJenkinsEmulator,
  type StartJenkinsEmulatorOptions,
} from '../../../src/emulators/jenkins/start-jenkins-emulator';
import { describeWithPart, pythonJenkins } from '../../support/parts';

type Step = { readonly step: string; readonly failure: string | null };

const run = promisify(execFile);

async function travel(by: 'token' | 'password', options: StartJenkinsEmulatorOptions): Promise<readonly Step[]> {
  const emulator = await startJenkinsEmulator({ quietPeriodMs: 200, ...options });
  try {
    const script = join(__dirname, 'jenkins-journey.py');
    const { stdout } = await run('/usr/bin/python3', ['-B', script, emulator.url, emulator.user, emulator[by]]);
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Step);
  } finally {
    await emulator.close();
  }
}

describeWithPart(pythonJenkins, 'python3-jenkins', () => {
  it.each([
    ['an API token', 'token', {}],
    ['a password and crumbs', 'password', {}],
    ['an API token where even that needs crumbs', 'token', { crumbs: 'always' }],
    ['a Jenkins without a crumb issuer', 'password', { crumbs: 'off' }],
  ] as const)(
    'creates, builds, queues, stops, changes and deletes with %s',
    async (_title, by, options) => {
      const steps = await travel(by, options);
      expect(steps.filter(({ failure }) => failure !== null)).toEqual([]);
      expect(steps).toHaveLength(7);
    },
    60_000,
  );
});
