import type { World } from '../world';
import type { SandboxEntry, SandboxFiles } from './sandbox-files';

/** The files of simulated tasks, which lie in the world itself. Every sandbox has a stdout and a stderr. */
export function createMemoryFiles(world: World): SandboxFiles {
  const sandboxOf = (containerId: string) => world.mesosTasks.find((task) => task.containerId === containerId);
  const bytesOf = (containerId: string, path: string): Buffer | undefined => {
    const text = { stdout: '', stderr: '', ...sandboxOf(containerId)?.files }[path];
    return text === undefined ? undefined : Buffer.from(text);
  };
  return {
    stat(containerId, path) {
      const task = sandboxOf(containerId);
      if (task === undefined) return undefined;
      const modifiedAt = (task.statuses.at(-1)?.timestamp ?? 0) | 0;
      const name = path.split('/').at(-1) ?? '';
      const inside = `${path}/`;
      const isFolder = path === '' || Object.keys(task.files).some((file) => file.startsWith(inside));
      if (isFolder) return { name, isFolder, isRegular: false, size: 4096, modifiedAt };
      const bytes = bytesOf(containerId, path);
      return bytes && { name, isFolder, isRegular: true, size: bytes.length, modifiedAt };
    },
    list(containerId, path) {
      const inside = path === '' ? '' : `${path}/`;
      const files = Object.keys({ stdout: '', stderr: '', ...sandboxOf(containerId)?.files });
      const names = files.flatMap((file) => (file.startsWith(inside) ? [file.slice(inside.length).split('/')[0]] : []));
      const entries = [...new Set(names)].map((name = '') => this.stat(containerId, inside + name));
      return entries.filter((entry): entry is SandboxEntry => entry !== undefined);
    },
    read: (containerId, path, offset, length) =>
      bytesOf(containerId, path)?.subarray(offset, offset + length) ?? Buffer.alloc(0),
    content: bytesOf,
  };
}
