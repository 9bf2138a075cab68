import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startDcosEmulator } from '../../../../src/emulators/dcos/start-dcos-emulator';
import { describeWithPart, pythonMarathon } from '../../../support/parts';

type Step = { readonly step: string; readonly failure: string | null };

const run = promisify(execFile);

/** Runs the journey against a fresh emulator, fifty times faster than a cluster. */
async function travel(mode: 'none' | 'enterprise'): Promise<readonly Step[]> {
  const emulator = await startDcosEmulator({ speed: 50, auth: { mode } });
  try {
    const script = join(__dirname, 'marathon-journey.py');
    const { stdout } = await run('/usr/bin/python3', ['-B', script, emulator.marathonUrl, emulator.login?.token ?? '']);
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Step);
  } finally {
    await emulator.close();
  }
}

describeWithPart(pythonMarathon, 'python3-marathon', () => {
  it('creates, locks, scales, updates, rolls back, kills, restarts, queues, groups, deletes and listens', async () => {
    const steps = await travel('none');
    expect(steps.filter(({ failure }) => failure !== null)).toEqual([]);
    expect(steps).toHaveLength(16);
  }, 60_000);

  it('does the same with a token, except to listen, for which it sends none', async () => {
    const steps = await travel('enterprise');
    expect(steps.filter(({ failure }) => failure !== null)).toEqual([]);
    expect(steps).toHaveLength(14);
  }, 60_000);
});
