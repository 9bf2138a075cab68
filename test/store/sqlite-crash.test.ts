import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/engine/clock';
import type { DocumentKind } from '../../src/engine/ports/document-store';
import { openSqliteStore } from '../../src/store/sqlite-store';
import { createTemporaryFolder } from '../support/temporary-folder';

type Entry = { readonly parity: string; readonly text: string; readonly changed?: number };
const entries: DocumentKind<Entry> = { name: 'entry', indexes: ({ parity }) => ({ parity }) };

const writer = join(__dirname, '../support/store-writer.cjs');
const built = join(__dirname, '../../dist/src/store/sqlite-store.js');

/** Lets a process write until it has acknowledged enough, kills it, and returns the ids it acknowledged. */
function writeAndKill(file: string, enough: number): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [writer, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.split('\n').length > enough) child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', (_, signal) => {
      if (signal !== 'SIGKILL') reject(new Error(`The writer ended by itself: ${output}`));
      // What stands after the last line break may be half a line.
      resolve(output.split('\n').slice(0, -1));
    });
  });
}

describe('a killed process', () => {
  const folder = createTemporaryFolder();
  afterAll(folder.remove);
  beforeAll(() => {
    if (!existsSync(built)) throw new Error('dist/ is missing. Run `npm run build` first (`npm test` does).');
  });

  it('loses nothing that the store acknowledged, three times in a row', async () => {
    for (let round = 1; round <= 3; round += 1) {
      const file = join(folder.path, `killed-${round}.db`);
      const acknowledged = await writeAndKill(file, 300);
      expect(acknowledged.length).toBeGreaterThanOrEqual(300);
      const store = openSqliteStore({ file, clock: systemClock });
      const missing: string[] = [];
      for (const id of acknowledged) {
        const found = await store.get(entries, id);
        const number = Number(id.split('-')[1]);
        if (found?.version !== 2 || found.document.changed !== number) missing.push(id);
      }
      expect(missing).toEqual([]);
      const [all, even, odd] = await Promise.all([
        store.count(entries),
        store.count(entries, { name: 'parity', value: '0' }),
        store.count(entries, { name: 'parity', value: '1' }),
      ]);
      expect(even + odd).toBe(all);
      await store.close();
    }
  }, 60_000);
});
