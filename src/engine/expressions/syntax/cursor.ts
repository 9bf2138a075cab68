import { ExpressionError } from '../expression-error';
import type { Token } from './lex';

const described = (token: Token): string => (token.kind === 'end' ? 'the end' : `'${token.text}'`);

/** Walks over the tokens of one expression and keeps count of how deeply they nest. */
export class Cursor {
  private readonly tokens: readonly Token[];
  private readonly maxDepth: number;
  private position = 0;
  private depth = 0;

  constructor(tokens: readonly Token[], maxDepth: number) {
    this.tokens = tokens;
    this.maxDepth = maxDepth;
  }

  /** The token `ahead` places further on; the end's own token from there. */
  peek(ahead = 0): Token {
    const token = this.tokens[this.position + ahead] ?? this.tokens.at(-1);
    if (token === undefined) throw new ExpressionError('there is nothing to read', 0);
    return token;
  }

  next(): Token {
    const token = this.peek();
    this.position += 1;
    return token;
  }

  isSymbol(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'symbol' && token.text === text;
  }

  /** Whether a word is next, in any case: SpEL reads AND as and. */
  isWord(text: string): boolean {
    const token = this.peek();
    return token.kind === 'word' && token.text.toLowerCase() === text;
  }

  accept(text: string): boolean {
    if (!this.isSymbol(text)) return false;
    this.position += 1;
    return true;
  }

  expect(text: string): Token {
    return this.isSymbol(text) ? this.next() : this.fail(`'${text}'`);
  }

  expectName(): Token {
    return this.peek().kind === 'word' ? this.next() : this.fail('a name');
  }

  /** Throws, saying what stands here and what was expected. */
  fail(expected: string): never {
    const token = this.peek();
    throw new ExpressionError(`expected ${expected}, found ${described(token)}`, token.at);
  }

  /** Reads something that may hold itself. Throws when it does so too deeply. */
  nested<T>(read: () => T): T {
    this.depth += 1;
    if (this.depth > this.maxDepth) throw new ExpressionError(`nested more than ${this.maxDepth} deep`, this.peek().at);
    const result = read();
    this.depth -= 1;
    return result;
  }
}
