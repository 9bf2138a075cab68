import {
  keyLabel,
  type ClusterView,
  type InstanceOutput,
  type OutputWanted,
  type ServerGroups,
} from '../../src/dcos/server-groups';
import type { Clock } from '../../src/engine/clock';
import { CoxswainError, type ErrorCode } from '../../src/model/errors';
import type { Diagnosis } from '../../src/model/diagnosis';
import { parseMoniker } from '../../src/model/moniker';
import {
  locationName,
  newestFirst,
  type Instance,
  type Location,
  type ServerGroup,
  type UnmanagedApp,
} from '../../src/model/server-group';

type Kept = {
  readonly name: string;
  readonly location: Location;
  readonly createdTime: number;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  desired: number;
  scaledTime: number | undefined;
  /** How many served before the last change, and when that change is through. */
  before: number;
  readyAt: number;
  version: number;
  lastSize: number | undefined;
  lock: string | undefined;
  /** What its instances are called, in order; made up as they are first seen. */
  ids: string[];
  made: number;
  /** When instances started that took the place of others. */
  replacements: ReadonlyMap<string, number>;
};

/** An operation that can be made to fail. */
export type Operation =
  'look' | 'list' | 'get' | 'create' | 'resize' | 'destroy' | 'lastNonZeroSize' | 'clone' | 'terminate';

type Fault = { readonly operation: Operation; readonly code: ErrorCode; readonly after: boolean };

/** A group that is there from the start. */
export type Seed = {
  readonly location: Location;
  readonly name: string;
  readonly desired: number;
  readonly image?: string;
  readonly createdTime?: number;
  readonly lastSize?: number;
  readonly labels?: Readonly<Record<string, string>>;
};

/** Server groups in memory, on an injected clock, with faults on demand. */
export type FakeServerGroups = ServerGroups & {
  seed(seed: Seed): void;
  /** The next call of an operation throws; `after` the work was done, as when a reply is lost. */
  fail(operation: Operation, code: ErrorCode, after?: boolean): void;
  /** Called before and after every effect, to simulate a crash by throwing. */
  onEffect: (moment: 'before' | 'after') => void;
  /** A Marathon deployment holds the group until it is unlocked. */
  lock(location: Location, name: string, deployment: string | undefined): void;
  remove(location: Location, name: string): void;
  /** `name ×desired` of each group of a place, oldest first. */
  sizes(location: Location): readonly string[];
  /** Every effect that was carried out, in order. */
  readonly effects: readonly string[];
  /** Images of this tag never become healthy. */
  readonly sickTag: string;
  /** Names of groups that have no healthy instance while they stand here. */
  readonly sickNames: Set<string>;
  /** What is said of groups by name; nothing by default. */
  readonly diagnoses: Map<string, Diagnosis>;
  /** What instances wrote, by the name of their group; nothing by default. */
  readonly outputs: Map<string, InstanceOutput>;
  /** Every output that was asked for. */
  readonly outputsAsked: (OutputWanted & { readonly name: string })[];
  /** Every diagnosis that was asked for, and when. */
  readonly diagnosed: { readonly name: string; readonly at: number }[];
};

/** The fake's own types say that every group has a sequence; an unmanaged app has none. */
const isManaged = ({ name }: { readonly name: string }) => parseMoniker(name)?.sequence !== null;
const asUnmanaged = ({ name, location, desired, instances, image, marathonVersion }: ServerGroup): UnmanagedApp => ({
  name,
  location,
  desired,
  instances,
  image,
  marathonVersion,
});

/** Makes the fake; a change takes `changeMs` to come through. */
export function createFakeServerGroups(clock: Clock, { changeMs = 3000 } = {}): FakeServerGroups {
  const groups = new Map<string, Kept>();
  const faults: Fault[] = [];
  const effects: string[] = [];
  const sickTag = 'sick';
  const sickNames = new Set<string>();
  /** What a group has that was just made. */
  const untouched = (desired: number) => ({
    createdTime: clock.now(),
    scaledTime: undefined,
    before: 0,
    readyAt: clock.now() + changeMs,
    version: 1,
    lastSize: desired,
    lock: undefined,
    ids: [],
    made: 0,
    replacements: new Map<string, number>(),
  });
  const idOf = (location: Location, name: string) => `${locationName(location)}/${name}`;
  const instancesOf = (group: Kept): readonly Instance[] => {
    const isChanging = clock.now() < group.readyAt;
    const sick = group.image.endsWith(`:${sickTag}`) || sickNames.has(group.name);
    const count = isChanging ? Math.max(group.before, group.desired) : group.desired;
    return Array.from({ length: count }, (_, index) => {
      const serving = !sick && (!isChanging || index < group.before);
      while (group.ids.length <= index) {
        group.ids.push(`${group.name}.${group.made}`);
        group.made += 1;
      }
      const id = group.ids[index] ?? '';
      const early = index < group.before ? group.createdTime : (group.scaledTime ?? group.createdTime);
      const launchTime = group.replacements.get(id) ?? early;
      return { id, health: serving && !isChanging ? 'Up' : 'Down', serving, launchTime };
    });
  };
  const view = (group: Kept): ServerGroup => ({
    name: group.name,
    moniker: parseMoniker(group.name) as ServerGroup['moniker'],
    location: group.location,
    createdTime: group.createdTime,
    ...(group.scaledTime === undefined ? {} : { scaledTime: group.scaledTime }),
    desired: group.desired,
    instances: instancesOf(group),
    image: group.image,
    marathonId: `/${group.location.account}/${group.name}`,
    marathonVersion: String(group.version),
    deployments: clock.now() < group.readyAt ? ['d1'] : [],
    labels: group.labels,
  });
  const work = <T>(operation: Operation, act: () => T, isEffect = false): Promise<T> => {
    const index = faults.findIndex((fault) => fault.operation === operation);
    const fault = index === -1 ? undefined : faults.splice(index, 1)[0];
    const error = fault && new CoxswainError(fault.code, { message: `${operation} failed (${fault.code}).` });
    return Promise.resolve().then(() => {
      if (isEffect) fake.onEffect('before');
      if (error !== undefined && fault?.after === false) throw error;
      const result = act();
      if (error !== undefined) throw error;
      if (isEffect) fake.onEffect('after');
      return result;
    });
  };
  const refuseLocked = (group: Kept, force: boolean) => {
    if (group.lock === undefined || force) return;
    const message = `${group.name} is locked by deployment ${group.lock}.`;
    throw new CoxswainError('MARATHON_LOCKED', { message, fields: { deployments: [group.lock] } });
  };
  const servingOf = (group: Kept) => instancesOf(group).filter((instance) => instance.serving).length;
  const viewOf = (kept: readonly Kept[]): ClusterView => {
    const seen = kept.map(view);
    const all = (location: Location) => seen.filter((group) => locationName(group.location) === locationName(location));
    const at = (location: Location) => all(location).filter(isManaged);
    return {
      clusters: (location, application) => {
        const own = at(location).filter(({ moniker }) => moniker.app === application);
        return [...new Set(own.map(({ moniker }) => moniker.cluster))].sort();
      },
      groups: (location, cluster) =>
        at(location)
          .filter((group) => group.moniker.cluster === cluster)
          .sort(newestFirst),
      group: (location, name) => at(location).find((group) => group.name === name),
      lastFailure: (location, name) =>
        at(location)
          .find((group) => group.name === name)
          ?.image?.endsWith(`:${sickTag}`) === true
          ? 'TASK_FAILED: no health'
          : undefined,
      isAiling: (location, name) => {
        const group = at(location).find((each) => each.name === name);
        return group?.image?.endsWith(`:${sickTag}`) === true || sickNames.has(name);
      },
      unmanaged: (location, application) =>
        all(location)
          .filter((group) => !isManaged(group) && group.moniker.app === application)
          .map(asUnmanaged),
    };
  };
  const fake: FakeServerGroups = {
    sickTag,
    sickNames,
    effects,
    onEffect: () => undefined,
    seed: ({ location, name, desired, image = 'repo/foo:1.0', createdTime = groups.size, lastSize, labels = {} }) =>
      void groups.set(idOf(location, name), {
        location,
        name,
        desired,
        image,
        createdTime,
        labels,
        scaledTime: undefined,
        before: desired,
        readyAt: 0,
        version: 1,
        lastSize,
        lock: undefined,
        ids: [],
        made: 0,
        replacements: new Map(),
      }),
    fail: (operation, code, after = false) => void faults.push({ operation, code, after }),
    lock: (location, name, deployment) => {
      const group = groups.get(idOf(location, name));
      if (group !== undefined) group.lock = deployment;
    },
    remove: (location, name) => void groups.delete(idOf(location, name)),
    sizes: (location) =>
      [...groups.values()]
        .filter((group) => locationName(group.location) === locationName(location))
        .map((group) => `${group.name} ×${group.desired}`),
    look: () => {
      const at = clock.now();
      return work('look', () => ({ at, value: viewOf([...groups.values()]) }));
    },
    list: (location, cluster) => work('list', () => viewOf([...groups.values()]).groups(location, cluster)),
    get: (location, name) =>
      work('get', () => {
        const group = groups.get(idOf(location, name));
        return group === undefined || !isManaged(group) ? undefined : view(group);
      }),
    create: ({ location, desiredCapacity, docker, labels = {} }, name, key) =>
      work(
        'create',
        () => {
          const id = idOf(location, name);
          if (groups.has(id)) throw new CoxswainError('MARATHON_DUPLICATE', { message: `${id} exists.` });
          effects.push(`create ${id}`);
          groups.set(id, {
            location,
            name,
            desired: desiredCapacity,
            image: docker.image.imageId,
            labels: { ...labels, [keyLabel]: key },
            ...untouched(desiredCapacity),
          });
          return { deploymentId: 'd1' };
        },
        true,
      ),
    unmanaged: (location, name) =>
      work('get', () => {
        const group = groups.get(idOf(location, name));
        return group === undefined || isManaged(group) ? undefined : asUnmanaged(view(group));
      }),
    recreate: (location, from, name, key) =>
      work(
        'create',
        () => {
          const first = groups.get(idOf(location, from));
          if (first === undefined) throw new CoxswainError('NOT_FOUND', { message: `${from} does not exist.` });
          const id = idOf(location, name);
          if (groups.has(id)) throw new CoxswainError('MARATHON_DUPLICATE', { message: `${id} exists.` });
          effects.push(`recreate ${idOf(location, from)} as ${name}`);
          const labels = { ...first.labels, [keyLabel]: key };
          const readyAt = clock.now() + changeMs;
          const fresh = { createdTime: clock.now(), scaledTime: undefined, before: 0, readyAt, version: 1 };
          groups.set(id, { ...first, name, labels, ...fresh, ids: [], made: 0, replacements: new Map() });
          return { deploymentId: 'd4' };
        },
        true,
      ),
    clone: (source, { location, desiredCapacity, docker, labels }, name, key) =>
      work(
        'clone',
        () => {
          const first = groups.get(idOf(source.location, source.name));
          if (first === undefined) throw new CoxswainError('NOT_FOUND', { message: `${source.name} does not exist.` });
          const id = idOf(location, name);
          if (groups.has(id)) throw new CoxswainError('MARATHON_DUPLICATE', { message: `${id} exists.` });
          effects.push(`clone ${idOf(source.location, source.name)} as ${id}`);
          groups.set(id, {
            ...first,
            location,
            name,
            desired: desiredCapacity,
            image: docker?.image.imageId ?? first.image,
            labels: { ...(labels ?? first.labels), [keyLabel]: key },
            ...untouched(desiredCapacity),
          });
          return { deploymentId: 'd5' };
        },
        true,
      ),
    groupOfInstance: (location, id) =>
      [...groups.values()].find(
        (group) => locationName(group.location) === locationName(location) && id.startsWith(`${group.name}.`),
      )?.name,
    terminate: (location, instanceIds, { decrement, force = false }) =>
      work(
        'terminate',
        () => {
          for (const id of instanceIds) {
            const name = fake.groupOfInstance(location, id) ?? '';
            const group = groups.get(idOf(location, name));
            const index = group?.ids.indexOf(id) ?? -1;
            if (group === undefined || index === -1 || index >= group.desired) continue;
            if (decrement) refuseLocked(group, force);
            effects.push(`kill ${id}${decrement ? ' for good' : ''}`);
            group.ids.splice(index, 1);
            if (decrement) group.desired -= 1;
            else group.replacements = new Map([...group.replacements, [`${group.name}.${group.made}`, clock.now()]]);
          }
          return { deploymentId: decrement ? 'd6' : undefined };
        },
        true,
      ),
    resize: (location, name, size, { force }) =>
      work(
        'resize',
        () => {
          const group = groups.get(idOf(location, name));
          if (group === undefined) throw new CoxswainError('NOT_FOUND', { message: `${name} does not exist.` });
          refuseLocked(group, force);
          effects.push(`resize ${idOf(location, name)} ${group.desired}→${size}`);
          group.before = servingOf(group);
          if (group.desired > 0) group.lastSize = group.desired;
          group.desired = size;
          group.scaledTime = clock.now();
          group.readyAt = clock.now() + changeMs;
          group.version += 1;
          return { deploymentId: 'd2' };
        },
        true,
      ),
    destroy: (location, name, { force }) =>
      work(
        'destroy',
        () => {
          const group = groups.get(idOf(location, name));
          if (group === undefined) return { deploymentId: undefined };
          refuseLocked(group, force);
          effects.push(`destroy ${idOf(location, name)}`);
          groups.delete(idOf(location, name));
          return { deploymentId: 'd3' };
        },
        true,
      ),
    lastNonZeroSize: (location, name) => work('lastNonZeroSize', () => groups.get(idOf(location, name))?.lastSize),
    lastFailure: (location, name) =>
      Promise.resolve(
        groups.get(idOf(location, name))?.image.endsWith(`:${sickTag}`) === true ? 'TASK_FAILED: no health' : undefined,
      ),
    diagnoses: new Map(),
    diagnosed: [],
    outputs: new Map(),
    outputsAsked: [],
    lockHolders: (_location, deploymentIds) => {
      const locked = [...groups.values()].filter(({ lock }) => lock !== undefined && deploymentIds.includes(lock));
      const changesOf = (id: string) =>
        locked
          .filter(({ lock }) => lock === id)
          .map(({ location, name }) => `/${location.account}/${location.group}/${name}`);
      const holders = [...new Set(locked.flatMap(({ lock }) => lock ?? []))];
      return Promise.resolve(holders.map((id) => ({ deploymentId: id, changes: changesOf(id), since: 0 })));
    },
    readOutput: (_location, name, wanted) => {
      fake.outputsAsked.push({ name, ...wanted });
      return Promise.resolve(fake.outputs.get(name));
    },
    diagnose: (_location, name) => {
      fake.diagnosed.push({ name, at: clock.now() });
      return Promise.resolve(fake.diagnoses.get(name) ?? { reasons: [] });
    },
  };
  return fake;
}
