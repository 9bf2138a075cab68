import { ExpressionError } from './expression-error';
import type { Node, NodeOf } from './syntax/node';

/** What bare names mean: names of the current element (or the root), or of the root, as inside an index. */
type Base = 'self' | 'root';

/** An expression in expr-eval's language, calling only helpers; `bodies` are the parts that helpers evaluate by number. */
export type Emitted = { readonly source: string; readonly bodies: readonly string[] };

// expr-eval calls itself a dozen times for each; this stays far from the end of the stack.
const deepest = 150;

// Every character that is not plainly harmless is written as a code, so that no text can leave its quotes.
const quoted = (text: string): string =>
  `"${text.replaceAll(/\W/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`;

class Emitter {
  readonly bodies: string[] = [];
  private depth = 0;

  emit(node: Node, base: Base): string {
    this.depth += 1;
    if (this.depth > deepest) throw new ExpressionError(`more than ${deepest} operations on one another`, node.at);
    const source = this.write(node, base);
    this.depth -= 1;
    return source;
  }

  private write(node: Node, base: Base): string {
    switch (node.kind) {
      case 'literal':
        return this.literal(node);
      case 'name':
        return this.call(base === 'self' ? 'nam' : 'rnm', node, [quoted(node.name)]);
      case 'variable':
        return this.call('var', node, [quoted(node.name)]);
      case 'logical':
        return `(${this.truth(node.left, base)} ${node.operator} ${this.truth(node.right, base)})`;
      case 'ternary':
        return `(${this.truth(node.test, base)}?${this.emit(node.then, base)}:${this.emit(node.otherwise, base)})`;
      case 'elvis':
        return this.call('elv', node, [this.emit(node.value, base), this.body(node.otherwise, base)]);
      case 'unary':
        return this.call(node.operator, node, [this.emit(node.operand, base)]);
      case 'binary':
        return this.call(node.operator, node, [this.emit(node.left, base), this.emit(node.right, base)]);
      case 'list':
        return this.call('lst', node, this.all(node.items, base));
      case 'map':
        return this.call(
          'map',
          node,
          node.entries.flatMap(([key, value]) => [this.key(key, base), this.emit(value, base)]),
        );
      default:
        return this.writeAccess(node, base);
    }
  }

  private writeAccess(
    node: NodeOf<'property' | 'index' | 'method' | 'function' | 'type' | 'new' | 'projection' | 'selection'>,
    base: Base,
  ): string {
    switch (node.kind) {
      case 'property':
        return this.call('get', node, [this.emit(node.of, base), quoted(node.name), this.flag(node.isSafe)]);
      case 'index':
        return this.index(node, base);
      case 'method': {
        const target = node.of === undefined ? this.call('slf', node, []) : this.emit(node.of, base);
        const args = this.all(node.args, 'self');
        return this.call('mth', node, [target, quoted(node.name), this.flag(node.isSafe), ...args]);
      }
      case 'function':
        return this.call('fun', node, [quoted(node.name), ...this.all(node.args, 'self')]);
      case 'type':
        return this.call('typ', node, [quoted(node.name)]);
      case 'new':
        return this.call('mak', node, [quoted(node.name), ...this.all(node.args, 'self')]);
      case 'projection': {
        const list = this.emit(node.of, base);
        return this.call('prj', node, [list, this.body(node.body, 'self'), this.flag(node.isSafe)]);
      }
      case 'selection': {
        const list = this.emit(node.of, base);
        return this.call('sel', node, [list, this.body(node.body, 'self'), `"${node.which}"`, this.flag(node.isSafe)]);
      }
    }
  }

  /** A bare name as an index is a key where a map is indexed, as in SpEL, and a name of the root elsewhere. */
  private index(node: NodeOf<'index'>, base: Base): string {
    const of = node.of === undefined ? this.call('slf', node, []) : this.emit(node.of, base);
    if (node.index.kind === 'name')
      return this.call('key', node, [of, quoted(node.index.name), this.flag(node.isSafe)]);
    return this.call('idx', node, [of, this.emit(node.index, 'root'), this.flag(node.isSafe)]);
  }

  private key(key: Node, base: Base): string {
    return key.kind === 'name' ? quoted(key.name) : this.emit(key, base);
  }

  private truth(node: Node, base: Base): string {
    return this.call('tru', node, [this.emit(node, base)]);
  }

  private body(node: Node, base: Base): string {
    // Reserved first: a body may hold bodies.
    const index = this.bodies.push('') - 1;
    this.bodies[index] = this.emit(node, base);
    return String(index);
  }

  private literal({ at, value, isReal }: NodeOf<'literal'>): string {
    if (value === null) return 'n';
    if (typeof value === 'string') return quoted(value);
    return isReal && Number.isInteger(value) ? `h(s,"rea",${at},${String(value)})` : String(value);
  }

  private all(nodes: readonly Node[], base: Base): readonly string[] {
    return nodes.map((node) => this.emit(node, base));
  }

  private flag(isSet: boolean): string {
    return isSet ? 'true' : 'false';
  }

  private call(helper: string, { at }: Node, args: readonly string[]): string {
    return `h(${['s', `"${helper}"`, at, ...args].join(',')})`;
  }
}

/**
 * Writes a tree as expr-eval's source: calls of our helper `h` with the run `s`, what to do and the offset first, and expr-eval's
 * own `?:`, `and`, `or`, which are lazy. Throws `ExpressionError` where operations stack too high for it.
 */
export function emit(node: Node): Emitted {
  const emitter = new Emitter();
  const source = emitter.emit(node, 'self');
  return { source, bodies: emitter.bodies };
}
