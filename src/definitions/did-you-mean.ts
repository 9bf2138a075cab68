import { closest, distance } from 'fastest-levenshtein';

/** The known word nearest to what was written; undefined where none is near enough to be meant. */
export function nearest(written: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const exact = known.find((word) => word.toLowerCase() === written.toLowerCase());
  if (exact !== undefined) return exact;
  const found = closest(written, known);
  return distance(written, found) <= Math.max(2, Math.floor(written.length / 3)) ? found : undefined;
}

/** A sentence that proposes the nearest known word and lists all: `Did you mean 'regions'? Known: …`. */
export function didYouMean(written: string, known: readonly string[]): string {
  const found = nearest(written, known);
  const list = known.length === 0 ? 'None are known.' : `Known: ${known.join(', ')}.`;
  return found === undefined ? list : `Did you mean '${found}'? ${list}`;
}
