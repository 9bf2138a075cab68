import { join } from 'node:path';
import fc from 'fast-check';
import { z } from 'zod';
import { stageRegistry } from '../../src/app';
import { loadDefinitions } from '../../src/definitions/load-definitions';
import { parseApplication } from '../../src/definitions/parse-application';
import type { StageTypes } from '../../src/definitions/parse-stage';

const folder = join(__dirname, '../../pipelines');
const { accounts = new Map() } = loadDefinitions({ folder, stageTypes: stageRegistry, environment: {} }).accounts;

const cluster = z.looseObject({ size: z.number(), mode: z.enum(['fast', 'slow']), at: z.object({ port: z.number() }) });
const more: ReadonlyMap<string, ReturnType<StageTypes['find']>> = new Map([
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
    [
      { service: "{ env: { A: '${HOME}' } }" },
      '6:25',
      ["Nothing is called 'HOME' when a deployment starts", "write ${'${HOME}'}"],
    ],
    [{ environment: ", service: { env: { A: '${image.name}' } }" }, '8:90', ["Nothing is called 'image.name'"]],
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
};

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
    inStages("{ type: manualJudgment, instructions: '${comments}', comments: a }"),
    inStages('{ type: open }', "{ type: manualJudgment, instructions: '${HOME}' }"),
    inStages('{ type: open }', deploy, "{ type: manualJudgment, instructions: '${HOME}' }"),
    inStages('{ type: manualJudgment, name: a }', "{ type: manualJudgment, instructions: '${judgedBy}' }"),
    inStages(
      deploy,
      "{ name: 'Wait ${image.tag}', type: wait, for: 1s }",
      "{ type: wait, for: 1s, after: 'Wait ${image.tag}' }",
    ),
    { service: "{ env: { A: '${HOME}' } }", stages: ['{ type: open }', deploy] },
    { service: "{ env: { A: '${HOME}' } }", stages: ['{ type: wait, for: 1s }', '{ type: deploy, clusters: [] }'] },
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
        service: `{ env: { A: ${text} } }`,
        stages: [`{ type: wait, waitTime: ${text} }`],
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
