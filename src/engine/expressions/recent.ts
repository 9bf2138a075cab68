/** At least the last `size` entries, at most twice as many. A hit costs one look-up, where exact order would cost three changes. */
class Generations<T> {
  private readonly size: number;
  private young = new Map<string, T>();
  private old = new Map<string, T>();

  constructor(size: number) {
    this.size = size;
  }

  get(key: string): T | undefined {
    const young = this.young.get(key);
    if (young !== undefined) return young;
    const old = this.old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: string, value: T): void {
    if (this.young.size >= this.size) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(key, value);
  }
}

/**
 * Keeps what was asked for twice lately, by text: between `size` and twice as much. What is asked for once only is not
 * kept: of most texts nothing is wanted again, and to keep them would cost more than to make them.
 */
export class Recent<T> {
  private readonly kept: Generations<T>;
  private readonly seen: Generations<true>;

  constructor(size: number) {
    this.kept = new Generations(size);
    this.seen = new Generations(size);
  }

  /** What is kept under the key, else what `make` makes; an error of `make` is not kept. */
  get(key: string, make: () => T): T {
    const kept = this.kept.get(key);
    if (kept !== undefined) return kept;
    const made = make();
    if (this.seen.get(key) === true) this.kept.set(key, made);
    else this.seen.set(key, true);
    return made;
  }
}
