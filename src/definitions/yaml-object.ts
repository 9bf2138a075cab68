import { isScalar, type Node, type YAMLMap } from 'yaml';
import { didYouMean } from './did-you-mean';
import { YamlValue } from './yaml-value';

/** What becomes of a map's keys. */
export type KeyRules = {
  /** Keys that are understood; undefined for a map whose keys are names. */
  readonly known: readonly string[] | undefined;
  /** Keys of the format that are recognised and refused for now. */
  readonly notYet?: readonly string[];
  /** Keys that people write by habit, each with what to write instead. */
  readonly advice?: Readonly<Record<string, string>>;
};

/** A map of a YAML file whose keys are checked. */
export class YamlObject {
  readonly value: YamlValue;
  readonly #entries: ReadonlyMap<string, YamlValue>;

  private constructor(value: YamlValue, entries: ReadonlyMap<string, YamlValue>) {
    this.value = value;
    this.#entries = entries;
  }

  /** Checks the keys, reports those it cannot take, and keeps the rest. */
  static read(value: YamlValue, map: YAMLMap, rules: KeyRules): YamlObject {
    const entries = new Map<string, YamlValue>();
    for (const pair of map.items) {
      const key = pair.key as Node | null;
      const name = isScalar(key) ? (key.source ?? String(key.value)) : undefined;
      const label = value.label === '' ? (name ?? 'key') : `${value.label}.${name ?? 'key'}`;
      const entry = new YamlValue(value.source, pair.value, label, key ?? undefined);
      const advice = Object.entries(rules.advice ?? {}).find(([habit]) => habit === name)?.[1];
      if (name === undefined || name === '') entry.failAtKey('A key must be plain text.');
      else if (rules.notYet?.includes(name)) {
        entry.failAtKey(`'${name}' is part of the format but not supported yet. Remove it for now.`);
      } else if (advice !== undefined) entry.failAtKey(`Unknown key '${name}'. ${advice}`);
      else if (name === '<<') entry.failAtKey('Merge keys (<<) are not understood. Write the fields out.');
      else if (rules.known !== undefined && !rules.known.includes(name)) {
        entry.failAtKey(`Unknown key '${name}'. ${didYouMean(name, rules.known)}`);
      } else entries.set(name, entry);
    }
    return new YamlObject(value, entries);
  }

  /** The value of a key; undefined where the key does not stand there. */
  get(name: string): YamlValue | undefined {
    return this.#entries.get(name);
  }

  /** The value of a key that must stand there. */
  require(name: string, example: string): YamlValue | undefined {
    const found = this.#entries.get(name);
    if (found !== undefined) return found;
    const where = this.value.label === '' ? '' : ` in ${this.value.label}`;
    return this.value.failAtKey(`'${name}' is missing${where}. Add it, for example: ${example}`);
  }

  /** Refuses two spellings of one field; answers whether both stood there. */
  refuseBoth(ours: string, spinnakers: string): boolean {
    if (!this.#entries.has(ours) || !this.#entries.has(spinnakers)) return false;
    this.#entries
      .get(spinnakers)
      ?.failAtKey(`'${spinnakers}' and '${ours}' are two spellings of one field. Keep one of them.`);
    return true;
  }

  /** All entries in the order of the file. */
  entries(): readonly (readonly [string, YamlValue])[] {
    return [...this.#entries];
  }
}
