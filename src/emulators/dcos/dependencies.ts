import { isBeneath } from './groups';
import { notValid } from './marathon-error';
import { parentOf } from './normalize-app';
import type { AppSpec, GroupSettings } from './world';

/** What apps and groups wait for. */
export type Dependencies = {
  /** 0 for an app that waits for no other, else one more than the highest that it waits for. */
  readonly levelOf: (app: string) => number;
};

type Specs = Readonly<Record<string, AppSpec | null>>;
type Groups = Readonly<Record<string, GroupSettings>>;

/**
 * Works out the order of apps: one waits for the apps and groups that it names, and for those that the groups around it
 * name. Throws 422 for a cycle, at the path of the group that closes it, else at the root's.
 */
export function readDependencies(specs: Specs, groups: Groups): Dependencies {
  const nodes = [...new Set([...Object.keys(specs).filter((id) => specs[id] !== null), ...Object.keys(groups)])];
  const ownOf = (id: string) => specs[id]?.dependencies ?? groups[id]?.dependencies ?? [];
  const nextOf = (id: string) => {
    const wanted = [id, ...groupsAround(id)].flatMap(ownOf);
    return wanted.length === 0 ? [] : nodes.filter((node) => node !== id && isCovered(node, wanted));
  };
  const levels = new Map<string, number>();
  const visit = (id: string, path: readonly string[]): number => {
    const known = levels.get(id);
    if (known !== undefined) return known;
    if (path.includes(id)) throw cycle([...path.slice(path.indexOf(id)), id], ownOf);
    const below = nextOf(id).map((next) => [next, visit(next, [...path, id])] as const);
    // A group is no step of a deployment: it only hands on what it waits for.
    const level = Math.max(0, ...below.map(([next, depth]) => (specs[next] === undefined ? depth : depth + 1)));
    levels.set(id, level);
    return level;
  };
  for (const node of nodes) visit(node, []);
  return { levelOf: (app) => levels.get(app) ?? 0 };
}

function groupsAround(id: string): readonly string[] {
  const groups: string[] = [];
  for (let group = id; group !== '/';) {
    group = parentOf(group);
    groups.push(group);
  }
  return groups;
}

function isCovered(node: string, wanted: readonly string[]): boolean {
  return wanted.some((dependency) => node === dependency || isBeneath(node, dependency));
}

function cycle(round: readonly string[], ownOf: (id: string) => readonly string[]) {
  const closing = round.slice(1).flatMap((next, index) => {
    const id = round[index] ?? '/';
    const isGroups = (group: string) => isCovered(next, ownOf(group));
    return isGroups(id) ? [] : groupsAround(id).filter(isGroups);
  });
  return notValid([{ path: closing[0] ?? '/', errors: ['Dependency graph has cyclic dependencies.'] }]);
}
