import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stageRegistry } from '../../src/app';
import { createValidateFiles } from '../../src/cli/create-validate-files';
import { findCallMistakes } from '../../src/definitions/find-call-mistakes';
import { formatProblem } from '../../src/definitions/format-problem';
import { loadDefinitions } from '../../src/definitions/load-definitions';
import { parseAccounts } from '../../src/definitions/parse-accounts';
import { parseApplication } from '../../src/definitions/parse-application';

const folder = mkdtempSync(join(tmpdir(), 'calls-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** An application's file with these pipelines, from line 6 on. */
const fileOf = (name: string, ...pipelines: readonly string[]) => `application: ${name}
image: registry.example.com/demo/${name}
environments:
  dev: { regions: [nonprod/east], instances: 1, pipeline: main }
pipelines:
${pipelines.map((line) => `  ${line}\n`).join('')}`;

const gently = 'gently: { strategy: true, stages: [{ type: deploy }] }';

/** Writes `a`, whose one stage is this, beside `b`, which has the pipelines main, smoke and gently. */
function write(stage: string, b = fileOf('b', 'main: [{ type: deploy }]', 'smoke: [{ type: wait, for: 1s }]', gently)) {
  cpSync(join(__dirname, '../../pipelines/accounts.yaml'), join(folder, 'accounts.yaml'));
  writeFileSync(join(folder, 'a.yaml'), fileOf('a', `main: [${stage}]`, 'quick: [{ type: deploy }]'));
  writeFileSync(join(folder, 'b.yaml'), b);
}

const load = () => {
  const { problems, definitions } = loadDefinitions({ folder, stageTypes: stageRegistry, environment: {} });
  return { told: problems.map(formatProblem), names: [...definitions.applications.keys()] };
};

const validate = createValidateFiles({
  parseAccounts: (input) => parseAccounts({ ...input, environment: {} }),
  parseApplication: (input) => parseApplication({ ...input, stageTypes: stageRegistry }),
  findMistakes: findCallMistakes,
});

const rolling = 'type: deploy, strategy: rollingredblack, pipelineBeforeCleanup:';
const mistakes: readonly (readonly [stage: string, told: string])[] = [
  [
    '{ type: pipeline, pipeline: quikc }',
    "a.yaml:6:38: There is no pipeline of a 'quikc' (pipelines.main[0].pipeline). Did you mean 'quick'? Known: main, quick.",
  ],
  [
    '{ type: pipeline, application: b, pipeline: smok }',
    "a.yaml:6:54: There is no pipeline of b 'smok' (pipelines.main[0].pipeline). Did you mean 'smoke'?",
  ],
  [
    '{ type: pipeline, pipeline: b/smok }',
    "a.yaml:6:38: There is no pipeline of b 'smok' (pipelines.main[0].pipeline).",
  ],
  [
    '{ type: pipeline, application: bb, pipeline: smoke }',
    "a.yaml:6:41: There is no application 'bb' (pipelines.main[0].application). Did you mean 'b'? Known: a, b.",
  ],
  ["{ type: pipeline, application: bb, pipeline: '${application}' }", "a.yaml:6:41: There is no application 'bb'"],
  ['{ type: pipeline, pipeline: bb/smoke }', "a.yaml:6:38: There is no application 'bb' (pipelines.main[0].pipeline)"],
  [
    '{ type: pipeline, pipeline: b/smoke, environment: dve }',
    "a.yaml:6:60: There is no environment of b 'dve' (pipelines.main[0].environment). Did you mean 'dev'? Known: dev.",
  ],
  [
    `{ ${rolling} { application: b, pipelineId: smok } }`,
    "There is no pipeline of b 'smok' (pipelines.main[0].pipelineBeforeCleanup.pipelineId). Did you mean 'smoke'?",
  ],
  [`{ ${rolling} { application: bb, pipelineId: smoke } }`, "There is no application 'bb' (pipelines.main[0].pipeline"],
  [`{ ${rolling} { application: b, pipelineId: gently } }`, 'Pipeline b/gently is a strategy: only a deploy'],
  [
    '{ type: deploy, strategy: custom, strategyApplication: b, strategyPipeline: gentle }',
    "There is no pipeline of b 'gentle' (pipelines.main[0].strategyPipeline). Did you mean 'gently'?",
  ],
  [
    '{ type: deploy, strategy: custom, strategyApplication: bb, strategyPipeline: gently }',
    "There is no application 'bb' (pipelines.main[0].strategyApplication).",
  ],
  ['{ type: deploy, strategy: custom, strategyPipeline: b/smoke }', 'Pipeline b/smoke is no strategy.'],
];

describe('a name of what a stage runs', () => {
  it.each(mistakes)('that nothing has is refused where it stands: %s', async (stage, told) => {
    write(stage);
    const loaded = load();
    expect(loaded.told).toEqual([expect.stringContaining(told)]);
    expect(loaded.names).toEqual(['b']);
    const { problems } = await validate([join(folder, 'a.yaml')]);
    expect(problems.map(formatProblem)).toEqual([expect.stringContaining(told)]);
    expect((await validate([folder])).problems).toEqual(problems);
  });

  it.each([
    '{ type: pipeline, application: b, pipeline: smoke, environment: dev }',
    '{ type: pipeline, pipeline: quick }',
    "{ type: pipeline, pipeline: '${application}', environment: prod }",
    "{ type: pipeline, application: '${application}', pipeline: smok }",
    "{ type: pipeline, pipeline: quick, environment: '${application}' }",
    '{ type: deploy, strategy: custom, strategyApplication: b, strategyPipeline: gently }',
    `{ ${rolling} { application: b, pipelineId: smoke } }`,
  ])('is read where it is known, or made by an expression: %s', async (stage) => {
    write(stage);
    expect(load()).toEqual({ told: [], names: ['a', 'b'] });
    expect((await validate([folder])).problems).toEqual([]);
  });

  it('is not judged while the file of its application cannot be read', () => {
    write('{ type: pipeline, application: b, pipeline: smoke }', 'application: [');
    expect(load().names).toEqual(['a']);
  });
});
