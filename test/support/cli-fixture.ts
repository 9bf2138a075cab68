import { PassThrough } from 'node:stream';
import type { Clock } from '../../src/engine/clock';
import type { CliWorld } from '../../src/cli/cli-world';
import { runCli } from '../../src/cli/run-cli';

/** What a run of the command line left behind. */
export type CliResult = { readonly exitCode: number; readonly stdout: string; readonly stderr: string };

/** Runs the command line; `typed` is what a person answers on a terminal, absent: there is no terminal. */
export async function runForTest(
  argv: readonly string[],
  world: Partial<CliWorld> & { readonly clock: Clock; readonly typed?: string; readonly isTTY?: boolean },
): Promise<CliResult> {
  const { typed, isTTY = false, ...rest } = world;
  const written = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({
    isTTY,
    write: (text: string) => {
      written[name] += text;
    },
  });
  const stdin = Object.assign(new PassThrough(), { isTTY: typed !== undefined });
  stdin.end(typed ?? '');
  const unused = () => Promise.reject(new Error('not part of this test'));
  const exitCode = await runCli(argv, {
    env: {},
    stdout: output('stdout'),
    stderr: output('stderr'),
    stdin,
    validateFiles: unused,
    fetchText: unused,
    emulators: { dcos: unused, slack: unused, jenkins: unused },
    untilStopped: unused,
    ...rest,
  });
  return { exitCode, ...written };
}

/** The documents of `--json`; throws when a line is anything else. */
export const jsonLines = (stdout: string): readonly Record<string, unknown>[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
