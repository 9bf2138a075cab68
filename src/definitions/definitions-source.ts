import { readdirSync, statSync, watch, type FSWatcher } from 'node:fs';
import { join } from 'node:path';
import type { DefinitionProblem, Definitions } from '../model/application';
import type { Clock } from '../engine/clock';
import { formatProblem } from './format-problem';
import { loadDefinitions, type DefinitionsInput } from './load-definitions';

/** Definitions that follow their files. */
export interface DefinitionsSource {
  /** What the files said when last understood. */
  current(): Definitions;
  /** Reads again now; answers everything that is wrong. */
  reload(): readonly DefinitionProblem[];
  stop(): void;
}

const checkEveryMs = 1000;
const debounceMs = 200;

function fingerprint(folder: string): string {
  try {
    return readdirSync(folder)
      .sort()
      .map((name) => {
        const { mtimeMs, size, ino } = statSync(join(folder, name));
        return `${name} ${mtimeMs} ${size} ${ino}`;
      })
      .join('\n');
  } catch (error) {
    return String(error);
  }
}

function watchFolder(folder: string, onChange: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, onChange);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    // Some file systems cannot be watched; `current` looks at the files itself.
    return undefined;
  }
}

/**
 * Loads definitions and reloads them when a file changes: told by the file system, and looked for on `current` at most
 * once a second. A file with problems keeps its last good version; problems are told once until they change.
 */
export function createDefinitionsSource(
  input: DefinitionsInput & {
    readonly clock: Clock;
    readonly onProblems: (problems: readonly DefinitionProblem[]) => void;
    readonly onLoaded: (definitions: Definitions) => void;
  },
): DefinitionsSource {
  let seen = fingerprint(input.folder);
  let loaded = loadDefinitions(input);
  let checkedAt = input.clock.now();
  let told = '';
  const tell = () => {
    const news = loaded.problems.map(formatProblem).join('\n');
    if (news !== told && news !== '') input.onProblems(loaded.problems);
    told = news;
    input.onLoaded(loaded.definitions);
  };
  const reload = () => {
    seen = fingerprint(input.folder);
    checkedAt = input.clock.now();
    loaded = loadDefinitions(input, loaded);
    tell();
    return loaded.problems;
  };
  const reloadIfChanged = () => {
    checkedAt = input.clock.now();
    if (fingerprint(input.folder) !== seen) reload();
  };
  let cancel: (() => void) | undefined;
  const watcher = watchFolder(input.folder, () => {
    cancel?.();
    cancel = input.clock.after(debounceMs, reloadIfChanged);
  });
  tell();
  return {
    current: () => {
      if (input.clock.now() - checkedAt >= checkEveryMs) reloadIfChanged();
      return loaded.definitions;
    },
    reload,
    stop: () => {
      cancel?.();
      watcher?.close();
    },
  };
}
