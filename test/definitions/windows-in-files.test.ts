import { stageRegistry } from '../../src/app';
import { loadDefinitions } from '../../src/definitions/load-definitions';
import { parseApplication } from '../../src/definitions/parse-application';
import { resolvePipeline } from '../../src/definitions/resolve-pipeline';
import type { Pipeline } from '../../src/model/application';
import { join } from 'node:path';
import { describeCluster } from '../support/stage-kit';
import { east } from '../dcos/builders';

const folder = join(__dirname, '../../pipelines');
const { accounts = new Map() } = loadDefinitions({ folder, stageTypes: stageRegistry, environment: {} }).accounts;

type Written = { readonly environment?: string; readonly pipeline?: string; readonly stage?: string };

const file = ({ environment, pipeline, stage }: Written): string =>
  [
    'application: foo',
    'channel: foo-deploys',
    'image: registry.example.com/demo/foo',
    'environments:',
    `  dev: { regions: [nonprod/east], instances: 1, pipeline: quick${environment === undefined ? '' : `, window: ${environment}`} }`,
    'pipelines:',
    '  quick:',
    ...(pipeline === undefined ? [] : [`    window: ${pipeline}`]),
    '    stages:',
    `      - { type: deploy, strategy: highlander${stage === undefined ? '' : `, ${stage}`} }`,
    '      - { type: wait, for: 10s }',
    '',
  ].join('\n');

const parse = (written: Written, timeZone?: string) =>
  parseApplication({
    file: 'foo.yaml',
    text: file(written),
    accounts,
    stageTypes: stageRegistry,
    ...(timeZone === undefined ? {} : { timeZone }),
  });

/** The windows of the stages as they will run: whose they are, their hours and their zone. */
function windowsOf(written: Written, timeZone?: string) {
  const { application, problems } = parse(written, timeZone);
  expect(problems).toEqual([]);
  const environment = application?.environments.get('dev');
  if (application === undefined || environment === undefined) throw new Error('It is not there.');
  return resolvePipeline(application, environment, { image: 'repo/foo:1' }).map(({ windows = [] }) =>
    windows.map(({ of, window: { hours, timeZone: zone } }) => `${of} ${hours[0]?.from ?? '–'} ${zone}`),
  );
}

describe('windows of a file', () => {
  it('are those of the environment, the pipeline and the stage together, for what changes server groups', () => {
    const written = {
      environment: "{ hours: '01:00-09:00', timeZone: Europe/Berlin }",
      pipeline: "{ hours: '02:00-09:00' }",
      stage: "window: { hours: '03:00-09:00' }",
    };
    expect(windowsOf(written, 'Asia/Tokyo')).toEqual([
      ['environment dev 60 Europe/Berlin', 'pipeline quick 120 Asia/Tokyo', 'this stage 180 Asia/Tokyo'],
      [],
    ]);
  });

  it('are in UTC without another word, and none where none are written', () => {
    expect(windowsOf({ stage: 'window: { days: Mon-Fri }' })).toEqual([['this stage – UTC'], []]);
    expect(windowsOf({})).toEqual([[], []]);
  });

  it('are read in the spelling of Spinnaker, which counts where it says so', () => {
    const theirs = 'restrictedExecutionWindow: { whitelist: [{ startHour: 4, endHour: 6 }] }';
    expect(windowsOf({ stage: `restrictExecutionDuringTimeWindow: true, ${theirs}` })).toEqual([
      ['this stage 240 UTC'],
      [],
    ]);
    expect(windowsOf({ stage: theirs })).toEqual([[], []]);
    expect(windowsOf({ stage: `restrictExecutionDuringTimeWindow: false, ${theirs}` })).toEqual([[], []]);
  });

  it.each<[Written, string]>([
    [{ environment: '{ hours: 9 }' }, "5:83 environments.dev.window.hours must be hours such as '09:00-16:00'"],
    [
      { environment: "{ hours: '09:00-10:00' }", pipeline: "{ hours: '12:00-13:00' }" },
      "5:74 The windows of environment dev and pipeline quick never open together, so that stage 'Deploy' could never begin. Change them.",
    ],
    [
      { environment: '{ days: Mon }', stage: 'window: { days: Tue }' },
      "The windows of environment dev and stage 'Deploy' never open together",
    ],
    [
      { pipeline: '{ days: Mon }', stage: 'window: { days: Tue }' },
      "8:13 The windows of pipeline quick and stage 'Deploy' never open together",
    ],
    [{ stage: "window: { freeze: ['01-01/12-31'] }" }, "The window of stage 'Deploy' never opens"],
    [{ environment: '{}' }, 'Incorrect time windows specified'],
    [{ pipeline: '{ days: Mo }' }, "must be days such as 'Mon-Fri'"],
    [{ stage: "window: { hours: '9-10' }" }, 'must be two times of the day'],
    [{ stage: "window: '${parameters.window}'" }, 'window'],
    [{ stage: 'restrictExecutionDuringTimeWindow: true' }, 'There is no restrictedExecutionWindow.'],
    [
      {
        stage:
          'window: { days: Mon }, restrictExecutionDuringTimeWindow: true, restrictedExecutionWindow: { days: [2] }',
      },
      'two spellings of one field',
    ],
  ])('with a mistake are refused: %j', (written, message) => {
    const told = parse(written).problems.map((problem) => `${problem.line}:${problem.column} ${problem.message}`);
    expect(told).toEqual([expect.stringContaining(message)]);
  });
});

it.each<Written>([
  // Open together on a leap day only, or once that a dated freeze is over.
  { environment: "{ freeze: ['03-01/02-28'] }", pipeline: "{ hours: '12:00-13:00' }" },
  { environment: "{ freeze: ['2020-01-01/2040-01-01'] }", pipeline: "{ hours: '12:00-13:00' }" },
  { environment: "{ hours: '09:00-12:00' }", pipeline: "{ hours: '12:00-13:00' }" },
])('windows that are open together at some time are good: %j', (written) => {
  expect(parse(written).problems).toEqual([]);
});

it('a window of what goes on with a change need not meet that of the environment', () => {
  const text = file({ environment: "{ hours: '09:00-16:00' }" }).replace(
    '- { type: wait, for: 10s }',
    "- { type: destroyServerGroup, target: oldest_asg_dynamic, window: { hours: '22:00-23:00' } }",
  );
  expect(parseApplication({ file: 'foo.yaml', text, accounts, stageTypes: stageRegistry }).problems).toEqual([]);
});

it('a strategy goes on with what its deploy has begun, whatever the window of the environment', () => {
  const { application } = parse({ environment: '{ days: Mon }' });
  const environment = application?.environments.get('dev');
  if (application === undefined || environment === undefined) throw new Error('It is not there.');
  const pipeline: Pipeline = {
    name: 'careful',
    strategy: true,
    stages: [{ refId: '1', requisiteStageRefIds: [], type: 'deploy', name: 'Deploy', context: {} }],
  };
  const strategyRun = { location: east, cluster: 'foo-dev', description: describeCluster() };
  const [stage] = resolvePipeline(application, environment, { pipeline, strategyRun });
  expect([stage?.type, stage?.windows]).toEqual(['deploy', undefined]);
});
