import { join } from 'node:path';
import fc from 'fast-check';
import { z } from 'zod';
import { stageRegistry } from '../../src/app';
import { loadDefinitions } from '../../src/definitions/load-definitions';
import { parseApplication } from '../../src/definitions/parse-application';
import type { StageTypes } from '../../src/definitions/parse-stage';
import { stages as allStages } from '../../src/stages';

const folder = join(__dirname, '../../pipelines');
const { accounts = new Map() } = loadDefinitions({ folder, stageTypes: stageRegistry, environment: {} }).accounts;

const cluster = z.looseObject({ size: z.number(), mode: z.enum(['fast', 'slow']), at: z.object({ port: z.number() }) });
const more: ReadonlyMap<string, ReturnType<StageTypes['find']>> = new Map([
  ['evaluateVariables', { config: z.looseObject({ variables: z.array(z.looseObject({ key: z.string() })) }) }],
  ['checkPreconditions', { config: z.looseObject({ preconditions: z.array(z.looseObject({})) }), outputs: [] }],
  ['open', { config: z.looseObject({ cluster: cluster.optional() }) }],
]);
const stageTypes: StageTypes = {
  types: [...stageRegistry.types, ...more.keys()],
  find: (type) => more.get(type) ?? stageRegistry.find(type),
};

/** An application: line 6 is its service, line 8 its environment, line 10 on its stages. */
const file = ({
  service = '{}',
  environment = '',
  instances = '1',
  pipeline = 'quick',
  channel = 'foo',
  stages = [deploy],
}: Parts): string =>
  [
    'application: foo',
    `channel: ${channel}`,
    'image: registry.example.com/demo/foo',
    'notify: { channel: [] }',
    'owner: { group: crew }',
    `service: ${service}`,
    'environments:',
    `  dev: { regions: [nonprod/east], instances: ${instances}, pipeline: ${pipeline}${environment} }`,
    'pipelines:',
    '  quick:',
    ...stages.map((stage) => `    - ${stage}`),
    '',
  ].join('\n');
type Parts = {
  service?: string;
  environment?: string;
  instances?: string;
  pipeline?: string;
  channel?: string;
  stages?: readonly string[];
};

const deploy = '{ type: deploy, strategy: redblack }';
const parse = (parts: Parts) => parseApplication({ file: 'foo.yaml', text: file(parts), accounts, stageTypes });
const told = (parts: Parts) => parse(parts).problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
const contextsOf = (stages: readonly string[]) => {
  const { application, problems } = parse({ stages });
  expect(problems).toEqual([]);
  return application?.environments.get('dev')?.pipeline.stages.map(({ context }) => context);
};
const inStages = (...stages: readonly string[]): Parts => ({ stages });

type Mistake = readonly [parts: Parts, place: string, fragments: readonly string[]];

const mistakes: Readonly<Record<string, readonly Mistake[]>> = {
  'in the syntax of an expression': [
    [
      inStages("{ type: manualJudgment, instructions: 'Keep ${image.tag +}?' }"),
      '11:64',
      ['expected a value', 'Correct it'],
    ],
    [inStages("{ type: manualJudgment, instructions: 'Keep ${image.tag?' }"), '11:53', ['never closed with }']],
    [inStages('{ type: manualJudgment, instructions: "a\\tb ${#nosuch()}" }'), '11:53', ['no function #nosuch()']],
    [inStages("{ type: wait, for: 1s, name: 'w ${1 +}' }"), '11:44', ['expected a value']],
    [inStages("{ type: open, cluster: { '${#stge(1)}': 1 } }"), '11:35', ['did you mean #stage()?']],
    [
      inStages("{ type: open, cluster: { a: [{ b: '${a.toUppercase()}' }] } }"),
      '11:46',
      ['did you mean toUpperCase()?'],
    ],
    [
      inStages('type: manualJudgment\n      instructions: >\n        Keep\n        ${image.tag ~ 1}'),
      '14:21',
      ["'~' means nothing"],
    ],
    [{ service: "{ env: { A: '${b c}' } }" }, '6:27', ["expected an operator or the end, found 'c'"]],
    [{ service: "{ env: { '${1 +}': a } }" }, '6:25', ['expected a value']],
    [{ service: "{ marathon: { labels: { A: '${)}' } } }" }, '6:40', ["expected a value, found ')'"]],
    [{ environment: ", service: { env: { A: '${#tojson(1)}' } }" }, '8:90', ['did you mean #toJson()?']],
  ],
  'in what an expression names': [
    [inStages("{ type: manualJudgment, instructions: 'Keep ${image.tga}?' }"), '11:53', ["Did you mean 'image.tag'?"]],
    [inStages("{ type: manualJudgment, instructions: 'for ${enviroment}' }"), '11:52', ["Did you mean 'environment'?"]],
    [
      inStages("{ type: wait, waitTime: '${waitTme}' }"),
      '11:34',
      ["Nothing is called 'waitTme' when this stage starts"],
    ],
    [inStages('{ type: wait, for: 1s, stageEnabled: smoke.on }'), '11:44', ["Nothing is called 'smoke'"]],
    [
      inStages(
        '{ type: evaluateVariables, variables: { version: 1 } }',
        "{ type: manualJudgment, instructions: '${verson}' }",
      ),
      '12:48',
      ["Did you mean 'version'?"],
    ],
    [
      inStages(
        deploy,
        '{ name: a, type: evaluateVariables, variables: { b: 1 }, after: Deploy }',
        "{ type: manualJudgment, instructions: '${b}', after: Deploy }",
      ),
      '13:48',
      ["Nothing is called 'b'"],
    ],
    [
      inStages('{ type: checkPreconditions, preconditions: [{ type: expression, context: { expression: HOME } }] }'),
      '11:94',
      ["Nothing is called 'HOME'"],
    ],
    [
      { service: "{ env: { A: '${HOME}' } }" },
      '6:25',
      ["Nothing is called 'HOME' when a deployment starts", "write ${'${HOME}'}"],
    ],
    [{ environment: ", service: { env: { A: '${image.name}' } }" }, '8:90', ["Nothing is called 'image.name'"]],
    [
      inStages("{ type: evaluateVariables, variables: { b: '${a}', a: 1 } }"),
      '11:53',
      ["'a' has no value here yet: order matters", 'Use only variables above it'],
    ],
    [
      inStages("{ type: evaluateVariables, variables: [{ key: b, value: [x, '${a}'] }, { key: a, value: 1 }] }"),
      '11:70',
      ["'a' has no value here yet: order matters"],
    ],
    [inStages("{ type: evaluateVariables, variables: { '${a}': 1, a: 1 } }"), '11:50', ["'a' has no value here yet"]],
    [
      inStages("{ type: evaluateVariables, variables: { a: '${a}' } }"),
      '11:53',
      ["'a' has no value here yet: order matters"],
    ],
    [
      inStages("{ type: evaluateVariables, variables: { a: 1, b: '${c}' } }"),
      '11:59',
      ["Nothing is called 'c'", 'Known: application, environment, image.tag', ', a.'],
    ],
    [
      inStages("{ type: evaluateVariables, comments: '${a}', variables: { a: 1 } }"),
      '11:47',
      ["Nothing is called 'a' when this stage starts"],
    ],
    [
      inStages('{ type: evaluateVariables, stageEnabled: a, variables: { a: 1 } }'),
      '11:48',
      ["Nothing is called 'a' when this stage starts"],
    ],
    [inStages("{ type: wait, for: 1s, comments: '${for}' }"), '11:43', ["Nothing is called 'for'"]],
    [
      inStages("{ type: wait, for: 1s, timeout: 1m, comments: '${timeout}' }"),
      '11:56',
      ["Nothing is called 'timeout'"],
    ],
    [inStages("{ type: wait, for: 1s, name: a, comments: '${name}' }"), '11:52', ["Nothing is called 'name'"]],
    [inStages(deploy, "{ type: wait, for: 1s, after: Deploy, comments: '${after}' }"), '12:58', ["called 'after'"]],
    [inStages('{ type: wait, for: 1s, timeout: 1m, stageEnabled: timeout }'), '11:57', ["Nothing is called 'timeout'"]],
    [
      inStages("{ type: deploy, strategy: redblack, comments: '${strategy}' }"),
      '11:56',
      ["Nothing is called 'strategy'"],
    ],
    [inStages("{ type: deploy, keepFailed: 2h, comments: '${keepFailed}' }"), '11:52', ["called 'keepFailed'"]],
    [{ service: "{ env: { A: '${strategy}' } }" }, '6:25', ["Nothing is called 'strategy' when a deployment starts"]],
  ],
  'of an expression where none can stand': [
    [
      inStages("{ type: wait, for: '${parameters.t}' }"),
      '11:26',
      ['is read before the pipeline runs', 'Write waitTime instead, in seconds'],
    ],
    [
      inStages("{ type: wait, for: 1s, timeout: '${parameters.t}' }"),
      '11:39',
      ['Write stageTimeoutMs instead, in milliseconds'],
    ],
    [inStages("{ type: deploy, keepFailed: '${parameters.t}' }"), '11:35', ['Write a duration such as']],
    [inStages("{ type: '${parameters.t}' }"), '11:15', ['Write the type itself']],
    [inStages("{ type: deploy, strategy: '${parameters.t}' }"), '11:33', ['Write one of none, highlander, redblack']],
    [inStages("{ type: deploy, regions: ['${parameters.t}'] }"), '11:33', ['Write account/region']],
    [inStages("{ type: deploy, regions: '${parameters.t}' }"), '11:32', ['Write a list']],
    [
      inStages("{ type: deploy, strategy: redblack, onFailure: '${parameters.t}' }"),
      '11:54',
      ["Write rollback: { onFailure: '${…}' }"],
    ],
    [inStages("{ type: wait, for: 1s, refId: '${parameters.t}' }"), '11:37', ['Write the value itself']],
    [
      inStages(deploy, "{ type: wait, for: 1s, after: '${parameters.t}' }"),
      '12:37',
      ['Name the stage as it is written'],
    ],
    [
      inStages(deploy, "{ type: wait, for: 1s, requisiteStageRefIds: ['${parameters.t}'] }"),
      '12:53',
      ['is read before'],
    ],
    [inStages("{ type: wait, for: 1s, failOnFailedExpressions: '${parameters.t}' }"), '11:55', ['Write true or false']],
    [{ service: "{ cpus: '${parameters.t}' }" }, '6:18', ['service.cpus cannot hold an expression']],
    [{ service: "{ memoryMb: '${parameters.t}' }" }, '6:22', ['cannot hold an expression']],
    [{ service: "{ ports: { http: '${parameters.t}' } }" }, '6:27', ['cannot hold an expression']],
    [
      { service: "{ ports: { http: 1 }, healthCheck: { path: /, port: '${parameters.t}' } }" },
      '6:62',
      ['cannot hold an expression'],
    ],
    [{ instances: "'${parameters.t}'" }, '8:46', ['Write a whole number from 1 to 10000']],
    [{ environment: ", approvers: ['${parameters.t}']" }, '8:78', ['cannot hold an expression']],
    [{ pipeline: "'${parameters.t}'" }, '8:59', ["Write the pipeline's name itself"]],
  ],
  'of an expression that is a part of a number': [
    [inStages("{ type: wait, waitTime: '1${parameters.t}' }"), '11:31', ['from ${ to } with nothing around it']],
    [inStages("{ type: wait, waitTime: '5' }"), '11:31', ['without quotes']],
    [inStages("{ type: wait, for: 1s, failPipeline: '${parameters.t} ' }"), '11:44', ['nothing around it']],
  ],
  'in a condition': [
    [inStages('{ type: wait, for: 1s, stageEnabled: a == }'), '11:48', ['expected a value', 'Correct it']],
    [inStages("{ type: wait, for: 1s, stageEnabled: '${application} == 1' }"), '11:44', ['Write it without ${ }']],
    [inStages("{ type: wait, for: 1s, stageEnabled: '${a b}' }"), '11:49', ['expected an operator or the end']],
    [inStages('{ type: wait, for: 1s, stageEnabled: {} }'), '11:30', ["'type' is missing"]],
    [inStages('{ type: wait, for: 1s, stageEnabled: { type: expression } }'), '11:30', ["'expression' is missing"]],
    [
      inStages('{ type: wait, for: 1s, stageEnabled: { type: expresion, expression: a } }'),
      '11:52',
      ["Did you mean 'expression'?"],
    ],
    [inStages('{ type: wait, for: 1s, stageEnabled: false }'), '11:44', ["in quotes: 'false'"]],
    [inStages('{ type: wait, for: 1s, failOnFailedExpressions: maybe }'), '11:55', ['true or false']],
  ],
  'in variables': [
    [inStages('{ type: evaluateVariables }'), '11:7', ["'variables' is missing"]],
    [inStages('{ type: evaluateVariables, variables: a }'), '11:45', ['must be a list']],
    [inStages('{ type: evaluateVariables, variables: [] }'), '11:45', ['sets no variable']],
    [inStages('{ type: evaluateVariables, variables: {} }'), '11:45', ['sets no variable']],
    [inStages('{ type: evaluateVariables, variables: [{ key: a }] }'), '11:46', ["'value' is missing"]],
    [inStages('{ type: evaluateVariables, variables: [{ value: 1 }] }'), '11:46', ["'key' is missing"]],
    [inStages("{ type: evaluateVariables, variables: [{ key: '', value: 1 }] }"), '11:53', ['is blank']],
    [inStages("{ type: evaluateVariables, variables: { ' ': 1 } }"), '11:47', ['is blank']],
    [
      inStages('{ type: evaluateVariables, variables: [{ key: a, value: 1 }, { key: a, value: 2 }] }'),
      '11:75',
      ['stands here twice'],
    ],
    [inStages('{ type: evaluateVariables, variables: [{ key: a, valu: 1 }] }'), '11:56', ["Did you mean 'value'?"]],
    ...['execution', 'trigger', 'parameters', 'scmInfo', 'deployedServerGroups', 'templateVariables'].flatMap(
      (name): readonly Mistake[] => [
        [
          inStages(`{ type: evaluateVariables, variables: { ${name}: 1 } }`),
          '11:47',
          [`'${name}' cannot be a variable: expressions find the execution's own there`, 'Choose another name'],
        ],
        [
          inStages(`{ type: evaluateVariables, variables: [{ key: ${name}, value: 1 }] }`),
          '11:53',
          [`'${name}' cannot be a variable`],
        ],
      ],
    ),
    ...['__proto__', 'constructor', 'prototype'].flatMap((name): readonly Mistake[] => [
      [
        inStages(`{ type: evaluateVariables, variables: { ${name}: 1 } }`),
        '11:47',
        [`'${name}' cannot be a variable: no expression may name it`, 'Choose another name'],
      ],
      [
        inStages(`{ type: evaluateVariables, variables: [{ key: ${name}, value: 1 }] }`),
        '11:53',
        [`'${name}' cannot be a variable: no expression may name it`],
      ],
    ]),
  ],
  'in preconditions': [
    [inStages('{ type: checkPreconditions }'), '11:7', ["'expression' is missing"]],
    [inStages('{ type: checkPreconditions, preconditions: [] }'), '11:50', ['checks nothing']],
    [
      inStages('{ type: checkPreconditions, expression: a ==, preconditions: [] }'),
      '11:53',
      ['two spellings of one field'],
    ],
    [inStages('{ type: checkPreconditions, failureMessage: a, preconditions: [] }'), '11:35', ['Move it there']],
    [inStages('{ type: checkPreconditions, expression: a == }'), '11:51', ['expected a value']],
    [
      inStages('{ type: checkPreconditions, preconditions: [{ type: expresion, context: {} }] }'),
      '11:59',
      ["Did you mean 'expression'?"],
    ],
    [
      inStages('{ type: checkPreconditions, preconditions: [{ type: expression }] }'),
      '11:51',
      ["'context' is missing"],
    ],
    [
      inStages('{ type: checkPreconditions, preconditions: [{ type: expression, context: {} }] }'),
      '11:71',
      ["'expression' is missing"],
    ],
    [
      inStages('{ type: checkPreconditions, preconditions: [{ type: expression, context: { expression: a ~ b } }] }'),
      '11:96',
      ["'~' means nothing"],
    ],
    [
      inStages("{ type: checkPreconditions, expression: 'true', failureMessage: '${}' }"),
      '11:74',
      ['no expression between'],
    ],
  ],
  'in a channel': [
    [{ channel: "'${aplication}-deploys'" }, '2:13', ["did you mean 'application'?"]],
    [{ channel: "'${image.tag}'" }, '2:13', ["'image' is not defined"]],
    [{ channel: "'${application'" }, '2:13', ['never closed']],
    [{ channel: "'${application.toUpperCase()}'" }, '2:10', ['channel is "FOO" in environment \'dev\'; it must be']],
    [{ channel: "'${1}'" }, '2:10', ['channel is 1 in environment']],
    [{ channel: "'foo-${new java.util.Date().getTime()}'" }, '2:10', ['cannot depend on the time']],
    [{ channel: '\'${#fromUrl("https://a.example.com")}\'' }, '2:10', ['what a URL answers']],
    [{ channel: 'Foo', environment: ', channel: bar' }, '2:10', ['in lower case']],
    [{ environment: ", channel: '${environment} x'" }, '8:75', ["without '#' and spaces"]],
  ],
};

describe('a stage type that only Coxswain plans', () => {
  const planned = allStages.filter(({ isInternal }) => isInternal === true).map(({ type }) => type);

  it('is one that fetches for expressions, waits for a window, takes back, stops, or adopts', () =>
    expect([...planned].sort()).toEqual([
      'adoptServerGroup',
      'cancelPipeline',
      'cancelWebhook',
      'enableAlsoServed',
      'fetchUrls',
      'restrictExecutionDuringTimeWindow',
      'stopJenkinsBuild',
      'stopJob',
      'undoAdoption',
      'undoPipeline',
      'undoServerGroup',
    ]));

  it.each([
    ["{ type: fetchUrls, urls: ['https://config.example.com/x'], room: 1000000 }", 'fetchUrls'],
    ['{ type: undoServerGroup, cluster: foo-dev, keys: [a] }', 'undoServerGroup'],
    ['{ type: undoAdoption }', 'undoAdoption'],
    ['{ type: adoptServerGroup }', 'adoptServerGroup'],
    ['{ type: stopJob }', 'stopJob'],
    ['{ type: stopJenkinsBuild }', 'stopJenkinsBuild'],
    ['{ type: fetchUrl }', 'fetchUrl'],
  ])('is unknown to files, and never proposed: %s', (stage, type) => {
    const [problem = '', ...others] = told(inStages(stage));
    expect(others).toEqual([]);
    expect(problem).toMatch(new RegExp(`^11:15 Unknown stage type '${type}'\\. `));
    const [, proposed = ''] = problem.split(`'${type}'.`);
    expect(proposed).toContain('manualJudgment');
    for (const name of planned) expect(proposed).not.toContain(name);
  });
});

describe.each(Object.entries(mistakes))('a mistake %s', (_about, rows) => {
  it.each(rows)('%j is told at %s: %s', (parts, place, fragments) => {
    const [first = ''] = fragments;
    const found = told(parts);
    expect(found).toContainEqual(expect.stringContaining(first));
    expect(found.find((problem) => problem.includes(first))).toMatch(new RegExp(`^${place} `));
    for (const fragment of fragments) expect(found.join('\n')).toContain(fragment);
    expect(parse(parts).application).toBeUndefined();
  });
});

describe('an expression that may work', () => {
  it.each<Parts>([
    inStages(
      "{ type: manualJudgment, instructions: '${application} ${image.tag} ${environment} ${trigger.user} ${parameters.a}' }",
    ),
    inStages("{ type: manualJudgment, instructions: '${HOME ?: 1} ${HOME == null}' }"),
    inStages('{ type: manualJudgment, instructions: "${\'${HOME}\'}" }'),
    inStages("{ type: manualJudgment, instructions: '${HOME}', failOnFailedExpressions: false }"),
    inStages("{ type: manualJudgment, instructions: '${comments}', comments: a }"),
    inStages('{ type: open }', "{ type: manualJudgment, instructions: '${HOME}' }"),
    inStages('{ type: open }', deploy, "{ type: manualJudgment, instructions: '${HOME}' }"),
    inStages(
      "{ type: evaluateVariables, variables: { a: 1, b: '${a}', c: '${image.tag}' } }",
      "{ type: wait, waitTime: '${b}' }",
    ),
    inStages(
      "{ type: evaluateVariables, variables: [{ key: '${application}', value: 1 }] }",
      "{ type: wait, waitTime: '${foo}' }",
    ),
    inStages(
      '{ type: evaluateVariables, variables: { image: { name: a } } }',
      "{ type: manualJudgment, instructions: '${image.name}' }",
    ),
    inStages('{ type: manualJudgment, name: a }', "{ type: manualJudgment, instructions: '${judgedBy}' }"),
    inStages("{ type: deploy, comments: '${clusters[0].account}' }"),
    inStages("{ type: deploy, clusters: [{ account: a, env: '${clusters}' }] }"),
    inStages("{ type: wait, for: 1s, timeout: 1m, comments: '${waitTime} ${stageTimeoutMs}' }"),
    inStages("{ type: evaluateVariables, failOnFailedExpressions: false, variables: { a: '${b}', b: 1 } }"),
    inStages(
      '{ type: evaluateVariables, variables: { a: 1 } }',
      "{ type: evaluateVariables, comments: '${a}', variables: { a: '${a}-2', b: '${a}', c: '${variables}' } }",
    ),
    inStages("{ type: evaluateVariables, variables: { '${application}': 1, b: '${foo}' } }"),
    inStages(
      "{ type: evaluateVariables, variables: [{ key: a, value: 1 }, { key: b, value: { '${a}': ['${a}'] }, description: 'of ${a}' }] }",
    ),
    inStages(
      deploy,
      "{ name: 'Wait ${image.tag}', type: wait, for: 1s }",
      "{ type: wait, for: 1s, after: 'Wait ${image.tag}' }",
    ),
    { service: "{ env: { A: '${HOME}' } }", stages: ['{ type: open }', deploy] },
    { service: "{ env: { A: '${HOME}' } }", stages: ['{ type: deploy, failOnFailedExpressions: false }'] },
    { service: "{ env: { A: '${HOME}' } }", stages: ['{ type: wait, for: 1s }', '{ type: deploy, clusters: [] }'] },
    { service: "{ env: { A: '${a}' } }", stages: ['{ type: evaluateVariables, variables: { a: 1 } }', deploy] },
    {
      service:
        "{ env: { '${application}': '', B: { secret: '${environment}/db' } }, marathon: { user: '${trigger.user}' } }",
    },
    {
      service:
        "{ ports: { http: 80 }, healthCheck: { path: '${parameters.path}' }, constraints: ['${parameters.a[\"b:c\"]}'] }",
    },
  ])('%j is accepted', (parts) => expect(told(parts)).toEqual([]));

  it('stands in for numbers, booleans and choices, as it is written', () => {
    const value = "'${parameters.x}'";
    const written = '${parameters.x}';
    const flow = ['stageTimeoutMs', 'failPipeline', 'continuePipeline', 'completeOtherBranchesThenFail'];
    const own = ['maxRemainingAsgs', 'delayBeforeDisableSec', 'delayBeforeScaleDownSec', 'scaleDown'];
    const fieldsOf = (names: readonly string[]) => names.map((name) => `${name}: ${value}`).join(', ');
    const valuesOf = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, written]));
    const contexts = contextsOf([
      `{ type: deploy, strategy: redblack, rollback: { onFailure: ${value} }, ${fieldsOf([...own, ...flow])} }`,
      `{ type: wait, waitTime: ${value} }`,
      `{ type: manualJudgment, onReject: ${value}, judgmentInputs: ${value} }`,
    ]);
    expect(contexts).toMatchObject([
      { ...valuesOf([...own, ...flow]), rollback: { onFailure: written } },
      { waitTime: written },
      { onReject: written, judgmentInputs: written },
    ]);
  });
});

it('never throws, whatever stands in an expression', () => {
  const piece = fc.oneof(
    fc.constantFrom(...'${ } { ( ) # . \' " ? : + a image.tag T new \\ \n & *'.split(' ')),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.constantFrom(JSON.stringify, String), (pieces, quote) => {
      const text = quote(`\${${pieces.join('')}}`);
      told({
        channel: text,
        service: `{ env: { A: ${text} } }`,
        stages: [
          `{ type: wait, waitTime: ${text}, stageEnabled: ${text} }`,
          `{ type: evaluateVariables, variables: ${text} }`,
        ],
      });
    }),
  );
});

describe('the check of a stage against its type', () => {
  it.each([
    ["{ size: '${a}', mode: '${b}', at: '${c}' }", []],
    ["{ size: 1, '${b}': slow, at: { '${c}': 1 } }", []],
    ["'${a}'", []],
    ["{ size: 1, mode: '${b}', at: {} }", ['cluster.at.port']],
    ["{ size: x, mode: quick, at: { port: '${c}' } }", ['cluster.size', 'cluster.mode']],
  ])('of %s finds fault with %j', (written, names) => {
    const stages = ['{ type: open }', `{ type: open, cluster: ${written} }`];
    expect(told({ stages }).map((problem) => /^\S+ ([^:]+):/.exec(problem)?.[1])).toEqual(names);
  });
});

describe('a normalised stage', () => {
  it.each([
    ["parameters.smoke == 'yes'", "parameters.smoke == 'yes'"],
    ["'${ parameters.smoke }'", 'parameters.smoke'],
    ["{ type: expression, expression: 'true' }", 'true'],
    ["{ type: expression, expression: '${execution.id}' }", 'execution.id'],
  ])('has stageEnabled %s as Spinnaker writes it', (written, expression) =>
    expect(contextsOf([`{ type: wait, for: 1s, failOnFailedExpressions: false, stageEnabled: ${written} }`])).toEqual([
      { waitTime: 1, failOnFailedExpressions: false, stageEnabled: { type: 'expression', expression } },
    ]),
  );

  it.each([
    [
      "{ a: 1, b: '${a}' }",
      [
        { key: 'a', value: 1 },
        { key: 'b', value: '${a}' },
      ],
    ],
    ['[{ key: a, value: [1], description: one }]', [{ key: 'a', value: [1], description: 'one' }]],
  ])('has variables %s as a list', (written, variables) =>
    expect(contextsOf([`{ type: evaluateVariables, variables: ${written} }`])).toEqual([{ variables }]),
  );

  const [type, expression] = ['expression', "image.tag != ''"];
  it.each([
    [
      `expression: image.tag != '', failureMessage: 'No tag in \${environment}'`,
      [{ type, failPipeline: true, context: { expression, failureMessage: 'No tag in ${environment}' } }],
    ],
    [
      `preconditions: [{ type: expression, failPipeline: false, context: { expression: "\${image.tag != ''}" } }]`,
      [{ type, failPipeline: false, context: { expression } }],
    ],
  ])('has preconditions %s as a list', (written, preconditions) =>
    expect(contextsOf([`{ type: checkPreconditions, ${written} }`])).toEqual([{ preconditions }]),
  );
});

describe('the channel', () => {
  const channelOf = (parts: Parts) => parse(parts).application?.environments.get('dev')?.channel;

  it.each<readonly [Parts, string]>([
    [{ channel: "'${application}-${environment}'" }, 'foo-dev'],
    [{ environment: ', channel: \'${environment == "dev" ? "a" : "b"}\'' }, 'a'],
    [{ channel: 'plain' }, 'plain'],
  ])('of %j is %s', (parts, channel) => {
    expect(told(parts)).toEqual([]);
    expect(channelOf(parts)).toBe(channel);
  });

  it('is not judged where the application has no name it could use', () => {
    const text = file({ channel: "'${application}'" }).replace('application: foo', 'application: Foo');
    const { problems } = parseApplication({ file: 'foo.yaml', text, accounts, stageTypes });
    expect(problems.map(({ line }) => line)).toEqual([1]);
  });
});
