import { CoxswainError } from '../../src/model/errors';

/** For executors whose expressions fetch nothing. */
export const fetchNothing = (url: string): Promise<string> =>
  Promise.reject(new CoxswainError('INTERNAL', { message: `This test fetches nothing, and ${url} was asked for.` }));
