import { closeSync, openSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { SandboxEntry, SandboxFiles } from './sandbox-files';

/** The files of real tasks: one folder per container below `folder`. Links that lead out of a sandbox are not followed. */
export function createDiskFiles(folder: string): SandboxFiles {
  const locate = (containerId: string, path: string): string | undefined => {
    if (!/^[0-9a-f-]+$/.test(containerId)) return undefined;
    const sandbox = realPath(join(folder, containerId));
    const file = sandbox && realPath(join(sandbox, path));
    if (sandbox === undefined || file === undefined) return undefined;
    return file === sandbox || file.startsWith(`${sandbox}/`) ? file : undefined;
  };
  const stat = (containerId: string, path: string): SandboxEntry | undefined => {
    const file = locate(containerId, path);
    if (file === undefined) return undefined;
    const found = statSync(file);
    const modifiedAt = Math.floor(found.mtimeMs / 1000);
    return { name: basename(path), isFolder: found.isDirectory(), size: found.size, modifiedAt };
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
      return file === undefined ? Buffer.alloc(0) : readPart(file, offset, length);
    },
  };
}

function readPart(file: string, offset: number, length: number): Buffer {
  const handle = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(handle, bytes, 0, length, offset));
  } finally {
    closeSync(handle);
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
