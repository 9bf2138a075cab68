import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from './clock';
import { asObject, parseJson } from './json';
import type { SavedWorkspace, Workspace } from './workspace';

const schema = 1;
const quietMs = 200;

/** What a data file holds; undefined when there is none yet. A file that cannot be read as ours is an error. */
export function loadDataFile(path: string): SavedWorkspace | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const saved = asObject(parseJson(text));
  if (saved?.schema !== schema || asObject(saved.workspace) === undefined)
    throw new Error(`${path} is not a data file of this Slack emulator. Move it away or name another file.`);
  return saved.workspace as SavedWorkspace;
}

/** Writes the workspace a moment after each change, and at once when the returned function is called to stop. */
export function keepDataFile(path: string, workspace: Workspace, clock: Clock): () => void {
  let cancel: (() => void) | undefined;
  const write = () => {
    cancel = undefined;
    mkdirSync(dirname(path), { recursive: true });
    // Renaming is atomic: a crash leaves the old file or the new one, never half of one.
    writeFileSync(`${path}.new`, JSON.stringify({ schema, workspace: workspace.save() }));
    renameSync(`${path}.new`, path);
  };
  const unsubscribe = workspace.subscribe(() => {
    cancel ??= clock.after(quietMs, write);
  });
  return () => {
    unsubscribe();
    cancel?.();
    write();
  };
}
