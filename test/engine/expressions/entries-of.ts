import { defaultLimits, evaluate, type Scope } from '../../../src/engine/expressions';
import type { methodTables } from '../../../src/engine/expressions/methods';
import { splitText } from '../../../src/engine/expressions/split-text';
import { Cursor } from '../../../src/engine/expressions/syntax/cursor';
import { lex } from '../../../src/engine/expressions/syntax/lex';
import type { Node, NodeOf } from '../../../src/engine/expressions/syntax/node';
import { parse } from '../../../src/engine/expressions/syntax/parse';
import { javaTypes } from '../../../src/engine/expressions/types';

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'kind' in value && 'at' in value;

const childrenOf = (node: Node): readonly Node[] => Object.values(node).flat(2).filter(isNode);

const startOf = (node: Node): number => ('of' in node ? startOf(node.of) : node.at);

const fullName = (name: string): string => javaTypes.find((type) => type.name === `java.lang.${name}`)?.name ?? name;

const kindsByType: ReadonlyMap<string, keyof typeof methodTables> = new Map([
  ['java.lang.String', 'text'],
  ['java.lang.Boolean', 'boolean'],
  ['java.lang.Integer', 'number'],
  ['java.lang.Long', 'number'],
  ['java.lang.Double', 'number'],
]);

/** Names what one expression uses of the language. */
class EntryFinder {
  private readonly text: string;
  private readonly scope: Scope;

  constructor(text: string, scope: Scope) {
    this.text = text;
    this.scope = scope;
  }

  find(): readonly string[] {
    const tokens = lex(this.text, defaultLimits.tokens);
    return this.inNode(parse(new Cursor(tokens, defaultLimits.depth)), false);
  }

  /** In the body of a selection or projection names and methods belong to an element, which is not known here. */
  private inNode(node: Node, isInBody: boolean): readonly string[] {
    const isOfElement = isInBody && (node.kind === 'name' || node.kind === 'method');
    const inner = childrenOf(node).flatMap((child) => {
      return this.inNode(child, isInBody || ('body' in node && child === node.body));
    });
    return [...(isOfElement ? [] : this.own(node)), ...inner];
  }

  private own(node: Node): readonly string[] {
    const safe = 'isSafe' in node && node.isSafe ? [`safe ${node.kind}`] : [];
    return [`syntax ${node.kind}`, ...safe, ...this.special(node)];
  }

  private special(node: Node): readonly string[] {
    switch (node.kind) {
      case 'unary':
        return [`prefix ${this.wordAt(node)}`];
      case 'binary':
      case 'logical':
        return [`operator ${this.wordAt(node)}`];
      case 'selection':
        return [`selection ${node.which}`];
      case 'name':
        return [node.name];
      case 'variable':
        return [`#${node.name}`];
      case 'function':
        return [`#${node.name}()`];
      case 'new':
        return [`new ${fullName(node.name)}()`];
      case 'property':
        return node.of.kind === 'type' ? [`T(${fullName(node.of.name)}).${node.name}`] : [];
      case 'method':
        return this.inMethod(node);
      default:
        return [];
    }
  }

  /** The operator that stands at a node, as it is written. */
  private wordAt({ at }: Node): string {
    return lex(this.text, defaultLimits.tokens).find((token) => token.at === at)?.text ?? '';
  }

  private inMethod({ of, at, name }: NodeOf<'method'>): readonly string[] {
    if (of === undefined) return [];
    if (of.kind === 'type') return [`T(${fullName(of.name)}).${name}()`];
    return this.ownersOf(this.text.slice(startOf(of), at).replace(/\??\.$/, '')).map((owner) => `${owner}.${name}()`);
  }

  /** The tables that hold the methods of what an expression gives; none where it cannot be evaluated by itself. */
  private ownersOf(receiver: string): readonly string[] {
    const valueOf = (expression: string) => evaluate(`\${${expression}}`, this.scope).value;
    const type = javaTypes.find(({ name }) => valueOf(`(${receiver}) instanceof T(${name})`) === true);
    if (type !== undefined) {
      const kind = kindsByType.get(type.name);
      return kind === undefined ? [type.name, 'java'] : [kind];
    }
    const value = valueOf(receiver);
    if (Array.isArray(value)) return ['list'];
    return typeof value === 'object' && value !== null ? ['map'] : [];
  }
}

/**
 * What a text uses of the language, by names such as `operator ==`, `text.trim()`, `T(java.lang.Math).PI` and `#toInt()`.
 * What a method belongs to is found by evaluating what stands before it.
 */
export const entriesOf = (text: string, scope: Scope): readonly string[] =>
  splitText(text).flatMap((part) => (part.kind === 'expression' ? new EntryFinder(part.text, scope).find() : []));
