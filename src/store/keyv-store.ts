import { EventEmitter } from 'node:events';
import type { KeyvStoreAdapter, StoredData } from 'keyv';
import type { Clock } from '../engine/clock';
import type { DocumentKind, DocumentStore } from '../engine/ports/document-store';

/** A value kept for Keyv, serialized by it; `expiresAt` in milliseconds since the epoch, absent for never. */
export type Setting = {
  readonly schema: 1;
  readonly namespace: string;
  readonly value: string;
  readonly expiresAt?: number;
};

/** Small values that belong to people and caches, listed by their Keyv namespace. */
export const settingKind: DocumentKind<Setting> = {
  name: 'setting',
  indexes: ({ namespace }) => ({ namespace }),
};

/**
 * Makes a document store serve as a Keyv storage adapter: `new Keyv({ store: createKeyvStore(store, clock), namespace })`.
 * Each Keyv needs an adapter of its own, for Keyv writes its namespace into it. Expired values are removed when they are
 * looked for. Keyv has no compare-and-set: never read, change and write back a value that two writers share.
 */
export function createKeyvStore(store: DocumentStore, clock: Clock): KeyvStoreAdapter {
  return new KeyvDocumentAdapter(store, clock);
}

class KeyvDocumentAdapter extends EventEmitter {
  /** Keyv offers `iterator` only for dialects it knows. */
  readonly opts = { dialect: 'sqlite' };
  // Set by Keyv.
  namespace?: string | undefined;
  readonly #store: DocumentStore;
  readonly #clock: Clock;

  constructor(store: DocumentStore, clock: Clock) {
    super();
    this.#store = store;
    this.#clock = clock;
  }

  async get<Value>(key: string): Promise<StoredData<Value> | undefined> {
    const found = await this.#store.get(settingKind, key);
    if (found === undefined) return undefined;
    if (this.#isLive(found.document)) return found.document.value as StoredData<Value>;
    await this.#store.delete(settingKind, key);
    return undefined;
  }

  async set(key: string, value: string, ttlMs?: number): Promise<true> {
    const expiry = ttlMs === undefined || ttlMs <= 0 ? {} : { expiresAt: this.#clock.now() + ttlMs };
    const setting: Setting = { schema: 1, namespace: this.namespace ?? '', value, ...expiry };
    // Between the two, somebody else may create or delete it; then the other one applies.
    for (;;) {
      if (await this.#store.create(settingKind, key, setting)) return true;
      if ((await this.#store.update(settingKind, key, () => setting)) !== undefined) return true;
    }
  }

  delete(key: string): Promise<boolean> {
    return this.#store.delete(settingKind, key);
  }

  async has(key: string): Promise<boolean> {
    const found = await this.#store.get(settingKind, key);
    return found !== undefined && this.#isLive(found.document);
  }

  /** Removes the values of this adapter's namespace. */
  async clear(): Promise<void> {
    const query = { index: { name: 'namespace', value: this.namespace ?? '' } };
    for (;;) {
      const found = await this.#store.list(settingKind, query);
      if (found.length === 0) return;
      await Promise.all(found.map(({ id }) => this.#store.delete(settingKind, id)));
    }
  }

  /** Keys and serialized values of a namespace as they stand at the start, without the expired. */
  async *iterator<Value>(namespace?: string): AsyncGenerator<(string | Awaited<Value> | undefined)[], void> {
    const index = { name: 'namespace', value: namespace ?? '' };
    const limit = await this.#store.count(settingKind, index);
    const found = limit === 0 ? [] : await this.#store.list(settingKind, { index, limit });
    for (const { id, document } of found) if (this.#isLive(document)) yield [id, document.value];
  }

  #isLive({ expiresAt }: Setting): boolean {
    return expiresAt === undefined || this.#clock.now() < expiresAt;
  }
}
