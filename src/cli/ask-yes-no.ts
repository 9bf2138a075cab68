import { createInterface } from 'node:readline';
import type { CliSession } from './cli-session';

/** Asks on the terminal; anything but y or yes, and the end of input, is no. */
export function askYesNo({ world }: CliSession, question: string): Promise<boolean> {
  world.stderr.write(`${question} [y/N] `);
  const lines = createInterface({ input: world.stdin, terminal: false });
  return new Promise((resolve) => {
    lines.once('line', (line) => {
      resolve(/^\s*y(es)?\s*$/i.test(line));
      lines.close();
    });
    lines.once('close', () => resolve(false));
  });
}
