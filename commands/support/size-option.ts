import { UserMistake } from './suggest';
import type { Words } from './words';

const largest = 1000;

/** The option `size`, instances per region; undefined where it is not given. Throws a UserMistake for no such number. */
export function sizeOption({ options }: Words): number | undefined {
  const word = options.get('size');
  if (word === undefined) return undefined;
  const size = /^\d{1,4}$/.test(word) ? Number(word) : 0;
  if (size > 0 && size <= largest) return size;
  throw new UserMistake(`'${word}' is not a size: give a whole number from 1 to ${largest}, per region.`);
}
