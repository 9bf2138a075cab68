import type { Instance, World } from './world';

type Index = {
  readonly list: readonly Instance[];
  /** How many of the list are in the maps. */
  size: number;
  readonly byId: Map<string, Instance>;
  readonly byApp: Map<string, readonly Instance[]>;
};

const indexes = new WeakMap<World, Index>();

/** The instance of an id. */
export function findInstance(world: World, id: string): Instance | undefined {
  return indexOf(world).byId.get(id);
}

/** The instances of an app, oldest first; later changes do not show in the list. */
export function instancesIn(world: World, appId: string): readonly Instance[] {
  return indexOf(world).byApp.get(appId) ?? [];
}

/** The index of the present list: instances are only added at its end, and a removal makes a new list. */
function indexOf(world: World): Index {
  const { instances } = world;
  let index = indexes.get(world);
  if (index?.list !== instances) {
    index = { list: instances, size: 0, byId: new Map(), byApp: new Map() };
    indexes.set(world, index);
  }
  if (index.size < instances.length) extend(index, instances.slice(index.size));
  return index;
}

function extend(index: Index, added: readonly Instance[]): void {
  const grown = new Map<string, Instance[]>();
  for (const instance of added) {
    const { id, appId } = instance;
    index.byId.set(id, instance);
    const own = grown.get(appId) ?? [...(index.byApp.get(appId) ?? [])];
    own.push(instance);
    grown.set(appId, own);
  }
  for (const [appId, own] of grown) index.byApp.set(appId, own);
  index.size += added.length;
}
