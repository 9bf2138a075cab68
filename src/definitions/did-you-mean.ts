import { nearest } from '../model/nearest';

/** A sentence that proposes the nearest known word and lists all: `Did you mean 'regions'? Known: …`. */
export function didYouMean(written: string, known: readonly string[]): string {
  const found = nearest(written, known);
  const list = known.length === 0 ? 'None are known.' : `Known: ${known.join(', ')}.`;
  return found === undefined ? list : `Did you mean '${found}'? ${list}`;
}
