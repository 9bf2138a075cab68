import { JsonPathError, readJsonPath, refuseJsonPath } from '../../src/engine/json-path';

const build = {
  status: 'done',
  'a b': 3,
  'kebab-name': 4,
  jobs: [
    { name: 'x', state: 'ok', took: 5 },
    { name: 'y', state: 'bad', took: 6 },
  ],
  links: { self: { href: '/b/1' } },
};

describe('a path', () => {
  it.each([
    ['$.status', ['done']],
    ['status', ['done']],
    ['$.links.self.href', ['/b/1']],
    ["$['a b']", [3]],
    ['$.kebab-name', [4]],
    ['$.jobs[1].took', [6]],
    ['$.jobs[-1:].name', ['y']],
    ['$.jobs[*].took', [5, 6]],
    ['$..name', ['x', 'y']],
    ["$.jobs[?(@.name == 'y')].state", ['bad']],
    ['$.jobs[?@.took > 5].name', ['y']],
    ["$.jobs[?match(@.state, 'o.')].name", ['x']],
    ["$.jobs[?search(@.state, 'a')].name", ['y']],
    ['$.nothing', []],
    ['$.status.deeper', []],
    ['$.constructor', []],
    ['$.__proto__', []],
  ])('%s finds %j', (path, found) => expect(readJsonPath(path, build)).toEqual(found));

  it.each(['$.a[', '$.jobs[?(@.took = 5)]', '$.a.length()', '', '$.x'.repeat(500)])('%j is refused', (path) => {
    expect(refuseJsonPath(path)).toEqual(expect.any(String));
    expect(() => readJsonPath(path, build)).toThrow(JsonPathError);
  });

  it('runs no script', () => {
    const script = '$.jobs[?(@.constructor.constructor("return process")())]';
    expect(() => readJsonPath(script, build)).toThrow(JsonPathError);
    expect(() => readJsonPath('$[(process.exit())]', build)).toThrow(JsonPathError);
  });

  it('takes no pattern that could run for ever', () => {
    const text = `${'a'.repeat(50)}!`;
    expect(readJsonPath("$[?match(@, '(a+)+')]", [text])).toEqual([]);
  });

  it('says that a value is nested too deep', () => {
    const deep = JSON.parse('['.repeat(3000) + ']'.repeat(3000)) as unknown;
    expect(() => readJsonPath('$..x', deep)).toThrow(JsonPathError);
  });
});
