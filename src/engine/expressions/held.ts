import type { Value } from './value';

/**
 * A value on its way through expr-eval, which asks every object that it passes on for its `type`: on data that might
 * run code, or be taken for one of its own instructions. A held value has no such property.
 */
export class Held {
  readonly value: object;

  constructor(value: object) {
    this.value = value;
  }
}

/** Wraps what is an object. */
export const hold = (value: Value): unknown => (typeof value === 'object' && value !== null ? new Held(value) : value);

/** Undoes `hold`. */
export const release = (value: unknown): Value => (value instanceof Held ? value.value : value) as Value;
