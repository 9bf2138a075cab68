import fc from 'fast-check';
import { readPiece } from '../../src/dcos/read-piece';

describe('readPiece', () => {
  it.each([
    ['grün', 5, 'grün', 5],
    ['gr\u{fffd}', 3, 'gr', 2],
    ['a\u{fffd}', 4, 'a', 1],
    ['\u{fffd}n', 2, 'n', 2],
    ['\u{fffd}\u{fffd}\u{fffd}n', 4, 'n', 4],
    ['', 0, '', 0],
    ['\u{fffd}\u{fffd} in latin1 \u{fffd}', 30, '\u{fffd}\u{fffd} in latin1 \u{fffd}', 30],
    ['\u{fffd}', 2, '', 0],
  ])('of %j, %i bytes long, takes %j', (data, length, text, bytes) =>
    expect(readPiece(data, length)).toEqual({ text, bytes }),
  );

  it('puts any text together again, wherever it is cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-composite' }), fc.integer({ min: 4, max: 9 }), (written, size) => {
        fc.pre(!written.includes('\u{fffd}'));
        const file = Buffer.from(written);
        let [found, offset] = ['', 0];
        while (offset < file.length) {
          const part = file.subarray(offset, offset + size);
          const piece = readPiece(part.toString('utf8'), part.length);
          found += piece.text;
          offset += piece.bytes;
        }
        expect(found).toBe(file.toString('utf8'));
      }),
    );
  });
});
