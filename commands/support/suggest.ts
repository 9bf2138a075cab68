import { closest, distance } from 'fastest-levenshtein';
import { CoxswainError } from '../../src/model/errors';
import type { Text } from '../../src/model/text';
import type { Choice, View } from '../../src/model/view';

const lettersOf = (word: string) => word.split('').sort().join('');
/** Two neighbours swapped, the commonest slip: `prdo` for `prod`. */
const isSwapped = (word: string, other: string) =>
  word.length === other.length && distance(word, other) === 2 && lettersOf(word) === lettersOf(other);

/** The nearest of some words, if it is near enough to have been meant. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const swapped = known.find((other) => isSwapped(word, other));
  if (swapped !== undefined) return swapped;
  const found = closest(word, [...known]);
  return distance(word, found) <= Math.max(1, Math.floor(word.length / 3)) ? found : undefined;
}

/** A button that runs another command instead. */
export const runChoice = (text: string): Choice => ({
  name: 'run',
  label: `Run: ${text}`.slice(0, 70),
  target: { kind: 'run', text },
});

/** A user's mistake: what is wrong, what is known, and perhaps the command that was meant. */
export class UserMistake extends CoxswainError {
  readonly suggestions: readonly string[];

  constructor(message: string, suggestions: readonly string[] = []) {
    super('INVALID_INPUT', { message });
    this.suggestions = suggestions;
  }
}

/** The answer to a mistake, with the meant command as a button. */
export function mistakeView(message: Text, suggestions: readonly string[] = []): View {
  const choices = suggestions.map(runChoice);
  return { headline: message, tone: 'attention', undone: true, ...(choices.length === 0 ? {} : { choices }) };
}
