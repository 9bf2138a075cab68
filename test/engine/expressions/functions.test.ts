import { executionFunctions, type Json } from '../../../src/engine/expressions';
import { errorOf, run, valueOf } from './scope';

type Context = Readonly<Record<string, Json>>;

describe('built-in functions', () => {
  const context: Context = { none: null, map: { a: 1, b: ['x'] }, template: { text: '${x}' } };

  it.each<[string, Json]>([
    ["#toInt('42')", 42],
    ['#toInt(42)', 42],
    ["#toInt('-7') / 2", -3],
    ["#toFloat('7.5')", 7.5],
    ["#toFloat('7') / 2", 3.5],
    ["#toBoolean('TRUE')", true],
    ["#toBoolean('yes')", false],
    ['#toBoolean(true)', true],
    ['#toBoolean(none)', false],
    ['#toBoolean(map)', false],
    ["#alphanumerical('a-b_c 1!')", 'abc1'],
    ["#toBase64('Yo Dawg')", 'WW8gRGF3Zw=='],
    ["#toBase64('é')", 'w6k='],
    ["#fromBase64('WW8gRGF3Zw==')", 'Yo Dawg'],
    ["#fromBase64('w6k')", 'é'],
    ['#toJson(map)', '{"a":1,"b":["x"]}'],
    ['#toJson(none)', 'null'],
    ["#toJson('a')", '"a"'],
    ['#readJson(\'{"a": [1]}\').a[0]', 1],
    ["#readJson('[1, 2]').size()", 2],
    ["#readYaml('a: [1, 2]').a[1]", 2],
    ["#readYaml('a: yes').a", 'yes'],
    ["#readAllYaml('a: 1\n---\nb: 2')", [{ a: 1 }, { b: 2 }]],
    ["#doNotEval('${x}')", '${x}'],
    ['#doNotEval(map)', { a: 1, b: ['x'] }],
  ])('%s is %j', (expression, expected) => expect(valueOf(expression, context)).toEqual(expected));

  it.each([
    ["#toInt('7.5')", "'7.5' is not a whole number"],
    ['#toInt(none)', 'argument 1 must be a text, not null'],
    ['#toInt()', '#toInt() takes 1 argument, not 0'],
    ["#toFloat('x')", "'x' is not a number"],
    ['#toFloat(none)', 'not null'],
    ['#alphanumerical(none)', 'not null'],
    ['#alphanumerical(map)', 'not a list or map'],
    ['#toBase64(none)', 'not null'],
    ["#fromBase64('*')", 'the text is not Base64'],
    ["#fromBase64('a')", 'the text is not Base64'],
    ['#toJson(template)', 'result for toJson cannot contain an expression'],
    ["#readJson('7')", 'no JSON list or object'],
    ["#readJson('{')", 'the text is no JSON'],
    ['#readJson(none)', 'not null'],
    ["#readYaml('a: [')", 'the text is no YAML'],
    ["#readAllYaml('a: [')", 'the text is no YAML'],
    ['#readYaml(none)', 'not null'],
    ['#doNotEval()', '#doNotEval() takes 1 argument, not 0'],
    ["#formatTimestamp('x')", 'there is no function #formatTimestamp()'],
    ["#toJsn('x')", 'did you mean #toJson()?'],
  ])('%s says: %s', (expression, message) => expect(errorOf(expression, context)).toContain(message));

  it('lets the scope replace a function', () => {
    const own = { name: 'toInt', minArgs: 0, maxArgs: 0, call: () => 'mine' };
    expect(valueOf('#toInt()', {}, { functions: new Map([['toInt', own]]) })).toBe('mine');
  });

  it('refuses what is no data as the result of a function', () => {
    const own = { name: 'leak', minArgs: 0, maxArgs: 0, call: () => () => 1 };
    expect(errorOf('#leak()', {}, { functions: new Map([['leak', own]]) })).toContain('function, which is not data');
  });
});

describe('functions of URLs', () => {
  const url = 'https://example.com/a';
  const answered = (answer: { text: string } | { error: string }) => ({
    memo: { values: {}, urls: { [url]: answer } },
  });

  it.each(['fromUrl', 'jsonFromUrl', 'yamlFromUrl', 'propertiesFromUrl'])('#%s asks for what it needs', (name) =>
    expect(run(`#${name}('${url}')`)).toMatchObject({
      value: `\${#${name}('${url}')}`,
      problems: [],
      needs: [{ kind: 'url', url }],
    }),
  );

  it.each<[string, string, Json]>([
    ['fromUrl', 'hello', 'hello'],
    ['jsonFromUrl', '{"a": 1}', { a: 1 }],
    ['yamlFromUrl', 'a: 1', { a: 1 }],
    [
      'propertiesFromUrl',
      '# comment\n! too\na=1\nb : two words\nc\\ d=x\\ty\nlong=a\\\n  b\nempty=\n\\u0061b=u',
      { a: '1', b: 'two words', 'c d': 'x\ty', long: 'ab', empty: '', ab: 'u' },
    ],
  ])('#%s reads %j from the memo', (name, text, expected) =>
    expect(valueOf(`#${name}('${url}')`, {}, answered({ text }))).toEqual(expected),
  );

  it('says why a URL could not be read', () =>
    expect(errorOf(`#fromUrl('${url}')`, {}, answered({ error: 'timed out after 10 s' }))).toBe(
      `${new URL(url).host} could not be read: timed out after 10 s`,
    ));

  it('says what is wrong with the text of a URL', () => {
    expect(errorOf(`#jsonFromUrl('${url}')`, {}, answered({ text: '<html>' }))).toContain('no JSON');
    expect(errorOf(`#fromUrl(null)`)).toContain('not null');
    expect(errorOf(`#propertiesFromUrl('${url}')`, {}, answered({ text: '__proto__=1' }))).toContain('cannot be read');
  });

  it('asks for the normalised URL', () =>
    expect(run("#fromUrl('HTTPS://EXAMPLE.com:443/a b')".replace('a b', 'a/../b')).needs).toEqual([
      { kind: 'url', url: 'https://example.com/b' },
    ]));
});

describe('functions of an execution', () => {
  const stage = (refId: string, more: Context): Context => ({
    id: `id-${refId}`,
    refId,
    name: `Stage ${refId}`,
    type: 'wait',
    status: 'SUCCEEDED',
    context: {},
    outputs: {},
    tasks: [],
    ...more,
  });
  const artifact = { type: 'docker/image', name: 'foo', reference: 'foo:1' };
  const execution: Context = {
    id: 'e1',
    application: 'shop',
    trigger: { user: 'U1', resolvedExpectedArtifacts: [{ boundArtifact: artifact }, { boundArtifact: null }] },
    stages: [
      stage('1', { startTime: 5, context: { waitTime: 3 } }),
      stage('2', { name: 'Twice', status: 'TERMINAL' }),
      stage('3', { name: 'Twice', status: 'FAILED_CONTINUE' }),
      stage('4', { name: 'Ask', type: 'manualJudgment', outputs: { judgmentInput: 'go' } }),
      stage('5', { name: 'Ask twice', type: 'manualJudgment' }),
      stage('6', {
        name: 'Deploy',
        type: 'createServerGroup',
        context: { account: 'dc1', deploymentDetails: [{ region: 'dc1_web', image: 'foo:1' }] },
        outputs: { 'deploy.server.groups': { dc1_web: ['foo-v001'] } },
      }),
      stage('7', {
        name: 'Failed',
        type: 'deploy',
        status: 'TERMINAL',
        outputs: { 'deploy.server.groups': { a: ['b'] } },
      }),
    ],
  };
  const pipelines = [
    { id: 'p1', name: 'Roll out', application: 'shop' },
    { id: 'p2', name: 'Other', application: 'bar' },
  ];
  const current = (execution.stages as readonly Context[])[0]!;
  const more = { functions: executionFunctions(execution, current, pipelines) };

  it.each<[string, Json]>([
    ["#stage('Stage 1').status", 'SUCCEEDED'],
    ["#stage('Stage 1')['context'].waitTime", 3],
    ["#stage('Stage 1').startTime", 5],
    ["#stage('id-1').refId", '1'],
    ["#stage('Twice').refId", '2'],
    ["#stage('Twice').hasSucceeded", false],
    ["#stage('Twice').hasFailed", true],
    ["#stageByRefId('3').hasFailed", false],
    ['#stageByRefId(1).hasSucceeded', true],
    ["#stageExists('Twice')", true],
    ["#stageExists('twice')", false],
    ['#stageExists(null)', false],
    ['#currentStage().name', 'Stage 1'],
    ['#currentUser()', 'U1'],
    ["#judgment('Ask')", 'go'],
    ["#judgement('Ask')", 'go'],
    [
      '#deployedServerGroups()',
      [
        {
          account: 'dc1',
          capacity: null,
          parentStage: null,
          region: 'dc1_web',
          image: 'foo:1',
          serverGroup: 'foo-v001',
          deployments: null,
        },
      ],
    ],
    ["#deployedServerGroups('Deploy', 'Nowhere')[0].serverGroup", 'foo-v001'],
    ["#deployedServerGroups('Nowhere')", []],
    ["#pipelineId('Roll out')", 'p1'],
    ["#pipelineIdOrNull('Roll out')", 'p1'],
    ["#pipelineIdOrNull('Other') ?: 'none'", 'none'],
    ["#pipelineIdInApplication('Other', 'bar')", 'p2'],
    ["#pipelineIdInApplication('Other', 'shop') ?: 'none'", 'none'],
    ["#triggerResolvedArtifact('foo').reference", 'foo:1'],
    ["#triggerResolvedArtifactByType('docker/image').name", 'foo'],
    ['#resolvedArtifacts()', [artifact]],
  ])('%s is %j', (expression, expected) => expect(valueOf(expression, {}, more)).toEqual(expected));

  it.each([
    ["#stage('X')", 'Unable to locate [X] using #stage(X) in execution e1'],
    ['#stage(null)', 'Unable to locate [null] using #stage(null)'],
    ['#stage()', '#stage() takes 1 argument, not 0'],
    ["#stageByRefId('9')", 'Unable to locate [9] using #stageByRefId(9)'],
    ['#stageByRefId(null)', 'Unable to locate [null]'],
    ["#judgment('Ask twice')", 'Unable to locate [Ask twice] using #judgment'],
    ["#judgment('Stage 1')", 'Unable to locate [Stage 1]'],
    ['#judgment(null)', 'not null'],
    ["#manualJudgment('Ask')", 'there is no function #manualJudgment()'],
    ["#pipelineId('Other')", 'Pipeline with name Other could not be found in shop'],
    ["#triggerResolvedArtifact('x')", 'Unable to locate artifact with name x'],
    ["#triggerResolvedArtifactByType('x')", 'Unable to locate artifact with type x'],
  ])('%s says: %s', (expression, message) => expect(errorOf(expression, {}, more)).toContain(message));

  it('knows no current stage outside of stages, and nobody where no one started it', () => {
    const outside = { functions: executionFunctions({ id: 'e2' }, null) };
    expect(errorOf('#currentStage()', {}, outside)).toContain('inside of a stage only');
    expect(valueOf('#currentUser()', {}, outside)).toBe('anonymous');
    expect(valueOf('#resolvedArtifacts()', {}, outside)).toEqual([]);
    expect(valueOf('#deployedServerGroups()', {}, outside)).toEqual([]);
  });
});
