/** Some time, half open, in milliseconds since the epoch. */
export type Span = { readonly start: number; readonly end: number };

/**
 * Walks along spans that are sorted by their start: the first that ends after an instant, undefined where none does. What is
 * asked about never goes back.
 */
export function alongSpans(spans: Iterable<Span>): (from: number) => Span | undefined {
  const all = spans[Symbol.iterator]();
  let next = all.next();
  return (from) => {
    while (next.done !== true && next.value.end <= from) next = all.next();
    return next.done === true ? undefined : next.value;
  };
}
