import { CoxswainError } from '../model/errors';

/** Undefined instead of NOT_FOUND; every other failure stays one. */
export async function unlessAbsent<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof CoxswainError && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}
