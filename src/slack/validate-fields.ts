/** An object from outside, its fields not known. */
export type Fields = Readonly<Record<string, unknown>>;

/** The value as an object; anything else counts as one without fields. */
export const asFields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};

/** The value as a list; anything else counts as empty. */
export const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Where a value stands and how long it may be. */
export type Bounds = { readonly at: string; readonly min: number; readonly max: number };

/** Faults of a string's length; something else than a string is one too. */
export function checkLength(value: unknown, { at, min, max }: Bounds): string[] {
  if (typeof value !== 'string') return [`${at}: must be a string`];
  if (value.length < min) return [`${at}: must not be empty`];
  return value.length > max ? [`${at}: ${value.length} characters are more than ${max}`] : [];
}

/** Faults of a list's length; something else than a list is one too. */
export function checkList(value: unknown, { at, min, max }: Bounds): string[] {
  if (!Array.isArray(value)) return [`${at}: must be a list`];
  if (value.length < min) return [`${at}: must not be empty`];
  return value.length > max ? [`${at}: ${value.length} are more than ${max}`] : [];
}
