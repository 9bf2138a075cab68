import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { newSecrets } from './demo-data';

/** What the demo keeps beside its data: its ports and the secrets it made up. */
export type DemoState = {
  readonly ports: { readonly slack: number; readonly dcos: number; readonly bot: number; readonly api: number };
  readonly signingSecret: string;
  readonly botToken: string;
};

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function newState(): Promise<DemoState> {
  const [slack, dcos, bot, api] = [await freePort(), await freePort(), await freePort(), await freePort()];
  return {
    ports: { slack, dcos, bot, api },
    ...newSecrets(),
  };
}

/** Reads the demo's state, or makes it once; `reset` forgets it and all data first. */
export async function openDemoState(
  folder: string,
  reset: boolean,
): Promise<{ readonly state: DemoState; readonly isNew: boolean }> {
  if (reset) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'demo.json');
  if (existsSync(file)) return { state: JSON.parse(readFileSync(file, 'utf8')) as DemoState, isNew: false };
  const state = await newState();
  writeFileSync(file, JSON.stringify(state), { mode: 0o600 });
  return { state, isNew: true };
}
