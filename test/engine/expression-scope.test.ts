import { createScope, scopeOf, type ScopeOptions } from '../../src/engine/expression-scope';
import { evaluate, type Json } from '../../src/engine/expressions';
import { readSpinnakerExecution, scopeOfSpinnaker } from '../../src/engine/spinnaker-execution';
import type { Execution, Stage, StageContext } from '../../src/model/execution';
import { buildExecution, buildJudgment, testUser } from '../support/api-fixture';

const options: ScopeOptions = { now: 0 };

const stageOf = (refId: string, fields: Partial<Stage> = {}): Stage => ({
  ...buildJudgment(`S${refId}`, `Stage ${refId}`),
  refId,
  type: 'wait',
  ...fields,
});

/** 1 → 2 → 4 and 3 → 4; 4 has a part that runs before it. */
const stages = [
  stageOf('1', { outputs: { key: 'far', onlyFar: 'far', null1: 'hidden' } }),
  stageOf('2', { requisiteStageRefIds: ['1'], outputs: { key: 'near', null1: null } }),
  stageOf('3', { outputs: { other: 'beside' }, context: { secretOf3: 1 } }),
  stageOf('4', {
    requisiteStageRefIds: ['2', '3'],
    context: { own: 'context', both: 'context' },
    outputs: { both: 'out' },
  }),
  stageOf('4a', { parentStageId: 'S4', syntheticStageOwner: 'STAGE_BEFORE', outputs: { key: 'part' } }),
  stageOf('5', { requisiteStageRefIds: ['4'], outputs: { later: 1 } }),
];

const at = (refId: string | null, fields: Partial<Execution> = {}, more: Partial<ScopeOptions> = {}) => {
  const execution = buildExecution({ stages, ...fields });
  const stage = execution.stages.find((candidate) => candidate.refId === refId) ?? null;
  const scope = scopeOf(execution, stage, { ...options, ...more });
  return { scope, execution, stage, evaluate: (text: string) => evaluate(text, scope).value };
};

describe('what a stage sees', () => {
  it.each([
    ['own', 'context'],
    ['both', 'context'],
    ['key', 'near'],
    ['onlyFar', 'far'],
    ['other', 'beside'],
    ['execution.name', 'deploy foo 1.1 to prod'],
    ['execution.authentication.user', testUser],
    ['execution.stages[2].outputs.other', 'beside'],
    ['execution.canceled', false],
    ['trigger.type', 'manual'],
    ['#currentStage().name', 'Stage 4'],
    ['#currentUser()', testUser],
    ['#stage("Stage 1").outputs.key', 'far'],
    ['#root.own', 'context'],
    ['#root.key', 'near'],
    ['#root.trigger.type', 'manual'],
    ['#root.execution.id', 'E1'],
    ['application', 'foo'],
    ['environment', 'prod'],
    ['parameters.size ?: 3', 3],
  ])('%s is %j', (expression, expected) => expect(at('4').evaluate(`\${${expression}}`)).toEqual(expected));

  it.each([['later'], ['secretOf3'], ['nothing'], ['events'], ['image'], ['deployedServerGroups'], ['scmInfo']])(
    '%s is not defined',
    (name) => expect(at('4').evaluate(`\${${name}}`)).toBe(`\${${name}}`),
  );

  it('lets a null of a nearer stage hide what a farther one put out', () => {
    expect(at('4').scope.lookup('null1')).toBeNull();
    expect(at('2').scope.lookup('null1')).toBeNull();
    expect(at('2').scope.lookup('key')).toBe('near');
  });

  it('lets a part see its parent and what came before that', () => {
    expect(at('4a').evaluate('${both} ${other} ${key}')).toBe('out beside part');
  });

  it('sees no stage outside of stages', () => {
    expect(at(null).evaluate('${application}')).toBe('foo');
    for (const text of ['${own}', '${key}', '${#currentStage().name}']) expect(at(null).evaluate(text)).toBe(text);
  });

  it('lets execution and trigger hide what the stage calls so, and nothing of ours hide anything', () => {
    const names = { execution: 'x', trigger: 'x', application: 'mine', environment: 'mine', image: 'mine' };
    const { evaluate: value } = at('1', { stages: [stageOf('1', { context: names })] });
    expect(value('${execution.id} ${trigger.type}')).toBe('E1 manual');
    expect(value('${application} ${environment} ${image}')).toBe('mine mine mine');
  });

  it.each([
    ['the reason of the trigger', { reason: 'fix login', parameters: {} }, ['fix login', 'fix login', 'fix login']],
    ['beside other parameters', { reason: 'fix', parameters: { a: 1 } }, ['fix', 'fix', 'fix']],
    ['a parameter of that name first', { reason: 'fix', parameters: { reason: 'mine' } }, ['fix', 'mine', 'mine']],
    ['a parameter of that name alone', { parameters: { reason: 'mine' } }, ['${trigger.reason}', 'mine', 'mine']],
  ])('finds %s where it stands and among the parameters', (_, fields, expected) => {
    const { trigger } = buildExecution();
    const { evaluate: value } = at('4', { trigger: { ...trigger, ...fields } });
    const texts = ['${trigger.reason}', '${trigger.parameters.reason}', '${parameters.reason}'];
    expect(texts.map(value)).toEqual(expected);
  });

  it('lets a given context hide the stage', () => {
    const { evaluate: value } = at('4', {}, { context: { own: 'given', trigger: 'given' } });
    expect(value('${own} ${both} ${trigger.type}')).toBe('given context manual');
  });

  it('knows the tag of the image', () => {
    const { definition } = buildExecution();
    const image = 'registry.example.com:5000/foo:1.1';
    expect(at(null, { definition: { ...definition, image } }).evaluate('${image.tag}')).toBe('1.1');
  });

  it('tells of a cancellation as Spinnaker does', () => {
    const { evaluate: value } = at('4', { canceled: { by: 'U1', at: 5, reason: 'wrong day' } });
    expect(value('${execution.canceled} ${execution.canceledBy} ${execution.cancellationReason}')).toBe(
      'true U1 wrong day',
    );
  });

  it('names each known name, for proposals', () => {
    const names = new Set(at('4').scope.names());
    for (const name of ['own', 'key', 'other', 'execution', 'trigger', 'parameters', 'application']) {
      expect(names).toContain(name);
    }
    expect(names).not.toContain('scmInfo');
    expect(evaluate('${onw}', at('4').scope).problems[0]?.message).toContain("did you mean 'own'?");
  });

  it('gives values out as they are, never copies', () => {
    const large = { list: Array.from({ length: 1000 }, (_, index) => ({ index })) };
    const { scope, execution } = at('2', {
      stages: [stageOf('1', { outputs: { large } }), stageOf('2', { requisiteStageRefIds: ['1'] })],
    });
    expect(scope.lookup('large')).toBe(large);
    expect(evaluate('${large}', scope).value).toBe(large);
    expect(evaluate('${#root.large}', scope).value).toBe(large);
    expect(evaluate('${execution.stages}', scope).value).toBe(execution.stages);
  });

  it('calls no accessor', () => {
    const getter = jest.fn();
    const context = Object.defineProperty({}, 'trap', { enumerable: true, get: getter });
    const { scope } = at('4', {}, { context });
    expect(scope.lookup('trap')).toBeUndefined();
    scope.root();
    expect(getter).not.toHaveBeenCalled();
  });
});

describe('the variables made of the execution', () => {
  const evaluateWith = (text: string, execution: StageContext | undefined, context: StageContext = {}): Json =>
    evaluate(text, createScope({ execution, stage: null, layers: [context] }, options)).value;

  it.each<[string, StageContext | undefined, StageContext, Json]>([
    ['the trigger', { trigger: { parameters: { a: 1 } } }, { parameters: { a: 2 } }, 1],
    ['the context where the trigger has none', { trigger: { parameters: {} } }, { parameters: { a: 2 } }, 2],
    ['the trigger of the context', undefined, { trigger: { parameters: { a: 3 } } }, 3],
    ['nowhere', undefined, {}, 0],
  ])('take parameters from %s', (_, execution, context, expected) => {
    expect(evaluateWith('${parameters.a ?: 0}', execution, context)).toBe(expected);
  });

  const scm = (...branches: string[]) => ({ scm: branches.map((branch) => ({ branch, sha1: `${branch}-sha` })) });

  it.each<[string, StageContext, Json]>([
    ['the first that is no main branch', { buildInfo: scm('master', 'branch1', 'branch2') }, 'branch1'],
    ['the first where all are', { buildInfo: scm('develop', 'master') }, 'develop'],
    ['the only one', { buildInfo: scm('master') }, 'master'],
    ['the list in the context', { scmInfo: scm('branch1', 'master').scm }, 'branch1'],
    ['the map in the context', { scmInfo: { branch: 'b' } }, 'b'],
    ["the trigger's", { trigger: { buildInfo: scm('develop', 'fix') } }, 'fix'],
    ['the context before the trigger', { buildInfo: scm('c'), trigger: { buildInfo: scm('t') } }, 'c'],
    ['nothing where there is none', { buildInfo: scm() }, '${scmInfo.branch}'],
    ['nothing where no build is known', {}, '${scmInfo.branch}'],
  ])('choose as scmInfo %s', (_, context, expected) => {
    expect(evaluateWith('${scmInfo.branch}', undefined, context)).toBe(expected);
  });

  it('hold the deployed server groups once there are some', () => {
    const deploy = {
      id: 'D1',
      refId: '1',
      type: 'createServerGroup',
      name: 'Deploy',
      status: 'SUCCEEDED',
      context: { region: 'east', 'deploy.server.groups': { east: ['foo-v001'] } },
    };
    const text = '${deployedServerGroups.![serverGroup]}';
    expect(evaluateWith(text, { stages: [deploy] })).toEqual(['foo-v001']);
    expect(evaluateWith(text, { stages: [{ ...deploy, status: 'RUNNING' }] })).toBe(text);
    expect(evaluateWith(text, undefined, { execution: { stages: [deploy] } })).toEqual(['foo-v001']);
  });

  it('hold the variables of a template', () => {
    expect(evaluateWith('${templateVariables.size}', { templateVariables: { size: 4 } })).toBe(4);
  });

  it('come from the context where there is no execution', () => {
    const execution = { authentication: { user: 'joey@host.net' }, stages: [{ name: 'A', status: 'SUCCEEDED' }] };
    expect(evaluateWith('${execution["authentication"]["user"].split("@")[0]}', undefined, { execution })).toBe('joey');
    expect(evaluateWith('${#stage("A").status == "SUCCEEDED"}', undefined, { execution })).toBe(true);
  });
});

describe('an execution of Spinnaker', () => {
  const document = {
    id: '01H',
    application: 'app',
    pipelineConfigId: 'p1',
    authentication: { user: 'joey@host.net' },
    trigger: { type: 'jenkins', buildInfo: { number: 21, scm: [{ branch: 'b1' }] }, parameters: { branch: 'x' } },
    stages: [
      { id: 'a', refId: '1', name: 'Set', type: 'evaluateVariables', status: 'SUCCEEDED', outputs: { keyA: 'valueA' } },
      {
        id: 'b',
        refId: '2',
        name: 'Use',
        type: 'wait',
        status: 'RUNNING',
        requisiteStageRefIds: ['1'],
        parentStageId: null,
        context: { waitTime: 5 },
      },
    ],
  };
  const value = (text: string, refId?: string, context?: StageContext): Json => {
    const scope = scopeOfSpinnaker(readSpinnakerExecution(document), refId, {
      ...options,
      ...(context === undefined ? {} : { context }),
    });
    return evaluate(text, scope).value;
  };

  it.each<[string, string | undefined, Json]>([
    ['${keyA}', '2', 'valueA'],
    ['${keyA}', '1', 'valueA'],
    ['${keyA}', undefined, '${keyA}'],
    ['${waitTime}', '2', 5],
    ['${waitTime}', '1', '${waitTime}'],
    ['${#currentStage().name}', '2', 'Use'],
    ['${#currentUser()}', undefined, 'joey@host.net'],
    ['${execution.pipelineConfigId}', undefined, 'p1'],
    ['${trigger["buildInfo"]["number"] * 2}', undefined, 42],
    ['${scmInfo.branch}', undefined, 'b1'],
    ['${parameters.branch}', undefined, 'x'],
    ['${#stage("Set").outputs.keyA}', undefined, 'valueA'],
  ])('gives %s in stage %s as %j', (text, refId, expected) => expect(value(text, refId)).toEqual(expected));

  it('is hidden by a given context, save for execution and trigger', () => {
    const context = { keyA: 'given', waitTime: 6, trigger: {}, execution: {} };
    expect(value('${keyA} ${waitTime} ${trigger.type} ${execution.id}', '2', context)).toBe('given 6 jenkins 01H');
  });

  it('says which stages it has when asked for another', () => {
    expect(() => value('', '9')).toThrow('The execution has no stage 9. It has 1, 2.');
    const empty = readSpinnakerExecution({});
    expect(() => scopeOfSpinnaker(empty, '1', options)).toThrow('It has none at all.');
  });

  it.each([
    [null, 'it must be a map'],
    [[], 'it must be a map'],
    ['text', 'it must be a map'],
    [{ stages: {} }, 'stages must be a list'],
    [{ stages: [1] }, 'stages[0] must be a map'],
    [{ stages: [{}, { context: [] }] }, 'stages[1].context must be a map'],
    [{ stages: [{ outputs: 'x' }] }, 'stages[0].outputs must be a map'],
    [{ stages: [{ requisiteStageRefIds: '1' }] }, 'stages[0].requisiteStageRefIds must be a list'],
  ])('is not %j', (wrong, message) => {
    expect(() => readSpinnakerExecution(wrong)).toThrow(message);
  });
});
