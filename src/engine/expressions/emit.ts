import { ExpressionError } from './expression-error';
import type { Instruction } from './machine';
import { makeReal, operationOf, type Base, type Operand, type StepNode } from './operations';
import { truth } from './operators';
import type { Body, Step, Work } from './step';
import type { Node, NodeOf } from './syntax/node';

/** An expression as expr-eval's instructions, and the steps that they name by number. */
export type Emitted = { readonly instructions: readonly Instruction[]; readonly steps: readonly Step[] };

// expr-eval calls itself for each part that it evaluates later; this stays far from the end of the stack.
const deepest = 150;

const helper: Instruction = { type: 'IVAR', value: 'h' };
const run: Instruction = { type: 'IVAR', value: 's' };
const nothing: Instruction = { type: 'IVAR', value: 'n' };
const choice: Instruction = { type: 'IOP3', value: '?' };
const literal = (value: string | number | boolean): Instruction => ({ type: 'INUMBER', value });
const later = (value: readonly Instruction[]): Instruction => ({ type: 'IEXPR', value });

/** Makes instructions ready to be executed. */
export type Bind = (instructions: readonly Instruction[]) => Body;

class Emitter {
  readonly steps: Step[] = [];
  private readonly bind: Bind;
  private depth = 0;

  constructor(bind: Bind) {
    this.bind = bind;
  }

  /** The instructions of a part that is evaluated by itself. */
  part(node: Node, base: Base): readonly Instruction[] {
    const instructions: Instruction[] = [];
    this.emit(node, base, instructions);
    return instructions;
  }

  private emit(node: Node, base: Base, into: Instruction[]): void {
    this.depth += 1;
    if (this.depth > deepest) throw new ExpressionError(`more than ${deepest} operations on one another`, node.at);
    this.write(node, base, into);
    this.depth -= 1;
  }

  private write(node: Node, base: Base, into: Instruction[]): void {
    switch (node.kind) {
      case 'literal':
        this.literal(node, into);
        break;
      case 'logical':
        this.truth(node.left, base, into);
        into.push(later(this.condition(node.right, base)), { type: 'IOP2', value: node.operator });
        break;
      case 'ternary':
        this.truth(node.test, base, into);
        into.push(later(this.part(node.then, base)), later(this.part(node.otherwise, base)), choice);
        break;
      default:
        this.step(node, base, into);
    }
  }

  private step(node: StepNode, base: Base, into: Instruction[]): void {
    const bodyOf = (body: Node, bodyBase: Base) => this.bind(this.part(body, bodyBase));
    const { operands, work } = operationOf(node, base, bodyOf);
    this.call(node.at, work, operands, into);
  }

  private literal({ at, value, isReal }: NodeOf<'literal'>, into: Instruction[]): void {
    if (value === null) into.push(nothing);
    else if (isReal && typeof value === 'number' && Number.isInteger(value)) this.call(at, makeReal(value), [], into);
    else into.push(literal(value));
  }

  private condition(node: Node, base: Base): readonly Instruction[] {
    const instructions: Instruction[] = [];
    this.truth(node, base, instructions);
    return instructions;
  }

  private truth(node: Node, base: Base, into: Instruction[]): void {
    this.call(node.at, truth, [{ node, base }], into);
  }

  private call(at: number, work: Work, operands: readonly Operand[], into: Instruction[]): void {
    const index = this.steps.push({ at, work }) - 1;
    into.push(helper, run, literal(index));
    for (const { node, base } of operands) this.emit(node, base, into);
    into.push({ type: 'IFUNCALL', value: operands.length + 2 });
  }
}

/**
 * Writes a tree as expr-eval's instructions: calls of our helper with the number of a step, and expr-eval's own `?:`,
 * `and`, `or`, which are lazy. Parts that steps evaluate themselves are bound at once. Texts of the expression are
 * values in it and never read as anything else. Throws `ExpressionError` where operations stack too high.
 */
export function emit(node: Node, bind: Bind): Emitted {
  const emitter = new Emitter(bind);
  const instructions = emitter.part(node, 'self');
  return { instructions, steps: emitter.steps };
}
