import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { allPassed } from './check-health';
import { emptyWorld, type Instance, type World } from './world';

/** The file that keeps an emulated world over restarts. */
export type DataFile = {
  /** The saved world; undefined when nothing was saved yet. Throws when the file is damaged. */
  readonly load: () => World | undefined;
  readonly saveNow: (world: World) => void;
  /** Saves a little later, once for many calls. */
  readonly saveSoon: (take: () => World) => void;
};

const debounceMs = 100;

/** Opens a data file; a crash while saving leaves the former content. */
export function openDataFile(path: string): DataFile {
  let pending: NodeJS.Timeout | undefined;
  const saveNow = (world: World) => {
    clearTimeout(pending);
    pending = undefined;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.new`, JSON.stringify(world));
    renameSync(`${path}.new`, path);
  };
  return {
    load: () => (existsSync(path) ? parseWorld(path) : undefined),
    saveNow,
    saveSoon: (take) => {
      pending ??= setTimeout(() => saveNow(take()), debounceMs).unref();
    },
  };
}

function parseWorld(path: string): World {
  try {
    const world = { ...emptyWorld(), ...(JSON.parse(readFileSync(path, 'utf8')) as Partial<World>) };
    return { ...world, instances: world.instances.map(withChecks) };
  } catch (cause) {
    throw new Error(`The emulator's data file ${path} is damaged. Delete it to start afresh.`, { cause });
  }
}

/** Results were once kept for all checks together. */
function withChecks(instance: Omit<Instance, 'checks'> & Partial<Pick<Instance, 'checks'>>): Instance {
  const { alive, spec, startedAt = '' } = instance;
  return { ...instance, checks: instance.checks ?? (alive === true ? allPassed(spec, startedAt) : []) };
}
