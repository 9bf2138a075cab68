import { z } from 'zod';

// Servers of different ages answer null, an empty value or nothing for what they do not have. Each reader here takes all.

/** Undefined for null and for nothing. */
export const optional = <T extends z.ZodType>(schema: T) =>
  schema.nullish().transform((value) => (value === null ? undefined : value));

/** An empty list for null and for nothing. */
export const listOf = <T extends z.ZodType>(schema: T) =>
  z
    .array(schema)
    .nullish()
    .transform((value) => value ?? []);

/** Empty text for null and for nothing. */
export const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');

/** Zero for null and for nothing. */
export const count = z
  .number()
  .nullish()
  .transform((value) => value ?? 0);
