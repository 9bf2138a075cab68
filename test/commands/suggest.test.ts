import { nearest } from '../../commands/support/suggest';

describe('nearest', () => {
  const known = ['dev', 'staging', 'prod'];

  it.each([
    ['prdo', 'prod'],
    ['prd', 'prod'],
    ['prood', 'prod'],
    ['stagign', 'staging'],
    ['dve', 'dev'],
  ])('takes %s for %s', (word, meant) => {
    expect(nearest(word, known)).toBe(meant);
  });

  it.each(['test', 'live', 'prxy', 'p'])('does not guess what %s means', (word) => {
    expect(nearest(word, known)).toBeUndefined();
  });

  it('knows nothing where nothing is known', () => {
    expect(nearest('prod', [])).toBeUndefined();
  });
});
