import { types } from 'node:util';

/** The code of an error of the system, such as ENOENT; undefined when it has none. */
export const systemCodeOf = (error: unknown): string | undefined =>
  // Not instanceof: an error made in another realm is none of ours, yet an error.
  types.isNativeError(error) && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
