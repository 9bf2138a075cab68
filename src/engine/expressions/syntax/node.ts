type NodeKind =
  /** `isReal` marks a number that Java would hold as a double although it is whole: 2.0. */
  | { readonly kind: 'literal'; readonly value: null | boolean | number | string; readonly isReal: boolean }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'property'; readonly of: Node; readonly name: string; readonly isSafe: boolean }
  | { readonly kind: 'index'; readonly of?: Node; readonly index: Node; readonly isSafe: boolean }
  | {
      readonly kind: 'method';
      readonly of?: Node;
      readonly name: string;
      readonly args: readonly Node[];
      readonly isSafe: boolean;
    }
  | { readonly kind: 'function'; readonly name: string; readonly args: readonly Node[] }
  | { readonly kind: 'type'; readonly name: string }
  | { readonly kind: 'new'; readonly name: string; readonly args: readonly Node[] }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Node }
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Node; readonly right: Node }
  | { readonly kind: 'logical'; readonly operator: LogicalOperator; readonly left: Node; readonly right: Node }
  | { readonly kind: 'ternary'; readonly test: Node; readonly then: Node; readonly otherwise: Node }
  | { readonly kind: 'elvis'; readonly value: Node; readonly otherwise: Node }
  | { readonly kind: 'list'; readonly items: readonly Node[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [Node, Node])[] }
  | { readonly kind: 'projection'; readonly of: Node; readonly body: Node; readonly isSafe: boolean }
  | {
      readonly kind: 'selection';
      readonly of: Node;
      readonly body: Node;
      readonly which: 'all' | 'first' | 'last';
      readonly isSafe: boolean;
    };

/** A piece of an expression; `at` is its offset in the text, from 0. */
export type Node = { readonly at: number } & NodeKind;

/** A node of one kind. */
export type NodeOf<Kind extends Node['kind']> = Extract<Node, { readonly kind: Kind }>;

/** What may stand before an operand. */
export type UnaryOperator = 'neg' | 'pos' | 'not';

/** What may stand between two conditions; the right one is evaluated only where the left one leaves it open. */
export type LogicalOperator = 'and' | 'or';

/** What may stand between two operands that are both evaluated. */
export type BinaryOperator =
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'mod'
  | 'pow'
  | 'eq'
  | 'ne'
  | 'lt'
  | 'le'
  | 'gt'
  | 'ge'
  | 'matches'
  | 'between'
  | 'instanceof';
