import { closest, distance } from 'fastest-levenshtein';

/** The known word nearest to what was written; undefined where none is near enough to be meant. */
export function nearest(written: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const exact = known.find((word) => word.toLowerCase() === written.toLowerCase());
  if (exact !== undefined) return exact;
  const found = closest(written, known);
  const changes = distance(written, found);
  // As many changes as letters: they have nothing in common.
  const isNear =
    changes <= Math.max(2, Math.floor(written.length / 3)) && changes < Math.max(written.length, found.length);
  return isNear ? found : undefined;
}
