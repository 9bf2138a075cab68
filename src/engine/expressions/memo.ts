import type { Json } from './json';

/** What a URL answered, as the engine fetched it: the text, or in plain words why there is none. */
export type UrlAnswer = { readonly text: string } | { readonly error: string };

/**
 * What must be the same when a text is evaluated again, as plain JSON. `values` holds every time and random value that
 * was taken, keyed by the place in the input, the column and how often that column was reached: `env.A@3#1`. `urls` holds
 * answers by URL; only the engine adds to them, evaluation reads them.
 */
export type Memo = {
  readonly values: Readonly<Record<string, Json>>;
  readonly urls: Readonly<Record<string, UrlAnswer>>;
};

/** A memo in which nothing stands yet. */
export const emptyMemo: Memo = { values: {}, urls: {} };

/** Reads a memo and grows a copy of it. */
export class MemoBook {
  private readonly memo: Memo;
  private readonly taken = new Map<string, Json>();
  private readonly reached = new Map<string, number>();

  constructor(memo: Memo) {
    this.memo = memo;
  }

  /** The value that this place got before, else one that is made and kept. Each call is another occurrence. */
  take<T extends Json>(place: string, make: () => T): T {
    const count = (this.reached.get(place) ?? 0) + 1;
    this.reached.set(place, count);
    const key = `${place}#${count}`;
    if (Object.hasOwn(this.memo.values, key)) return this.memo.values[key] as T;
    const made = make();
    this.taken.set(key, made);
    return made;
  }

  answerOf(url: string): UrlAnswer | undefined {
    return Object.hasOwn(this.memo.urls, url) ? this.memo.urls[url] : undefined;
  }

  /** The memo with what was taken; the same object where nothing was. */
  grown(): Memo {
    if (this.taken.size === 0) return this.memo;
    return { ...this.memo, values: { ...this.memo.values, ...Object.fromEntries(this.taken) } };
  }
}
