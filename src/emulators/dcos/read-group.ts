import { requireNewId } from './change-apps';
import type { Context } from './context';
import { isBeneath } from './groups';
import { readApp, requireObject } from './handle-apps';
import type { JsonObject } from './json';
import { notValid, wrongShape } from './marathon-error';
import { absoluteId, parentOf } from './normalize-app';
import { idRules } from './validate-app';
import type { GroupSettings } from './world';

/** What a group is to become. */
export type GroupWish = {
  /** Apps by id; null removes one. */
  readonly wishes: Readonly<Record<string, JsonObject | null>>;
  /** Every group that the body names, with what it says of the group itself. */
  readonly groups: Readonly<Record<string, GroupSettings>>;
  /** Groups that are to go, with all groups in them. */
  readonly removedGroups: readonly string[];
};

/**
 * Reads the body of a group. What it lists replaces the former list: apps and groups that it leaves out are removed. A
 * body without `apps` or without `groups` leaves those alone. Throws 400 and 422.
 */
export function readGroup(context: Context, id: string, body: JsonObject): GroupWish {
  const wishes: Record<string, JsonObject | null> = {};
  const groups: Record<string, GroupSettings> = {};
  const removedGroups: string[] = [];
  const { world } = context;

  const readApps = (group: string, listed: readonly JsonObject[]) => {
    for (const app of Object.keys(world.apps)) if (parentOf(app) === group) wishes[app] = null;
    for (const input of listed) {
      const app = childOf(group, input.id);
      if (world.apps[app] === undefined) requireNewId(context, app);
      wishes[app] = readApp(context, { ...input, id: app }, app);
    }
  };
  const readGroups = (parent: string, listed: readonly JsonObject[]) => {
    const named = listed.map((input) => childOf(parent, input.id));
    for (const group of world.groups) {
      if (parentOf(group) !== parent || named.includes(group)) continue;
      removedGroups.push(group);
      for (const app of Object.keys(world.apps)) if (isBeneath(app, group)) wishes[app] = null;
    }
    named.forEach((group, index) => read(group, listed[index] ?? {}));
  };
  const read = (group: string, input: JsonObject) => {
    const wrong = group === '/' ? [] : idRules(group);
    if (wrong.length > 0) throw notValid(wrong);
    groups[group] = settingsOf(group, input);
    if (input.apps !== undefined) readApps(group, requireList(input.apps, '/apps'));
    if (input.groups !== undefined) readGroups(group, requireList(input.groups, '/groups'));
  };
  read(id, body);
  return { wishes, groups, removedGroups };
}

function settingsOf(group: string, { dependencies, enforceRole }: JsonObject): GroupSettings {
  return {
    ...(dependencies === undefined || dependencies === null
      ? {}
      : { dependencies: textsOf(dependencies).map((each) => absoluteId(each, parentOf(group))) }),
    ...(typeof enforceRole === 'boolean' ? { enforceRole } : {}),
  };
}

function textsOf(value: unknown): readonly string[] {
  if (!Array.isArray(value)) throw wrongShape([{ path: '/dependencies', errors: ['error.expected.jsarray'] }]);
  return value.map((each: unknown, index) => {
    if (typeof each === 'string') return each;
    throw wrongShape([{ path: `/dependencies(${index})`, errors: ['error.expected.jsstring'] }]);
  });
}

function childOf(group: string, id: unknown): string {
  if (typeof id !== 'string') throw wrongShape([{ path: '/id', errors: ['error.expected.jsstring'] }]);
  const child = absoluteId(id, group);
  if (parentOf(child) === group) return child;
  throw notValid([
    { path: group, errors: [`identifier ${child} is not child of ${group}. Hint: use relative paths.`] },
  ]);
}

function requireList(value: unknown, path: string): readonly JsonObject[] {
  if (!Array.isArray(value)) throw wrongShape([{ path, errors: ['error.expected.jsarray'] }]);
  return value.map(requireObject);
}
