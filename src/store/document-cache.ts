/** A parsed document, as it stands at one version of one row. */
export type CachedDocument = {
  /** The row; never used twice, so a document made anew under an old id is another one. */
  readonly serial: number;
  readonly version: number;
  readonly document: unknown;
};

/** The documents last read or written, so that they need not be parsed again. */
export type DocumentCache = {
  readonly get: (serial: number, version: number) => unknown;
  /** Freezes the document for good: whoever reads it next gets the same object. */
  readonly put: (cached: CachedDocument) => void;
  /** Forgets everything; needed after a rollback, which takes back versions already remembered. */
  readonly clear: () => void;
};

/** Keeps at most `limit` documents, dropping the one unused for longest. */
export function createDocumentCache(limit: number): DocumentCache {
  const entries = new Map<number, CachedDocument>();
  const known = new WeakSet();
  return {
    get: (serial, version) => {
      const found = entries.get(serial);
      if (found?.version !== version) return undefined;
      entries.delete(serial);
      entries.set(serial, found);
      return found.document;
    },
    put: (cached) => {
      entries.delete(cached.serial);
      if (!freezeJson(cached.document, known)) return;
      entries.set(cached.serial, cached);
      if (entries.size <= limit) return;
      const [oldest] = entries.keys();
      if (oldest !== undefined) entries.delete(oldest);
    },
    clear: () => entries.clear(),
  };
}

/**
 * Freezes a value all the way down; false when JSON would not give back the same (a Date, an undefined field, NaN): such
 * a document must be read from what was stored. Parts frozen before are not walked again, and folds share most parts.
 */
function freezeJson(value: unknown, known: WeakSet<object>): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== 'object') return false;
  if (known.has(value)) return true;
  if (!isPlain(value)) return false;
  for (const part of Object.values(value)) if (!freezeJson(part, known)) return false;
  known.add(Object.freeze(value));
  return true;
}

function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && !('toJSON' in value);
}
