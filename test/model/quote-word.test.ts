import fc from 'fast-check';
import { parseWords } from '../../commands/support/words';
import { quoteWord } from '../../src/model/quote-word';

const typed = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('“', '”', '„', '"', '\\', '\n', ' ', '=', '-', '–', '’', '{', 'a', '--yes', ' —b', 'x=y'),
    ),
  )
  .map((parts) => parts.join(''));

describe('quoteWord', () => {
  it('makes one word of any text, or the value of an option, which is read as it was', () => {
    fc.assert(
      fc.property(typed, typed, (word, value) => {
        const read = parseWords(`stop ${quoteWord(word)} reason=${quoteWord(value)} then=${quoteWord(word)} --yes`);
        expect(read.words).toEqual(['stop', word]);
        expect(Object.fromEntries(read.options)).toEqual({ reason: value, then: word, yes: 'true' });
      }),
      { numRuns: 500 },
    );
  });
});
