import { barePlainReference, plainReferences } from '../../../src/engine/expressions';

const found = (text: string) => plainReferences(text).map(({ column, path }) => `${column} ${path.join(' ')}`);

describe('plainReferences', () => {
  it.each([
    ['${HOME}', ['3 HOME']],
    ['Keep ${ image.tga } of ${ application }?', ['9 image tga', '27 application']],
    ["${a.b['c'][0][d].e}", ['3 a b c 0 d e']],
    ['${(a)}', ['4 a']],
    ['no expression', []],
    ['${a ?: b}', []],
    ['${a == b}', []],
    ['${a?.b}', []],
    ['${a.b()}', []],
    ['${a[b + 1]}', []],
    ['${a.?[b]}', []],
    ['${#root.a}', []],
    ["${'HOME'}", []],
    ['${true} ${null} ${1}', []],
    ['${a', []],
    ['${a +} ${b}', ['10 b']],
  ])('of %j are %j', (text, paths) => expect(found(text)).toEqual(paths));

  it('of a bare expression is the path it is', () => {
    expect(barePlainReference(' parameters.smoke')).toMatchObject({ column: 2, path: ['parameters', 'smoke'] });
    expect(barePlainReference('parameters.smoke == 1')).toBeUndefined();
    expect(barePlainReference('a +')).toBeUndefined();
  });
});
