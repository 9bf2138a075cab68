import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import type { EmulatorReply } from '../http-exchange';
import { jsonReply } from '../http-exchange';

const folder = join(__dirname, '..', 'page');

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

/** A file of the chat page; '' is index.html. Nothing outside the page's folder is ever read. */
export async function readPageFile(name: string): Promise<EmulatorReply> {
  const missing = jsonReply({ ok: false, error: 'not_found' }, 404);
  const path = normalize(join(folder, name === '' ? 'index.html' : name));
  const type = types[extname(path)];
  if (type === undefined || !path.startsWith(folder + sep)) return missing;
  try {
    const body = await readFile(path);
    return { status: 200, headers: { 'content-type': type, 'cache-control': 'no-cache' }, body };
  } catch {
    return missing;
  }
}
