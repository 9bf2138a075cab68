import { z } from 'zod';
import { asCoxswainError, type ErrorCode } from '../model/errors';

const mostIssues = 3;

/** Why a planner or a task refused its input, for people: a schema's issues in one sentence each. */
export function describeRefusal(error: unknown): { readonly code: ErrorCode; readonly message: string } {
  if (!(error instanceof z.ZodError)) {
    const { code, message } = asCoxswainError(error);
    return { code, message };
  }
  const issues = error.issues.slice(0, mostIssues).map(({ path, message }) => `${path.join('.')}: ${message}.`);
  return { code: 'INVALID_INPUT', message: issues.join(' ') };
}
