import {
  closeSync,
  constants,
  createReadStream,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import type { SandboxEntry, SandboxFiles } from './sandbox-files';

/** A pipe that a task puts where a file was must not hold this thread until somebody writes to it. */
const readFlags = constants.O_RDONLY | constants.O_NONBLOCK;

/** The files of real tasks: one folder per container below `folder`. Links that lead out of a sandbox are not followed. */
export function createDiskFiles(folder: string): SandboxFiles {
  const locate = (containerId: string, path: string): string | undefined => {
    if (!/^[0-9a-f-]+$/.test(containerId)) return undefined;
    const sandbox = orUndefined(() => realpathSync(join(folder, containerId)));
    const file = sandbox && orUndefined(() => realpathSync(join(sandbox, path)));
    if (sandbox === undefined || file === undefined) return undefined;
    return file === sandbox || file.startsWith(`${sandbox}/`) ? file : undefined;
  };
  const stat = (containerId: string, path: string): SandboxEntry | undefined => {
    const file = locate(containerId, path);
    const found = file && statSync(file, { throwIfNoEntry: false });
    if (!found) return undefined;
    const modifiedAt = Math.floor(found.mtimeMs / 1000);
    const kind = { isFolder: found.isDirectory(), isRegular: found.isFile() };
    return { name: basename(path), ...kind, size: found.size, modifiedAt };
  };
  return {
    stat,
    list(containerId, path) {
      const file = locate(containerId, path);
      if (file === undefined || stat(containerId, path)?.isFolder !== true) return [];
      const entries = readdirSync(file).sort();
      return entries.map((name) => stat(containerId, join(path, name))).filter((entry) => entry !== undefined);
    },
    read(containerId, path, offset, length) {
      const file = locate(containerId, path);
      // It may have gone since it was looked for.
      const bytes = file === undefined ? undefined : orUndefined(() => readPart(file, offset, length));
      return bytes ?? Buffer.alloc(0);
    },
    content(containerId, path) {
      const file = locate(containerId, path);
      if (file === undefined || stat(containerId, path)?.isRegular !== true) return undefined;
      return () => createReadStream(file);
    },
  };
}

function readPart(file: string, offset: number, length: number): Buffer {
  const handle = openSync(file, readFlags);
  try {
    const { size } = fstatSync(handle);
    const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - offset)));
    return bytes.subarray(0, readSync(handle, bytes, 0, bytes.length, offset));
  } finally {
    closeSync(handle);
  }
}

function orUndefined<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
