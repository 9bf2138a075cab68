import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stageRegistry } from '../../src/app';
import { formatProblem } from '../../src/definitions/format-problem';
import { loadDefinitions, type LoadedDefinitions } from '../../src/definitions/load-definitions';

/** An application's file with these pipelines, from line 6 on. */
const fileOf = (name: string, ...pipelines: readonly string[]) => `application: ${name}
image: registry.example.com/demo/${name}
environments:
  dev: { regions: [nonprod/east], instances: 1, pipeline: main }
pipelines:
${pipelines.map((line) => `  ${line}\n`).join('')}`;

const folder = mkdtempSync(join(tmpdir(), 'circles-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Reads these files beside the accounts that are shipped. */
function load(files: Readonly<Record<string, string>>, lastGood?: LoadedDefinitions) {
  cpSync(join(__dirname, '../../pipelines/accounts.yaml'), join(folder, 'accounts.yaml'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, `${name}.yaml`), text);
  const loaded = loadDefinitions({ folder, stageTypes: stageRegistry, environment: {} }, lastGood);
  return { loaded, told: loaded.problems.map(formatProblem), names: [...loaded.definitions.applications.keys()] };
}

const calm = fileOf('b', 'main: [{ type: deploy }]');
const only = (...pipelines: readonly string[]) => load({ a: fileOf('a', ...pipelines), b: calm });

describe('a pipeline that runs itself', () => {
  it.each([
    [
      'directly',
      ['main: [{ type: pipeline, pipeline: main }]'],
      ['a.yaml:6:38: Pipeline a/main would run itself: a/main → a/main. Break the circle.'],
    ],
    [
      'by its whole name',
      ['main: [{ type: pipeline, pipeline: a/main }]'],
      ['a.yaml:6:38: Pipeline a/main would run itself: a/main → a/main. Break the circle.'],
    ],
    [
      'through another, both of which are told',
      [
        'main: [{ type: pipeline, pipeline: next }]',
        'next: [{ type: wait, for: 1s }, { pipeline: main, type: pipeline }]',
      ],
      [
        'a.yaml:6:38: Pipeline a/main would run itself: a/main → a/next → a/main. Break the circle.',
        'a.yaml:7:47: Pipeline a/next would run itself: a/next → a/main → a/next. Break the circle.',
      ],
    ],
    [
      'for one environment again and again',
      ['main: [{ type: pipeline, pipeline: main, environment: dev }]'],
      ['a.yaml:6:38: Pipeline a/main would run itself: a/main → a/main. Break the circle.'],
    ],
    [
      'under a condition',
      ["main: [{ type: pipeline, pipeline: main, stageEnabled: 'false' }]"],
      ['a.yaml:6:38: Pipeline a/main would run itself: a/main → a/main. Break the circle.'],
    ],
  ])('is refused where it does so %s', (_how, pipelines, problems) => {
    const { told, names } = only(...pipelines);
    expect(told).toEqual(problems);
    expect(names).toEqual(['b']);
  });

  it.each([
    ['runs another', ['main: [{ type: pipeline, pipeline: next }]', 'next: [{ type: deploy }]']],
    [
      'runs one twice',
      ['main: [{ type: pipeline, pipeline: n }, { type: pipeline, pipeline: n }]', 'n: [{ type: deploy }]'],
    ],
    ['says by an expression which', ["main: [{ type: pipeline, pipeline: '${parameters.next}' }]"]],
    ['says by an expression for what', ["main: [{ type: pipeline, pipeline: main, environment: '${parameters.to}' }]"]],
    [
      'goes from one environment to the next',
      ['main: [{ type: pipeline, pipeline: main, environment: dev, stageEnabled: "environment != \'dev\'" }]'],
    ],
  ])('is none where it %s', (_how, pipelines) => {
    expect(only(...pipelines)).toMatchObject({ told: [], names: ['a', 'b'] });
  });

  it('is found over several applications; what was good before is kept', () => {
    const good = load({ a: fileOf('a', 'main: [{ type: deploy }]'), b: calm });
    const { told, loaded } = load(
      {
        a: fileOf('a', 'main: [{ type: pipeline, application: b, pipeline: main }]'),
        b: fileOf('b', 'main: [{ type: pipeline, pipeline: a/main }]'),
      },
      good.loaded,
    );
    expect(told).toEqual([
      'a.yaml:6:54: Pipeline a/main would run itself: a/main → b/main → a/main. Break the circle.',
      'b.yaml:6:38: Pipeline b/main would run itself: b/main → a/main → b/main. Break the circle.',
    ]);
    const types = [...loaded.definitions.applications.values()].map(
      ({ pipelines }) => pipelines.get('main')?.stages[0]?.type,
    );
    expect(types).toEqual(['deploy', 'deploy']);
  });
});
