import { joinTexts, plainText } from '../../src/model/text';

it('shows every part without markup', () =>
  expect(
    plainText([
      'a ',
      { strong: 'b' },
      { code: 'c' },
      { person: 'U1' },
      { group: 'crew' },
      { time: Date.UTC(2026, 0, 5, 10, 30) },
      { url: 'https://x.test', label: 'd' },
    ]),
  ).toBe('a bc@U1@crew2026-01-05 10:30 UTCd (https://x.test)'));

it('joins texts with a separator between them only', () => {
  expect(plainText(joinTexts(['a', [{ strong: 'b' }], 'c'], ', '))).toBe('a, b, c');
  expect(joinTexts([], ', ')).toEqual([]);
});
