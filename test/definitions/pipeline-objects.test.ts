import { join } from 'node:path';
import { stageRegistry } from '../../src/app';
import { loadDefinitions } from '../../src/definitions/load-definitions';
import { parseApplication } from '../../src/definitions/parse-application';

const folder = join(__dirname, '../../pipelines');
const { accounts = new Map() } = loadDefinitions({ folder, stageTypes: stageRegistry, environment: {} }).accounts;

const stage = '{ type: deploy, strategy: highlander }';

/** An application whose pipeline stands on line 7, its fields from column 12 on. */
const file = (pipeline: string): string =>
  [
    'application: foo',
    'channel: foo-deploys',
    'image: registry.example.com/demo/foo',
    'environments:',
    '  dev: { regions: [nonprod/east], instances: 1, pipeline: quick }',
    'pipelines:',
    `  quick: ${pipeline}`,
    '',
  ].join('\n');

const parse = (pipeline: string) =>
  parseApplication({ file: 'foo.yaml', text: file(pipeline), accounts, stageTypes: stageRegistry });

const read = (pipeline: string) => {
  const { application, problems } = parse(pipeline);
  expect(problems).toEqual([]);
  return application?.environments.get('dev')?.pipeline;
};

const told = (pipeline: string) =>
  parse(pipeline).problems.map(({ line, column, message }) => `${line}:${column} ${message}`);

const withFields = (fields: string, stages = stage) => `{ ${fields}, stages: [${stages}] }`;
const withParameter = (fields: string) => withFields(`parameters: [{ ${fields} }]`);

describe('a pipeline', () => {
  it('is a list of stages, of which one execution runs at a time and others wait', () => {
    const { stages, ...rest } = read(`[${stage}]`) ?? {};
    expect(stages).toHaveLength(1);
    expect(rest).toEqual({ name: 'quick', limitConcurrent: true, keepWaitingPipelines: true });
  });

  it('is a map with the same stages', () => expect(read(`{ stages: [${stage}] }`)).toEqual(read(`[${stage}]`)));

  it.each([
    ['limitConcurrent: false', { limitConcurrent: false, keepWaitingPipelines: true }],
    ['maxConcurrentExecutions: 3', { limitConcurrent: false, maxConcurrentExecutions: 3 }],
    ['limitConcurrent: false, maxConcurrentExecutions: 3', { limitConcurrent: false, maxConcurrentExecutions: 3 }],
    ['keepWaitingPipelines: false', { limitConcurrent: true, keepWaitingPipelines: false }],
    ['startExpiry: 2h', { startExpiryMs: 7_200_000 }],
    ['disabled: true', { disabled: true }],
    ['description: What ships', { description: 'What ships' }],
    ['parameters: []', { limitConcurrent: true }],
  ])('may say %s', (fields, expected) => expect(read(withFields(fields))).toMatchObject(expected));

  it.each(['parameters', 'parameterConfig'])('reads %s with all fields', (spelling) => {
    const parameters = [
      "{ name: size, label: Size, description: how many, default: '2', required: true, options: ['2', { value: '4' }] }",
      "{ name: mode, default: '', pinned: true, constraint: 'a|b' }",
      "{ name: hidden, hasOptions: false, options: [a], conditional: { parameter: size, comparator: '>=', comparatorValue: '4' } }",
    ].join(', ');
    expect(read(withFields(`${spelling}: [${parameters}]`))?.parameters).toEqual([
      { name: 'size', label: 'Size', description: 'how many', default: '2', required: true, options: ['2', '4'] },
      { name: 'mode', default: '', required: false, constraint: 'a|b', pinned: true },
      {
        name: 'hidden',
        required: false,
        conditional: { parameter: 'size', comparator: '>=', comparatorValue: '4' },
      },
    ]);
  });
});

describe('a mistake in a pipeline', () => {
  const conditional = (fields: string) => `name: a, conditional: { ${fields} }`;
  it.each([
    ['{ type: deploy }', '7:12', 'a map with that list below stages'],
    ['{ description: x }', '7:3', "'stages' is missing"],
    ['{ stages: [] }', '7:20', 'has no stages'],
    ['{ stages: { type: deploy } }', '7:20', 'must be a list'],
    [withFields('limitConcurent: true'), '7:12', "Did you mean 'limitConcurrent'?"],
    [withFields('limitConcurrent: 1'), '7:29', 'true or false'],
    [withFields('limitConcurrent: true, maxConcurrentExecutions: 2'), '7:35', 'Keep one of them'],
    [withFields('maxConcurrentExecutions: 0'), '7:37', 'from 1 on'],
    [withFields('keepWaitingPipelines: never'), '7:34', 'true or false'],
    [withFields('startExpiry: 90'), '7:25', 'Did you mean 90s or 90m?'],
    [withFields('startTimeExpiry: 90'), '7:12', 'Write startExpiry'],
    [withFields('disabled: perhaps'), '7:22', 'true or false'],
    [withFields('triggers: []'), '7:12', 'not supported yet'],
    [withFields('parameters: [], parameterConfig: []'), '7:28', 'two spellings of one field'],
    [withFields('parameters: size'), '7:24', 'must be a list'],
    [withFields('parameters: [size]'), '7:25', 'must be a map'],
    [withParameter('label: x'), '7:25', "'name' is missing"],
    [withParameter('name: size, requird: true'), '7:39', "Did you mean 'required'?"],
    [withParameter("name: 'a b'"), '7:33', 'it is typed as name=value'],
    [withParameter('name: region'), '7:33', 'Choose another'],
    [withParameter('name: reason'), '7:33', 'Choose another'],
    [withParameter('name: a, default: 4'), '7:45', "in quotes: '4'"],
    [withParameter("name: a, default: '${x}'"), '7:45', 'cannot hold an expression'],
    [
      withParameter("name: a, default: '3', options: ['2', '4']"),
      '7:45',
      "default of parameter a must be one of 2, 4, not '3'",
    ],
    [withParameter("name: a, required: true, default: '', options: [x]"), '7:61', 'must be one of x'],
    [withParameter("name: a, default: xy, constraint: 'x'"), '7:45', 'must match x'],
    [withParameter("name: a, constraint: '('"), '7:48', 'cannot be read'],
    [withParameter("name: a, constraint: '(?=a)'"), '7:48', 'cannot be read'],
    [withParameter('name: a, options: []'), '7:36', 'There is no option'],
    [withParameter('name: a, hasOptions: true'), '7:36', 'There is no option'],
    [withParameter('name: a, options: [2]'), '7:46', "in quotes: '2'"],
    [withParameter('name: a, options: [{ name: x }]'), '7:48', 'Unknown key'],
    [withParameter(conditional("comparator: '=', comparatorValue: x")), '7:36', "'parameter' is missing"],
    [withParameter(conditional('parameter: a, comparator: is, comparatorValue: x')), '7:77', "cannot be 'is'"],
    [
      withParameter(conditional("parameter: b, comparator: '=', comparatorValue: x")),
      '7:62',
      "No parameter is called 'b'",
    ],
    [withParameter(conditional("parameter: a, comparator: '=', comparatorValue: x")), '7:62', 'on itself'],
    [withFields('parameters: [{ name: a }, { name: a }]'), '7:46', "Two parameters are called 'a'"],
  ])('%s is told at %s', (pipeline, place, fragment) => {
    const found = told(pipeline).filter((problem) => problem.includes(fragment));
    expect(found.map((problem) => problem.split(' ')[0])).toEqual([place]);
  });

  it('is a region, a job or a stage that nobody knows, below stages too', () => {
    expect(told('{ stages: [{ type: deploy, regions: [nonprod/eest] }] }')).toEqual([
      expect.stringContaining("7:47 Unknown region 'nonprod/eest'"),
    ]);
    expect(told('{ stages: [{ type: runJob, job: smok }] }')).toEqual([
      expect.stringContaining("7:42 The file has no job 'smok'"),
    ]);
    expect(told('{ stages: [{ type: deplyo }] }')).toEqual([expect.stringContaining("Did you mean 'deploy'?")]);
  });
});

describe('an expression that is a parameter', () => {
  const judge = (instructions: string, more = '') =>
    `${stage}, { type: manualJudgment, instructions: '${instructions}'${more} }`;
  const problems = (stages: string, parameters = '{ name: size }') =>
    told(withFields(`parameters: [${parameters}]`, stages));

  it.each([
    ['one that there is', judge('${parameters.size} ${trigger.parameters.size}')],
    ['one with another value where it is not there', judge('${parameters.siez ?: 3}')],
    ['one that may be missing', judge('${parameters?.siez}')],
    ['all of them', judge('${parameters}')],
    ['a stage that goes on with what fails', judge('${parameters.siez}', ', failOnFailedExpressions: false')],
  ])('is not reported: %s', (_title, stages) => expect(problems(stages)).toEqual([]));

  it('is not reported for a pipeline without parameters, to which others may pass some', () =>
    expect(problems(judge('${parameters.siez}'), '')).toEqual([]));

  it.each([
    [judge('${parameters.siez}'), '7:132'],
    [judge('At ${trigger.parameters.siez}'), '7:135'],
    [judge('x', ", stageEnabled: { type: expression, expression: 'parameters.siez' }"), '7:181'],
  ])('is reported where the pipeline has none of that name: %s', (stages, place) => {
    const message = `${place} Pipeline 'quick' has no parameter 'siez'. Did you mean 'size'? Known: size.`;
    expect(problems(stages)).toEqual([message]);
  });
});
