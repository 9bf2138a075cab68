import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { jsonLines, runForTest } from '../support/cli-fixture';
import { createManualClock } from '../support/manual-clock';

const folder = mkdtempSync(join(tmpdir(), 'coxswain-eval-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function file(content: string | object, ending = '.json'): string {
  files += 1;
  const path = join(folder, `file${files}${ending}`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const clock = createManualClock(Date.UTC(2026, 10, 25, 22, 9, 36));
type Extra = Partial<Parameters<typeof runForTest>[1]>;
const run = (argv: readonly string[], extra: Extra = {}) => runForTest(['eval', ...argv], { clock, ...extra });

/** The answer to one text; fails unless the command ends well and says nothing else. */
async function answerTo(text: string, argv: readonly string[] = [], extra: Extra = {}) {
  const result = await run([text, ...argv], extra);
  expect(result).toMatchObject({ exitCode: 0, stderr: '' });
  const lines = jsonLines(result.stdout);
  expect(lines).toHaveLength(1);
  return lines[0];
}

const execution = {
  id: '01H',
  application: 'app',
  authentication: { user: 'joey@host.net' },
  trigger: { type: 'manual', parameters: { branch: 'main' } },
  stages: [
    { id: 'a', refId: '1', name: 'Set', type: 'evaluateVariables', status: 'SUCCEEDED', outputs: { keyA: 'valueA' } },
    { id: 'b', refId: '2', name: 'Use', type: 'wait', requisiteStageRefIds: ['1'], context: { own: 'stage', size: 2 } },
  ],
};

/** A promise with the function that fulfils it. */
function defer<T>() {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((fulfil) => (resolve = fulfil));
  return { promise, resolve: (value: T) => resolve(value) };
}

describe('coxswain eval', () => {
  it('prints the value with its type and no errors, on one line', async () => {
    const context = file({ size: 2, h1: { a: ['x'] } });
    expect((await run(['${size * 2}', '--context', context])).stdout).toBe('{"value":4,"errors":[]}\n');
    expect(await answerTo('${h1}', ['--context', context])).toEqual({ value: { a: ['x'] }, errors: [] });
    expect(await answerTo('a ${size}', ['--context', context, '--json'])).toEqual({ value: 'a 2', errors: [] });
  });

  it('needs no context', async () => {
    expect(await answerTo('just a string')).toEqual({ value: 'just a string', errors: [] });
    expect(await answerTo('')).toEqual({ value: '', errors: [] });
  });

  it('leaves a text that cannot be evaluated as it was, and ends well all the same', async () => {
    expect(await answerTo('${nmae}', ['--context', file({ name: 'x' })])).toEqual({
      value: '${nmae}',
      errors: [
        { level: 'INFO', message: "the result is null: 'nmae' is not defined; did you mean 'name'? (column 3)" },
      ],
    });
    expect(await answerTo('${map.missing}', ['--context', file({ map: {} })])).toEqual({
      value: '${map.missing}',
      errors: [{ level: 'INFO', message: "the result is null: 'missing' is not defined (column 3)" }],
    });
  });

  it.each([
    ['.yaml', 'name: foo\ntag: "1.10"\non: 2026-11-25\n'],
    ['.yml', '\uFEFF{name: foo, tag: "1.10", on: 2026-11-25}'],
    ['.json', '\uFEFF{"name":"foo","tag":"1.10","on":"2026-11-25"}'],
    ['', 'name: foo\ntag: "1.10"\non: 2026-11-25\n'],
  ])('reads a context from a file that ends in %j', async (ending, content) => {
    const answer = await answerTo('${name}:${tag} ${on}', ['--context', file(content, ending)]);
    expect(answer?.value).toBe('foo:1.10 2026-11-25');
  });

  it('evaluates with an execution, its trigger and its functions', async () => {
    const argv = ['--execution', file(execution), '--context', file({ trigger: 'hidden' })];
    expect((await answerTo('${parameters.branch} ${#currentUser()} ${trigger.type}', argv))?.value).toBe(
      'main joey@host.net manual',
    );
    expect((await answerTo('${#stage("Set").outputs.keyA}', argv))?.value).toBe('valueA');
    expect((await answerTo('${own}', argv))?.value).toBe('${own}');
  });

  it('evaluates as a stage would, its context lying beneath the one that is given', async () => {
    const argv = ['--execution', file(execution), '--stage', '2', '--context', file('own: given', '.yaml')];
    expect((await answerTo('${own} ${size} ${keyA} ${#currentStage().name}', argv))?.value).toBe('given 2 valueA Use');
  });

  it('takes the time from its clock', async () => {
    const text = '${new java.text.SimpleDateFormat("yyyy-MM-dd HH:mm:ss").format(new java.util.Date())}';
    expect((await answerTo(text))?.value).toBe('2026-11-25 22:09:36');
  });

  it.each<[string, () => readonly string[], string]>([
    ['without text', () => [], 'no text'],
    ['without a value of an option', () => ['x', '--context'], '--context'],
    ['with an option it does not have', () => ['x', '--contxet', 'y'], '--contxet'],
    ['with two texts', () => ['x', 'y'], 'too many arguments'],
    ['with a file that is not there', () => ['x', '--context', join(folder, 'none.json')], 'ENOENT'],
    ['with a context that is a list', () => ['x', '--context', file([1])], 'must hold a map'],
    ['with an empty context', () => ['x', '--context', file('')], 'must hold a map'],
    ['with a context that is no JSON', () => ['x', '--context', file('{"a": ]')], 'is no JSON'],
    ['with a context that is no YAML', () => ['x', '--context', file('a: [', '.yaml')], 'is no YAML'],
    ['with an execution that is none', () => ['x', '--execution', file({ stages: 1 })], 'stages must be a list'],
    ['with a stage and no execution', () => ['x', '--stage', '1'], 'belongs to an execution'],
    ['with a stage that is not there', () => ['x', '--execution', file(execution), '--stage', '9'], 'It has 1, 2.'],
    ['with --stdin and a text', () => ['x', '--stdin'], '--stdin takes nothing beside it'],
    ['with --stdin and a context', () => ['--stdin', '--context', file({})], '--stdin takes nothing beside it'],
  ])('exits with 2 %s', async (_, argv, message) => {
    const result = await run(argv());
    expect(result).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining(message) as string });
  });
});

describe('URLs in coxswain eval', () => {
  /** A web that answers by this table, and notes what it was asked. */
  function web(table: Readonly<Record<string, string>>) {
    const asked: string[] = [];
    const fetchText = (url: string): Promise<string> => {
      asked.push(url);
      const text = table[url];
      return text === undefined ? Promise.reject(new Error('it does not exist')) : Promise.resolve(text);
    };
    return { asked, fetchText };
  }

  it('are fetched once each, and their answers are data', async () => {
    const { asked, fetchText } = web({ 'http://a.example.com/x': '{"n":"${1 + 1}"}', 'http://b.example.com/': 'b' });
    const text =
      '${#jsonFromUrl("http://a.example.com/x").n} ${#fromUrl("http://b.example.com")} ${#fromUrl("http://b.example.com/")}';
    expect(await answerTo(text, [], { fetchText })).toEqual({ value: '${1 + 1} b b', errors: [] });
    expect(asked.toSorted()).toEqual(['http://a.example.com/x', 'http://b.example.com/']);
  });

  it('that cannot be fetched are errors of their expression', async () => {
    const { fetchText } = web({});
    expect(await answerTo('${#fromUrl("http://a.example.com/x")}', [], { fetchText })).toEqual({
      value: '${#fromUrl("http://a.example.com/x")}',
      errors: [{ level: 'ERROR', message: 'a.example.com could not be read: it does not exist (column 3)' }],
    });
  });

  it('of inner networks are not fetched at all', async () => {
    const { asked, fetchText } = web({});
    expect((await answerTo('${#fromUrl("http://127.0.0.1/")}', [], { fetchText }))?.errors).toHaveLength(1);
    expect(asked).toEqual([]);
  });

  const chain = (length: number) =>
    Array.from({ length }).reduce<string>((inner) => `#fromUrl(${inner})`, '"http://a.example.com/1"');
  const links = Object.fromEntries(
    Array.from({ length: 9 }, (_, index) => [`http://a.example.com/${index + 1}`, `http://a.example.com/${index + 2}`]),
  );

  it('may name each other five times', async () => {
    const { asked, fetchText } = web(links);
    expect((await answerTo(`\${${chain(5)}}`, [], { fetchText }))?.value).toBe('http://a.example.com/6');
    expect(asked).toHaveLength(5);
  });

  it('that name each other more often are an error', async () => {
    const { asked, fetchText } = web(links);
    const answer = await answerTo(`\${${chain(6)}}`, [], { fetchText });
    expect(answer).toMatchObject({ value: `\${${chain(6)}}`, errors: [{ level: 'ERROR' }] });
    expect(JSON.stringify(answer)).toContain('a.example.com could not be read: it is known only after 5 rounds');
    expect(asked).toHaveLength(5);
  });

  it('are not fetched without number', async () => {
    const { asked, fetchText } = web({});
    const text = Array.from({ length: 30 }, (_, index) => `\${#fromUrl("http://a.example.com/${index}")}`).join('');
    const answer = await answerTo(text, [], { fetchText });
    expect(answer?.errors).toHaveLength(30);
    expect(asked).toHaveLength(20);
  });

  it('do not change random values and times when they are fetched', async () => {
    const { fetchText } = web({ 'http://a.example.com/': 'x' });
    const now = jest.fn(() => clock.now());
    const text =
      '${T(java.util.UUID).randomUUID()} ${new java.util.Date().getTime()} ${#fromUrl("http://a.example.com/")}';
    const answer = await answerTo(text, [], { fetchText, clock: { ...clock, now } });
    expect(answer?.value).toMatch(/^[0-9a-f-]{36} 1795644576000 x$/);
    expect(now).toHaveBeenCalledTimes(1);
  });
});

describe('coxswain eval --stdin', () => {
  const answersTo = async (lines: readonly (string | object)[], extra: Extra = {}) => {
    const typed = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
    const result = await run(['--stdin'], { typed, ...extra });
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    return result.stdout === '' ? [] : jsonLines(result.stdout);
  };

  it('answers texts, lists and maps line by line', async () => {
    const context = { a: 1, key: 'k' };
    expect(
      await answersTo([
        { id: 'one', text: '${a + 1}', context },
        { id: 2, text: ['${a}', 'b', { '${key}': '${a} ${nothing}' }], context },
        { id: null, text: { x: '${#currentStage().name} ${keyA}' }, execution, stage: '2' },
        { id: { deep: [1] }, text: 'plain', context: null, execution: null, stage: null },
        { text: '${#currentUser()}', context: {}, execution },
      ]),
    ).toEqual([
      { id: 'one', value: 2, errors: [] },
      {
        id: 2,
        value: [1, 'b', { k: '1 ${nothing}' }],
        errors: [
          { level: 'INFO', message: 'the result is null: \'nothing\' is not defined ([2]["${key}"], column 8)' },
        ],
      },
      { id: null, value: { x: 'Use valueA' }, errors: [] },
      { id: { deep: [1] }, value: 'plain', errors: [] },
      { id: null, value: 'joey@host.net', errors: [] },
    ]);
  });

  it.each<[string, string | object, object]>([
    ['no JSON', '{"id": 1, "text"', { id: null, value: null }],
    ['a list', '[1]', { id: null, value: null }],
    ['without text', { id: 1 }, { id: 1, value: null }],
    ['a number as text', { id: 1, text: 5 }, { id: 1, value: 5 }],
    ['a list as context', { id: 1, text: 'x', context: [] }, { id: 1, value: 'x' }],
    ['no execution', { id: 1, text: 'x', execution: [] }, { id: 1, value: 'x' }],
    ['a stage without execution', { id: 1, text: 'x', stage: '1' }, { id: 1, value: 'x' }],
    ['a stage that is not there', { id: 1, text: 'x', stage: '9', execution }, { id: 1, value: 'x' }],
    ['a map as stage', { id: 1, text: 'x', stage: {}, execution }, { id: 1, value: 'x' }],
    ['nested too deeply', `{"id":1,"text":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, {}],
  ])('answers a line that is %s with an error and goes on', async (_, line, expected) => {
    const answers = await answersTo([line, { id: 'next', text: '${1 + 1}' }]);
    expect(answers).toHaveLength(2);
    expect(answers[0]).toMatchObject({
      ...expected,
      errors: [{ level: 'ERROR', message: expect.any(String) as string }],
    });
    expect(answers[1]).toEqual({ id: 'next', value: 2, errors: [] });
  });

  it('takes empty lines, carriage returns and a last line without an end', async () => {
    const answers = await answersTo(['', '{"id":1,"text":"a"}\r', '   ', '{"id":2,"text":"b"}']);
    expect(answers.map(({ id }) => id)).toEqual([1, 2]);
    expect(await answersTo([])).toEqual([]);
  });

  it('keeps a line whole that holds other line separators of Unicode', async () => {
    const text = 'a\u2028b\u2029c\u0085d';
    expect(await answersTo([`{"id":1,"text":"${text}"}`])).toEqual([{ id: 1, value: text, errors: [] }]);
  });

  it('answers while more lines are still to come, in their order, whatever is cut where', async () => {
    const stdin = new PassThrough();
    const [answered, fetching] = [defer<string>(), defer<(text: string) => void>()];
    let written = '';
    const stdout = {
      write: (text: string) => {
        written += text;
        answered.resolve(text);
      },
    };
    const fetchText = () => new Promise<string>((resolve) => fetching.resolve(resolve));
    const ended = run(['--stdin'], { stdin, stdout, fetchText });
    const bytes = Buffer.from('{"id":1,"text":"Grüße ${1}"}\n');
    stdin.write(bytes.subarray(0, 19));
    stdin.write(bytes.subarray(19));
    expect(await answered.promise).toBe('{"id":1,"value":"Grüße 1","errors":[]}\n');
    stdin.write('{"id":2,"text":"${#fromUrl(\\"http://a.example.com\\")}"}\n{"id":3,"text":"');
    stdin.end('c"}');
    const release = await fetching.promise;
    expect(jsonLines(written)).toHaveLength(1);
    release('late');
    expect((await ended).exitCode).toBe(0);
    expect(jsonLines(written).map(({ id, value }) => [id, value])).toEqual([
      [1, 'Grüße 1'],
      [2, 'late'],
      [3, 'c'],
    ]);
  });

  it('lets no line see what another was given', async () => {
    const answers = await answersTo([
      { id: 1, text: '${a}', context: { a: 1 } },
      '{"id":2,"text":"${a} ${__proto__}","context":{"__proto__":{"a":2}}}',
      { id: 3, text: '${a}' },
    ]);
    expect(answers.map(({ value }) => value)).toEqual([1, '${a} ${__proto__}', '${a}']);
  });
});
