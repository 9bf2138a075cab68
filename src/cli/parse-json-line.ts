import { CoxswainError } from '../model/errors';

/** A JSON object, as a line of standard input holds it. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value is an object, and neither a list nor null. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads one line of JSON lines. Throws INVALID_INPUT where it holds no JSON object. */
export function parseJsonLine(line: string): JsonObject {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line) as unknown;
  } catch (error) {
    const message = `The line is no JSON: ${error instanceof Error ? error.message : ''}`;
    throw new CoxswainError('INVALID_INPUT', { message });
  }
  if (isJsonObject(parsed)) return parsed;
  throw new CoxswainError('INVALID_INPUT', { message: 'The line must hold a JSON object.' });
}
