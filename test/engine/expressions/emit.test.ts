import { emit } from '../../../src/engine/expressions/emit';
import { bind, expressionOf, machine, type Instruction } from '../../../src/engine/expressions/machine';
import { Cursor } from '../../../src/engine/expressions/syntax/cursor';
import { lex } from '../../../src/engine/expressions/syntax/lex';
import { parse } from '../../../src/engine/expressions/syntax/parse';
import { spelLanguageRows } from './spel-language';
import { spelMethodRows } from './spel-methods';

/** The instructions of an expression and of every part that its steps evaluate. */
function programsOf(text: string): readonly (readonly Instruction[])[] {
  const bodies: (readonly Instruction[])[] = [];
  const record = (instructions: readonly Instruction[]) => {
    bodies.push(instructions);
    return bind(instructions);
  };
  const { instructions } = emit(parse(new Cursor(lex(text, 3000), 100)), record);
  return [instructions, ...bodies];
}

const flat = (instructions: readonly Instruction[]): readonly Instruction[] =>
  instructions.flatMap((instruction) => (instruction.type === 'IEXPR' ? flat(instruction.value) : [instruction]));

const expressions = [...spelLanguageRows, ...spelMethodRows]
  .map(({ text }) => /^\$\{([^{}]+)\}$/.exec(text)?.[1])
  .filter((text) => text !== undefined);

const attacks = [
  "'\\'",
  '"\\\') or h(s, 0"',
  '\'" + h + "\'',
  "'constructor'",
  'h(s, 0)',
  's.n',
  "h ? s : n['h']",
  "{'__proto__'}",
  "{a: 'constructor'}.![constructor]",
];

describe('what expr-eval is given', () => {
  it('is looked at for hundreds of expressions', () => expect(expressions.length).toBeGreaterThan(500));

  it.each(attacks)('names nothing but the helper, its run and null for %s', (text) => {
    const given = programsOf(text).flatMap(flat);
    const names = given.filter(({ type }) => type === 'IVAR').map(({ value }) => value);
    expect(['h', 's', 'n']).toEqual(expect.arrayContaining(names));
    expect(['INUMBER', 'IVAR', 'IFUNCALL', 'IOP2', 'IOP3']).toEqual(
      expect.arrayContaining(given.map(({ type }) => type)),
    );
  });

  it('holds texts as values, whatever they say', () =>
    expect(programsOf('"\\\') or h(s, 0"')).toEqual([[{ type: 'INUMBER', value: "\\') or h(s, 0" }]]));

  it('is what its own parser makes of the source', () => {
    // expr-eval cannot read back a text that ends with a backslash.
    const programs = expressions.filter((text) => !text.includes('\\')).flatMap(programsOf);
    for (const instructions of programs) {
      const parsed = machine.parse(String(expressionOf(instructions))) as unknown as { tokens: unknown };
      expect(parsed.tokens).toEqual(instructions);
    }
  });

  it.each([
    's = 1',
    'f(x) = x',
    's.steps',
    '[1]',
    '1 + 1',
    "s['steps']",
    '1 || 2',
    's in s',
    'sin(1)',
    'PI',
    'random()',
  ])('leaves its machine unable to do %s', (source) =>
    expect(() => machine.parse(source).evaluate({ s: { steps: [1] }, n: null } as never) as unknown).toThrow(),
  );
});
