import { join } from 'node:path';
import { stageRegistry } from '../../src/app';
import { loadDefinitions } from '../../src/definitions/load-definitions';
import type { Accounts } from '../../src/definitions/parse-accounts';
import { parseApplication } from '../../src/definitions/parse-application';
import { resolvePipeline } from '../../src/definitions/resolve-pipeline';

const folder = join(__dirname, '../../pipelines');
const loaded = loadDefinitions({ folder, stageTypes: stageRegistry, environment: {} });
const accounts: Accounts = loaded.accounts.accounts ?? new Map();

const good = `application: foo
image: registry.example.com/demo/foo
jobs:
  smoke: { image: 'registry.example.com/demo/foo-smoke:3', timeout: 5m, propertyFile: result.json, env: { VERSION: '\${image.tag}', KEY: { secret: foo/key } } }
  clean-up: { cmd: 'rm -r /data', cpus: 2, memoryMb: 64 }
environments:
  dev: { regions: [nonprod/east, nonprod/west], instances: 1, pipeline: quick }
pipelines:
  quick:
    - { type: deploy, strategy: highlander }
    - { name: smoke test, type: runJob, job: smoke }
    - { name: clean, type: runJob, job: clean-up, regions: [nonprod/west, nonprod/east], timeout: 90s, waitForCompletion: false }
`;
const parse = (text: string) => parseApplication({ file: 'foo.yaml', text, accounts, stageTypes: stageRegistry });

function resolve(text: string, regions?: readonly string[]) {
  const { application, problems } = parse(text);
  expect(problems).toEqual([]);
  const environment = application?.environments.get('dev');
  if (application === undefined || environment === undefined) throw new Error('nothing was read');
  const locations = environment.locations.filter(({ region }) => regions?.includes(region) ?? true);
  return resolvePipeline(application, environment, { image: 'registry.example.com/demo/foo:1.1', locations });
}

const placeOf = (region: string) => accounts.get(`nonprod/${region}`);

describe('a job of the file', () => {
  it('is run in the first region of the environment', () => {
    const [, smoke] = resolve(good);
    expect(smoke).toEqual({
      refId: '2',
      requisiteStageRefIds: ['1'],
      type: 'runJob',
      name: 'smoke test',
      context: {
        application: 'foo',
        general: { id: 'nonprod.east.foo-dev-smoke', cpus: 0.5, mem: 512 },
        docker: { image: { imageId: 'registry.example.com/demo/foo-smoke:3' } },
        env: { VERSION: '${image.tag}', KEY: { secret: 'foo/key' } },
        propertyFile: 'result.json',
        stageTimeoutMs: 300_000,
        location: placeOf('east'),
      },
    });
  });

  it('is run in the regions that the stage names, where it has an id of its own', () => {
    const [, , clean] = resolve(good);
    expect(clean?.context).toEqual({
      application: 'foo',
      general: { id: 'nonprod.foo-dev-clean-up', cmd: 'rm -r /data', cpus: 2, mem: 64 },
      stageTimeoutMs: 90_000,
      waitForCompletion: false,
      locations: [
        { ...placeOf('east'), jobId: 'nonprod.east.foo-dev-clean-up' },
        { ...placeOf('west'), jobId: 'nonprod.west.foo-dev-clean-up' },
      ],
    });
  });

  it('is run only where the run goes', () => {
    const west = resolve(good, ['west']);
    expect(west[1]?.context).toMatchObject({ location: placeOf('west') });
    expect(west[2]?.context).toMatchObject({ location: placeOf('west') });
    const onlyEast = good.replace('job: smoke', 'job: smoke, regions: [nonprod/east]');
    expect(resolve(onlyEast, ['west']).map(({ name }) => name)).toEqual(['Deploy', 'clean']);
  });

  it('stands beside stages with the fields of Spinnaker', () => {
    const spinnakers =
      "{ name: smoke test, type: runJob, account: nonprod, dcosCluster: np1, general: { id: foo.smoke, cpus: '${0.5}' }, docker: { image: { imageId: a } } }";
    const [, smoke] = resolve(good.replace('{ name: smoke test, type: runJob, job: smoke }', spinnakers));
    expect(smoke?.context).toMatchObject({ account: 'nonprod', general: { id: 'foo.smoke', cpus: '${0.5}' } });
  });
});

describe('a mistake about jobs', () => {
  const image = "image: 'registry.example.com/demo/foo-smoke:3', ";
  it.each([
    ['job: smoke', 'job: smoek', "Did you mean 'smoke'?"],
    ['job: smoke', "job: '${environment}'", 'Write the name of a job'],
    ['job: smoke', 'job: smoke, env: {}', "'env' stands in the job itself, below 'jobs'"],
    ['job: smoke', 'job: smoke, regions: [nonprod/eest]', "Did you mean 'nonprod/east'?"],
    ['job: smoke', 'job: smoke, beforeTraffic: x', 'not supported yet'],
    ['job: smoke', 'location: {}, general: { id: x }', 'location.account'],
    ['job: smoke', 'locations: [1], general: { id: x }', 'locations.0'],
    ['job: smoke', 'account: 1, general: { id: x }', 'account'],
    ['job: smoke', 'account: a, region: b, general: { id: x, mem: lots }', 'general.mem'],
    ['job: smoke', 'general: { id: x }', 'account together with dcosCluster or region'],
    ['  smoke: {', '  Smoke: {', 'may hold a-z, 0-9 and dashes'],
    [image, '', "has neither 'image' nor 'cmd'"],
    ['timeout: 5m', 'timeout: 5', 'Did you mean 5s or 5m?'],
    ['propertyFile: result.json', 'propertyFile: ../result.json', 'a path below the folder that the job starts in'],
    ['cpus: 2', 'cpu: 2', "Did you mean 'cpus'?"],
    ["'${image.tag}'", "'${image.tag'", 'This expression does not work'],
    ['env: { VERSION', 'env: { VERSION: 1, OTHER', 'in quotes'],
  ])('is explained: %j written as %j', (from, to, message) => {
    expect(good).toContain(from);
    const { application, problems } = parse(good.replace(from, to));
    expect(application).toBeUndefined();
    expect(problems.map((problem) => problem.message)).toContainEqual(expect.stringContaining(message));
  });
});

describe('a script', () => {
  const script = (fields: string) =>
    good.replace('    - { type: deploy, strategy: highlander }\n', `    - { type: script, command: x${fields} }\n`);

  it('that says not where it runs has the first region of the run', () => {
    const [first] = resolve(script(''), ['west']);
    expect(first?.context).toEqual({ command: 'x', location: placeOf('west') });
  });

  it('runs where it says', () => {
    const [first] = resolve(script(', account: nonprod, region: np1_west'));
    expect(first?.context).toEqual({ command: 'x', account: 'nonprod', region: 'np1_west' });
  });
});
