import { evaluate, executionFunctions, type Json } from '../../../src/engine/expressions';
import { errorOf, run, scopeOf, valueOf } from './scope';

type Context = Readonly<Record<string, Json>>;

const contextA: Context = {
  testArray: ['good', { arrayVal: 'bad' }, [{ one: 'two' }]],
  replaceMe: 'newValue',
  h1: { h1: 'h1Val' },
  hierarchy: { h2: 'hierarchyValue', h3: { h4: 'h4Val' } },
  replaceTest: 'stack-with-hyphens',
  withUpperCase: 'baconBacon',
};

const stageOf = (refId: string, type: string, name: string, more: Context = {}): Context => ({
  id: `id-${refId}`,
  refId,
  type,
  name,
  status: 'SUCCEEDED',
  context: {},
  outputs: {},
  tasks: [],
  ...more,
});

const executionOf = (...stages: Context[]): Context => ({
  id: 'e1',
  application: 'foo',
  authentication: { user: 'joey@host.net' },
  trigger: { type: 'manual', user: 'joey@host.net' },
  stages,
});

const within = (execution: Context) => ({ functions: executionFunctions(execution, null) });

describe('the cases that Spinnaker tests', () => {
  it.each<[string, Json, Context, Json]>([
    ['1', 'just a string', contextA, 'just a string'],
    ['2', '${replaceMe} and ${replaceMe}', contextA, 'newValue and newValue'],
    ['3', '${hierarchy.h3.h4}', contextA, 'h4Val'],
    ['5', '${testArray[2][0].one}', contextA, 'two'],
    ['6', '${ h1.h1 == "h1Val" }', contextA, true],
    ['7', '${ h1.h2 ?: 60 }', contextA, 60],
    ['8', '${ withUpperCase.toLowerCase() }', contextA, 'baconbacon'],
    ['9', '${ #alphanumerical(replaceTest) }', contextA, 'stackwithhyphens'],
    ['10', `\${#readJson('{ "newValue":"two" }')[#root.replaceMe]}`, contextA, 'two'],
    ['12', "a.${'${ESCAPED_LITERAL}'}.b.${replaceMe}", contextA, 'a.${ESCAPED_LITERAL}.b.newValue'],
    ['13', '${ "jeyrs!".replaceAll("\\W", "") }', {}, 'jeyrs'],
    ['14', '${noexists ?: "bacon"}', {}, 'bacon'],
    ['15', '${isempty ?: "bacon"}', { isempty: '' }, 'bacon'],
    ['16', { '${replaceMe}again': 1 }, { replaceMe: 'newVal' }, { newValagain: 1 }],
    ['17', { k1: '${var1}', k2: '${map1}' }, { var1: 17, map1: { a: 1 } }, { k1: 17, k2: { a: 1 } }],
    [
      '18',
      '${#toJson(list["regions"].split(",")).contains("us-west-2")}',
      { list: { regions: 'us-east-1,us-west-2' } },
      true,
    ],
    ['19', '${#toFloat(str)}', { str: '7.5' }, 7.5],
    ['19', '${#toBoolean(str)}', { str: null }, false],
    ['20', '${#toBase64("Yo Dawg")}', {}, 'WW8gRGF3Zw=='],
    ['22', '${execution["authentication"]["user"].split("@")[0]}', { execution: executionOf() }, 'joey'],
    ['24', '${parameters["branch"] ?: "noValue"}', { parameters: {} }, 'noValue'],
    ['24', '${parameters["branch"] ?: "noValue"}', { parameters: { branch: 'hello' } }, 'hello'],
    [
      '31',
      '${execution["stages"].?[type == "bake"][0]["name"]}',
      { execution: executionOf(stageOf('1', 'wait', 'Wait'), stageOf('2', 'bake', 'Bake it')) },
      'Bake it',
    ],
    ['32', '${trigger["buildInfo"]["number"] * 2}', { trigger: { buildInfo: { number: 21 } } }, 42],
    ['33', '${trigger["dryRun"] == false}', { trigger: { dryRun: true } }, false],
  ])('row %s: %j', (_, input, context, expected) => {
    const { value, problems } = evaluate(input, scopeOf(context));
    expect(problems).toEqual([]);
    expect(value).toEqual(expected);
  });

  it('row 4: leaves an unknown name and tells of it as INFO', () =>
    expect(run('notResolvable', contextA)).toMatchObject({
      value: '${notResolvable}',
      problems: [{ level: 'INFO', path: '', column: 3, expression: 'notResolvable' }],
    }));

  it('row 11: leaves what is unknown in a longer text', () => {
    const { value, problems } = evaluate('a.${ENV1}.b.${replaceMe}', scopeOf(contextA));
    expect(value).toBe('a.${ENV1}.b.newValue');
    expect(problems).toMatchObject([{ level: 'INFO', column: 5, expression: 'ENV1' }]);
  });

  it('row 14: leaves the text where unknown names are kept', () =>
    expect(errorOf('noexists ?: "bacon"', {}, { unknown: 'keep' })).toBe("'noexists' is not defined"));

  it.each([
    ['SUCCEEDED', 'succeeded: true'],
    ['TERMINAL', 'succeeded: false'],
  ])('row 21: reads a status of %s as a text', (status, expected) => {
    const scope = scopeOf({}, within(executionOf(stageOf('1', 'wait', 'Wait1', { status }))));
    expect(evaluate('succeeded: ${#stage("Wait1")["status"] == "SUCCEEDED"}', scope).value).toBe(expected);
  });

  it('row 23: finds the judgment and not the stage of the same name', () => {
    const execution = executionOf(
      stageOf('1', 'bake', 'my stage', { context: { judgmentInput: 'Fake' } }),
      stageOf('2', 'manualJudgment', 'my stage', { context: { judgmentInput: 'Real' } }),
    );
    expect(valueOf('#judgment("my stage")', {}, within(execution))).toBe('Real');
    expect(valueOf('#judgement("my stage")', {}, within(execution))).toBe('Real');
  });

  it('row 27: lists what a deploy stage deployed', () => {
    const deploy = (refId: string, name: string, region: string) =>
      stageOf(refId, 'deploy', name, {
        context: {
          region,
          account: 'a',
          deployments: [1],
          'deploy.server.groups': { [region]: ['foo-v001', 'foo-v002'] },
        },
      });
    const execution = executionOf(deploy('1', 'Deploy in us-east-1', 'us-east-1'), deploy('2', 'Other', 'us-west-1'));
    expect(valueOf('#deployedServerGroups("Deploy in us-east-1")', {}, within(execution))).toEqual([
      {
        account: 'a',
        capacity: null,
        parentStage: null,
        region: 'us-east-1',
        serverGroup: 'foo-v001',
        deployments: [1],
      },
    ]);
    expect(valueOf('#deployedServerGroups().size()', {}, within(execution))).toBe(2);
  });

  it('row 28: leaves deployed server groups that are not there yet', () =>
    expect(run('deployedServerGroups')).toMatchObject({
      value: '${deployedServerGroups}',
      problems: [{ level: 'INFO' }],
    }));

  it.each([
    ['T(java.lang.System).exit(1)', 'the type java.lang.System cannot be used'],
    [" new java.net.URL('http://x.com').openConnection() ", 'the type java.net.URL cannot be used'],
    [" #fromUrl('http://127.0.0.1/')", '127.0.0.1 is an address'],
  ])('row 29: refuses %s', (expression, message) => expect(errorOf(expression)).toContain(message));

  it('row 30: refuses JSON that holds an expression', () => {
    const execution = executionOf(stageOf('1', 'wait', 'Wait', { context: { waitTime: '${x}' } }));
    expect(errorOf('#toJson(execution)', { execution })).toBe('result for toJson cannot contain an expression');
  });
});
