import { inspect } from 'node:util';

/**
 * A secret known by where it stands. Text, JSON, logs and debuggers see its reference, never its value; whoever needs the
 * value asks for it by `reveal`.
 */
export class Secret {
  /** Where it stands, for messages: `the environment variable DCOS_PASSWORD`. */
  readonly reference: string;
  readonly #read: () => string;

  /** `read` is called on each `reveal`, so a secret that was rotated is seen. It throws INVALID_INPUT where there is none. */
  constructor(reference: string, read: () => string) {
    this.reference = reference;
    this.#read = read;
  }

  /** The value as it stands now. Throws INVALID_INPUT, naming the reference, where it cannot be read. */
  reveal(): string {
    return this.#read();
  }

  /** The reference, marked as a secret. */
  toString(): string {
    return `[secret in ${this.reference}]`;
  }

  /** As `toString`. */
  toJSON(): string {
    return this.toString();
  }

  /** As `toString`. */
  [inspect.custom](): string {
    return this.toString();
  }
}
