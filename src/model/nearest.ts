import { closest, distance } from 'fastest-levenshtein';

/** The known word nearest to what was written; undefined where none is near enough to be meant. */
export function nearest(written: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const exact = known.find((word) => word.toLowerCase() === written.toLowerCase());
  if (exact !== undefined) return exact;
  const found = closest(written, known);
  return distance(written, found) <= Math.max(2, Math.floor(written.length / 3)) ? found : undefined;
}
