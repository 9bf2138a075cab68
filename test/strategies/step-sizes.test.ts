import { percentagesOf, stepSizes } from '../../src/strategies';

describe('the percentages of a rolling deployment', () => {
  it.each([
    [undefined, [50, 100]],
    [[], [100]],
    [[25], [25, 100]],
    [
      [10, 40, 100],
      [10, 40, 100],
    ],
    [
      [50, 10],
      [10, 50, 100],
    ],
    [
      ['20', '60'],
      [20, 60, 100],
    ],
    [
      [0, 120, Number.NaN, 30, 30],
      [30, 100],
    ],
  ])('%j become %j', (written, expected) => expect(percentagesOf(written)).toEqual(expected));
});

describe('the sizes at a step', () => {
  it.each([
    [50, 6, 6, 3, 3],
    [100, 6, 6, 6, 0],
    [50, 5, 5, 3, 2],
    [50, 1, 1, 1, 0],
    [25, 2, 2, 1, 1],
    [1, 20, 20, 1, 19],
    [50, 6, 4, 3, 2],
    [50, 4, 6, 2, 3],
    [33, 10, 3, 4, 2],
  ])('at %i %% of %i new and %i old are %i new and %i old', (percentage, full, old, fresh, left) =>
    expect(stepSizes(percentage, full, old)).toEqual({ percentage, fresh, old: left }),
  );

  it('are together never fewer than the smaller whole, whatever the sizes and the percentage', () => {
    const short: string[] = [];
    for (let full = 1; full <= 20; full += 1)
      for (let before = 1; before <= 20; before += 1)
        for (let percentage = 1; percentage <= 100; percentage += 1) {
          const { fresh, old } = stepSizes(percentage, full, before);
          if (fresh + old < Math.min(full, before) || fresh > full || old < 0)
            short.push(`${percentage} ${full} ${before}`);
        }
    expect(short).toEqual([]);
  });
});
