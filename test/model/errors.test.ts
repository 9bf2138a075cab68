import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asCoxswainError, CoxswainError, errorCatalogue } from '../../src/model/errors';

it('documents exactly the codes of the catalogue', () => {
  const page = readFileSync(join(__dirname, '../../docs/errors.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `([A-Z_]+)`\s*\| (.+?)\s*\| (yes|no)\s*\|$/gm)].map(
    ([, code, meaning, again]) => [code, meaning, again === 'yes' ? 'later' : 'never'],
  );
  expect(rows).toEqual(Object.entries(errorCatalogue).map(([code, { retry, meaning }]) => [code, meaning, retry]));
});

it('wraps what is not ours as a defect that no retry heals', () => {
  const wrapped = asCoxswainError(new TypeError('no such thing'));
  expect([wrapped.code, wrapped.message, wrapped.canRetry]).toEqual(['INTERNAL', 'no such thing', false]);
  expect(asCoxswainError('text').message).toBe('text');
  const own = new CoxswainError('RATE_LIMITED', { message: 'slow down' });
  expect(asCoxswainError(own)).toBe(own);
  expect(own.canRetry).toBe(true);
});
