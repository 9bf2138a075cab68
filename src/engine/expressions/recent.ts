/**
 * Keeps what was used lately, by text: at least the last `size` entries, at most twice as many. A hit costs one look-up,
 * where keeping exact order would cost three changes.
 */
export class Recent<T> {
  private readonly size: number;
  private young = new Map<string, T>();
  private old = new Map<string, T>();

  constructor(size: number) {
    this.size = size;
  }

  /** What is kept under the key, else what `make` makes; an error of `make` is not kept. */
  get(key: string, make: () => T): T {
    const young = this.young.get(key);
    if (young !== undefined) return young;
    const value = this.old.get(key) ?? make();
    if (this.young.size >= this.size) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(key, value);
    return value;
  }
}
