/** Fields that the JSON API exposes; lists and further things may stand in them. */
export type Fields = Readonly<Record<string, unknown>>;

/** A thing of the JSON API: how it shows inside another, what it shows of itself, and what only a `tree` can ask for. */
export class Exposed {
  readonly short: Fields;
  readonly more: () => Fields;
  readonly onlyByTree: () => Fields;

  constructor(short: Fields, more: () => Fields = () => ({}), onlyByTree: () => Fields = () => ({})) {
    this.short = short;
    this.more = more;
    this.onlyByTree = onlyByTree;
  }
}

/** A parsed `tree`: the wanted fields, each with what is wanted inside and which part of a list. */
export type Tree = ReadonlyMap<string, { readonly inner: Tree; readonly range: readonly [number, number] | undefined }>;

const everything: Tree = new Map();

/** Reads a `tree` such as `jobs[name,builds[number]{0,5}]`; undefined for one that cannot be read. */
export function parseTree(text: string): Tree | undefined {
  const tokens = [...text.matchAll(/[[\],]|\{\d*,?\d*\}|[^[\],{}]+/g)].map(([token]) => token);
  let at = 0;
  const readRange = (): readonly [number, number] | undefined => {
    const found = /^\{(\d*)(,?)(\d*)\}$/.exec(tokens[at] ?? '');
    if (found === null) return undefined;
    at += 1;
    const [, from = '', comma, to = ''] = found;
    const start = from === '' ? 0 : Number(from);
    if (comma === '') return [start, start + 1];
    return [start, to === '' ? Infinity : Number(to)];
  };
  const readFields = (): Tree | undefined => {
    const fields = new Map<string, { inner: Tree; range: readonly [number, number] | undefined }>();
    for (;;) {
      const name = tokens[at];
      if (name === undefined || /^[[\],{]/.test(name)) return undefined;
      at += 1;
      let inner: Tree | undefined = everything;
      if (tokens[at] === '[') {
        at += 1;
        inner = readFields();
        if (inner === undefined || tokens[at] !== ']') return undefined;
        at += 1;
      }
      fields.set(name, { inner, range: readRange() });
      if (tokens[at] !== ',') return fields;
      at += 1;
    }
  };
  const tree = readFields();
  return at === tokens.length ? tree : undefined;
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

function chooseIn(value: unknown, tree: Tree): unknown {
  if (Array.isArray(value)) return value.map((item) => chooseIn(item, tree));
  if (!isFields(value)) return value;
  return choose(value instanceof Exposed ? value : new Exposed(value), tree);
}

/** What a `tree` wants of a thing. */
export function choose(thing: Exposed, tree: Tree): Fields {
  const all: Fields = { ...thing.short, ...thing.more(), ...thing.onlyByTree() };
  const chosen = [...tree]
    .filter(([name]) => Object.hasOwn(all, name))
    .map(([name, { inner, range }]) => {
      const found = all[name];
      return [
        name,
        chooseIn(range !== undefined && Array.isArray(found) ? found.slice(...range) : found, inner),
      ] as const;
    });
  const named = Object.hasOwn(all, '_class') ? { _class: all._class } : {};
  return { ...named, ...Object.fromEntries(chosen) };
}

function showIn(value: unknown, depth: number): unknown {
  if (Array.isArray(value)) return value.map((item) => showIn(item, depth));
  if (value instanceof Exposed) return depth > 0 ? show(value, depth - 1) : showFields(value.short, 0);
  return isFields(value) ? showFields(value, depth) : value;
}

const showFields = (fields: Fields, depth: number): Fields =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, showIn(value, depth)]));

/** A thing as it shows without a `tree`, with the things in it down to a depth. */
export const show = (thing: Exposed, depth: number): Fields => showFields({ ...thing.short, ...thing.more() }, depth);
