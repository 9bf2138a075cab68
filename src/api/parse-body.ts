import type { z } from 'zod';
import { ApiError } from './api-error';

/** A body that satisfies its schema; throws 400 naming every field that is wrong. */
export function parseBody<S extends z.ZodType>(schema: S, body: unknown): z.infer<S> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => {
    const field = issue.path.join('.');
    return field === '' ? issue.message : `${field}: ${issue.message}`;
  });
  throw new ApiError(400, 'INVALID_INPUT', `The request body is not right. ${problems.join('; ')}`);
}
