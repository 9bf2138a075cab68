import { ExpressionError } from '../expression-error';
import { methodTable, textArg, wholeArg } from '../method';
import type { Run } from '../run';
import { JavaValue, real, type Value } from '../value';
import type { JavaType } from './type-reference';

const mask = (1n << 48n) - 1n;

/** Java's generator: with a seed it gives Java's numbers, without one it draws from the run, which remembers. */
class JavaRandom extends JavaValue {
  readonly typeName = 'java.util.Random';
  private state: bigint | undefined;

  constructor(seed: number | undefined) {
    super();
    this.state = seed === undefined ? undefined : (BigInt(seed) ^ 0x5deece66dn) & mask;
  }

  /** The next `count` bits, signed where they are 32. */
  bits(count: number, run: Run): number {
    if (this.state === undefined) return Math.floor(run.random() * 2 ** count) - (count === 32 ? 2 ** 31 : 0);
    this.state = (this.state * 0x5deece66dn + 0xbn) & mask;
    return Number(BigInt.asIntN(32, this.state >> BigInt(48 - count)));
  }

  toText(): string {
    return 'java.util.Random';
  }

  toJson(): never {
    throw new ExpressionError('a java.util.Random is no result; call nextInt() or its like');
  }
}

function below(random: JavaRandom, bound: number, run: Run): number {
  if (bound <= 0 || bound > 2 ** 31 - 1)
    throw new ExpressionError(`a bound must be above 0 and below 2^31, not ${bound}`);
  if (Number.isInteger(Math.log2(bound))) return Math.floor((bound * random.bits(31, run)) / 2 ** 31);
  for (;;) {
    run.budget.spend();
    const bits = random.bits(31, run);
    const value = bits % bound;
    // The last, incomplete stretch of numbers would favour the small ones.
    if (bits - value + (bound - 1) < 2 ** 31) return value;
  }
}

function nextInt(random: JavaRandom, args: readonly Value[], run: Run): number {
  if (args.length === 0) return random.bits(32, run);
  if (args.length === 1) return below(random, wholeArg(args, 0), run);
  return wholeArg(args, 0) + below(random, wholeArg(args, 1) - wholeArg(args, 0), run);
}

const nextDouble = (random: JavaRandom, run: Run): number =>
  (random.bits(26, run) * 2 ** 27 + random.bits(27, run)) / 2 ** 53;

const randomMethods = methodTable<JavaRandom>([
  ['nextInt', 0, 2, nextInt],
  ['nextBoolean', 0, 0, (random, _, run) => random.bits(1, run) !== 0],
  ['nextDouble', 0, 0, (random, _, run) => real(nextDouble(random, run))],
]);

/** `java.util.Random`. */
export const randomType: JavaType = {
  name: 'java.util.Random',
  statics: methodTable<null>([]),
  methods: randomMethods,
  constants: new Map(),
  construct: {
    minArgs: 0,
    maxArgs: 1,
    call: (_, args) => new JavaRandom(args.length === 0 ? undefined : wholeArg(args, 0)),
  },
  isInstance: (value) => value instanceof JavaRandom,
};

class Uuid extends JavaValue {
  readonly typeName = 'java.util.UUID';
  private readonly text: string;

  constructor(text: string) {
    super();
    this.text = text;
  }

  toText(): string {
    return this.text;
  }

  toJson(): string {
    return this.text;
  }
}

function readUuid(text: string): Uuid {
  if (/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text)) return new Uuid(text.toLowerCase());
  throw new ExpressionError(`'${text.slice(0, 60)}' is not a UUID`);
}

/** `java.util.UUID`. */
export const uuidType: JavaType = {
  name: 'java.util.UUID',
  statics: methodTable<null>([
    ['randomUUID', 0, 0, (_, __, run) => new Uuid(run.uuid())],
    ['fromString', 1, 1, (_, args) => readUuid(textArg(args, 0))],
  ]),
  constants: new Map(),
  isInstance: (value) => value instanceof Uuid,
};
