import type { Context } from './context';
import { parentOf } from './normalize-app';
import type { AppSpec, World } from './world';

/** Adds a group and the groups around it, where they do not exist. */
export function createGroups(world: World, id: string): void {
  for (let group = id; group !== '/'; group = parentOf(group)) {
    if (!world.groups.includes(group)) world.groups.push(group);
  }
}

/** Removes a group and all groups in it. */
export function removeGroups(world: World, id: string): void {
  for (const gone of world.groups.filter((group) => group === id || isBeneath(group, id))) {
    world.groups.splice(world.groups.indexOf(gone), 1);
    Reflect.deleteProperty(world.groupSettings, gone);
  }
}

/** Whether an app or group stands in a group, at any depth. */
export function isBeneath(id: string, group: string): boolean {
  return id.startsWith(group === '/' ? '/' : `${group}/`);
}

/** The moment at which something in a group changed last, which is the newest of `groupVersions`; the epoch for none. */
export function newestGroupVersion({ world }: Context, group: string): string {
  const { versions, removed, groupSettings } = world;
  const changes = Object.entries(versions).map(([id, specs]) => ({ id, at: specs.at(-1)?.version ?? '' }));
  const moments = [...changes, ...removed].filter(({ id }) => isBeneath(id, group)).map(({ at }) => at);
  const newest = [...moments, groupSettings[group]?.createdAt ?? ''].reduce((a, b) => (a < b ? b : a));
  return newest === '' ? new Date(0).toISOString() : newest;
}

/** The moments at which something in a group changed, newest first. */
export function groupVersions({ world }: Context, group: string): readonly string[] {
  const { versions, removed, groupSettings } = world;
  const changes = Object.entries(versions).map(([id, specs]) => ({ id, at: '', specs }));
  const moments = [...changes, ...removed]
    .filter(({ id }) => isBeneath(id, group))
    .flatMap(({ at, specs }) => [at, ...specs.map(({ version }) => version)]);
  const created = groupSettings[group]?.createdAt ?? '';
  return [...new Set([...moments, created])].filter((moment) => moment !== '').sort((a, b) => (a < b ? 1 : -1));
}

/** The apps of a group as they were at a moment, also those that have been removed since. */
export function appsAt({ world }: Context, group: string, moment: string): readonly AppSpec[] {
  const present = Object.entries(world.versions).map(([id, specs]) => ({ id, specs, at: undefined }));
  return [...present, ...world.removed].flatMap(({ id, specs, at }) => {
    const isGone = at !== undefined && at <= moment;
    const spec = specs.findLast(({ version }) => version <= moment);
    return isBeneath(id, group) && !isGone && spec !== undefined ? [spec] : [];
  });
}
