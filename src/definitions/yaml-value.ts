import { isAlias, isMap, isNode, isScalar, isSeq, type Node } from 'yaml';
import { checkSyntax, wholeExpression } from '../engine/expressions';
import { nearest } from '../model/nearest';
import { didYouMean } from './did-you-mean';
import { parseDurationMs } from './duration';
import { YamlObject, type KeyRules } from './yaml-object';
import type { YamlSource } from './yaml-source';

const kindOf = (node: Node | null): string => {
  if (node === null || (isScalar(node) && node.value === null)) return 'empty';
  if (isMap(node)) return 'a map';
  if (isSeq(node)) return 'a list';
  return isScalar(node) ? `a ${typeof node.value}` : 'something else';
};

/** One value of a YAML file with its place. Each reader reports what is wrong there and answers undefined then. */
export class YamlValue {
  readonly source: YamlSource;
  readonly node: Node | null;
  /** What people call it, such as `environments.dev.instances`. */
  readonly label: string;
  readonly #written: Node | null;
  readonly #key: Node | undefined;

  constructor(source: YamlSource, written: unknown, label: string, key?: Node) {
    this.source = source;
    this.label = label;
    this.#written = isNode(written) ? written : null;
    this.#key = key;
    const resolved =
      isAlias(this.#written) && source.document !== undefined ? this.#written.resolve(source.document) : this.#written;
    this.node = resolved ?? null;
  }

  /** Whether nothing stands here. */
  get isEmpty(): boolean {
    return this.node === null || (isScalar(this.node) && this.node.value === null);
  }

  /** Where it stands; lines and columns count from 1. */
  get place(): ReturnType<YamlSource['placeOf']> {
    return this.source.placeOf(this.#written?.range?.[0] ?? 0);
  }

  /** Reports at the value, or at its key where the value is empty. */
  fail<Value = never>(message: string): Value | undefined {
    const at = this.isEmpty ? (this.#key ?? this.#written) : this.#written;
    this.source.report(at?.range?.[0] ?? 0, message);
    return undefined;
    return undefined;
  }

  /** Tells of what is right at this value, but hardly meant. */
  warn(message: string): void {
    this.source.warn(this.#written?.range?.[0] ?? 0, message);
  }

  /** Reports at the key; at the value where there is none. */
  failAtKey<Value = never>(message: string): Value | undefined {
    this.source.report((this.#key ?? this.#written)?.range?.[0] ?? 0, message);
    return undefined;
    return undefined;
  }

  #wrongKind<Value = never>(expected: string): Value | undefined {
    if (this.refusesExpression(`Write ${expected}.`)) return undefined;
    if (!this.isEmpty) return this.fail(`${this.label} must be ${expected}, not ${kindOf(this.node)}.`);
    const from = this.#key?.range?.[1] ?? 0;
    const rest = /^[^\n]*/.exec(this.source.text.slice(from))?.[0] ?? '';
    const comment = /^\s*:\s+#\s*(\S*)/.exec(rest);
    if (comment !== null) {
      return this.fail(
        `${this.label} is empty, because # begins a comment in YAML. Write it without #: ${comment[1] ?? ''}`,
      );
    }
    return this.fail(`${this.label} is empty; it must be ${expected}.`);
  }

  /** A text with `${` in it. */
  get #expressionText(): string | undefined {
    const value = isScalar(this.node) ? this.node.value : undefined;
    return typeof value === 'string' && value.includes('${') ? value : undefined;
  }

  /** Whether an expression stands in the text here. */
  get hasExpression(): boolean {
    return this.#expressionText !== undefined;
  }

  /** Refuses an expression where none can stand; answers whether one stood there. */
  refusesExpression(instead: string): boolean {
    if (!this.hasExpression) return false;
    this.fail(`${this.label} cannot hold an expression: it is read before the pipeline runs. ${instead}`);
    return true;
  }

  /**
   * An expression that becomes the value when the stage starts, as it is written; without one, what `read` gives. One
   * that cannot be read is answered too: that is reported with all others of the stage.
   */
  orExpression<Value>(read: () => Value | undefined): Value | string | undefined {
    const text = this.#expressionText;
    if (text === undefined) return read();
    if (wholeExpression(text) !== undefined || checkSyntax(text).length > 0) return text;
    return this.fail(`${this.label} must be one expression from \${ to } with nothing around it: else it is a text.`);
  }

  /** A map; see KeyRules for what becomes of its keys. */
  object(rules: KeyRules): YamlObject | undefined {
    return isMap(this.node) ? YamlObject.read(this, this.node, rules) : this.#wrongKind('a map (key: value)');
  }

  /** The items of a list. */
  list(): readonly YamlValue[] | undefined {
    if (!isSeq(this.node)) return this.#wrongKind('a list ([a, b])');
    return this.node.items.map((item, index) => new YamlValue(this.source, item, `${this.label}[${index}]`));
  }

  /** Whether a list stands here. */
  get isList(): boolean {
    return isSeq(this.node);
  }

  /** Whether a map stands here. */
  get isObject(): boolean {
    return isMap(this.node);
  }

  /** Text that is not blank. */
  text(expected = 'text'): string | undefined {
    if (!isScalar(this.node) || this.isEmpty) return this.#wrongKind(expected);
    const { value, source } = this.node;
    if (typeof value === 'string' && value.trim() !== '') return value;
    if (typeof value === 'string') return this.fail(`${this.label} is blank; it must be ${expected}.`);
    const written = source ?? String(value);
    return this.fail(
      `${this.label} must be ${expected}; ${written} without quotes is the ${typeof value} ${String(value)} in YAML. ` +
        `Write it in quotes: '${written}'.`,
    );
  }

  /** Text, blank too: for values of variables. */
  anyText(): string | undefined {
    return isScalar(this.node) && this.node.value === '' ? '' : this.text();
  }

  /** Text that matches `pattern`; otherwise the message says `rule`. */
  matching(pattern: RegExp, rule: string): string | undefined {
    const value = this.text();
    if (value === undefined || pattern.test(value)) return value;
    if (this.refusesExpression('Write the value itself.')) return undefined;
    return this.fail(`${this.label} '${value}' ${rule}`);
  }

  /** One of some words. */
  oneOf<Word extends string>(words: readonly Word[], notYet: readonly string[] = []): Word | undefined {
    const value = this.text(`one of ${words.join(', ')}`);
    if (value === undefined) return undefined;
    const found = words.find((word) => word === value);
    if (found !== undefined) return found;
    if (this.refusesExpression(`Write one of ${words.join(', ')}.`)) return undefined;
    if (notYet.includes(value)) return this.fail(`'${value}' is not supported yet. Known: ${words.join(', ')}.`);
    return this.fail(`${this.label} cannot be '${value}'. ${didYouMean(value, words)}`);
  }

  /** A number within bounds. */
  number(bounds: { readonly above?: number; readonly min?: number; readonly max?: number }): number | undefined {
    const value = isScalar(this.node) ? this.node.value : undefined;
    if (typeof value !== 'number' || !Number.isFinite(value)) return this.#wrongKind('a number without quotes');
    const { above = -Infinity, min = -Infinity, max = Infinity } = bounds;
    if (value <= above) return this.fail(`${this.label} must be more than ${above}, not ${value}.`);
    if (value < min) return this.fail(`${this.label} must be at least ${min}, not ${value}.`);
    if (value > max) return this.fail(`${this.label} must be at most ${max}, not ${value}.`);
    return value;
  }

  /** A whole number from `min` (1 unless told) to `max`. */
  integer(bounds: { readonly min?: number; readonly max?: number } = {}): number | undefined {
    const { min = 1, max = Number.MAX_SAFE_INTEGER } = bounds;
    const value = isScalar(this.node) ? this.node.value : undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    const range = max === Number.MAX_SAFE_INTEGER ? `from ${min} on` : `from ${min} to ${max}`;
    if (typeof value !== 'number') return this.#wrongKind(`a whole number ${range}, without quotes`);
    return this.fail(`${this.label} must be a whole number ${range}, not ${value}.`);
  }

  /** True or false. */
  boolean(): boolean | undefined {
    const value = isScalar(this.node) ? this.node.value : undefined;
    return typeof value === 'boolean' ? value : this.#wrongKind('true or false');
  }

  /** A duration in milliseconds; `instead` is what to write where an expression is wanted. */
  durationMs(instead = 'Write a duration such as 90s, 10m, 4h or 2d.'): number | undefined {
    if (this.refusesExpression(instead)) return undefined;
    const value = isScalar(this.node) ? this.node.value : undefined;
    if (value === undefined || value === null) return this.#wrongKind('a duration such as 90s, 10m, 4h or 2d');
    const found = typeof value === 'string' ? parseDurationMs(value) : undefined;
    if (found !== undefined) return found;
    const hint = typeof value === 'number' && value > 0 ? ` Did you mean ${value}s or ${value}m?` : '';
    return this.fail(
      `${this.label} must be a duration such as 90s, 10m, 4h or 2d (one number, one unit), not '${isScalar(this.node) ? (this.node.source ?? '') : ''}'.${hint}`,
    );
  }

  /** Texts of a list. */
  texts(read: (item: YamlValue) => string | undefined = (item) => item.text()): readonly string[] | undefined {
    return this.list()?.flatMap((item) => read(item) ?? []);
  }

  /** Any plain data, aliases resolved. */
  data(): unknown {
    if (this.node === null || this.source.document === undefined) return null;
    return this.node.toJS(this.source.document, { maxAliasCount: 100 }) as unknown;
  }

  /** The nearest known word, for messages that this value's owner words itself. */
  nearest(known: readonly string[]): string | undefined {
    const { node } = this;
    return isScalar(node) ? nearest(String(node.value), known) : undefined;
  }
}
