import { ExpressionError } from '../expression-error';
import type { Method, Methods } from '../method';
import { JavaValue, type Value } from '../value';

/** A Java type that expressions may use. */
export type JavaType = {
  /** With its package: `java.lang.Math`. */
  readonly name: string;
  readonly statics: Methods<null>;
  /** Methods of its values; absent where JSON has a type for them, or they have none of their own. */
  readonly methods?: Methods<never>;
  readonly constants: ReadonlyMap<string, Value>;
  /** Absent where nothing can be made with `new`. */
  readonly construct?: Method<null>;
  readonly isInstance: (value: Value) => boolean;
};

/** What `T(…)` gives: static methods and constants, and no result of its own. */
export class TypeReference extends JavaValue {
  readonly typeName = 'java.lang.Class';
  readonly type: JavaType;

  constructor(type: JavaType) {
    super();
    this.type = type;
  }

  toText(): string {
    return `class ${this.type.name}`;
  }

  toJson(): never {
    throw new ExpressionError(`the type ${this.type.name} is no result`);
  }
}
