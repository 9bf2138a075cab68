/** Where Marathon hangs below Admin Router. */
export const marathonPrefix = '/service/marathon';

/** Marathon's own paths, answered at the root as well, as a Marathon without Admin Router would. */
const bareMarathon = /^\/(v2|ping|metrics)(?=\/|$)/;

/**
 * The path that Admin Router acts on. Paths are taken as loosely as real clients write them: with doubled and trailing
 * slashes, by their old names (`/marathon`, `/slave`), and with `.json` behind the paths of Mesos.
 */
export function adminPath(path: string): string {
  const single = decode(path)
    .replace(/\/{2,}/g, '/')
    .replace(/\/$/, '');
  const present = single.replace(/^\/marathon(?=\/|$)/, marathonPrefix).replace(/^\/slave(?=\/)/, '/agent');
  if (/^\/(mesos|agent)\//.test(present)) return present.replace(/\.json$/, '');
  return bareMarathon.test(present) ? marathonPrefix + present : present;
}

/** How faults and the request log name a path: Marathon's without its prefix, all others in full. */
export function shownPath(path: string): string {
  return path.startsWith(`${marathonPrefix}/`) ? path.slice(marathonPrefix.length) : path;
}

/** The part of a path below a prefix; undefined when it lies elsewhere. */
export function below(prefix: string, path: string): string | undefined {
  return path === prefix || path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : undefined;
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
