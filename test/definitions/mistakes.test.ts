import { join } from 'node:path';
import { stageRegistry } from '../../src/app';
import { loadDefinitions } from '../../src/definitions/load-definitions';
import { parseApplication } from '../../src/definitions/parse-application';

const folder = join(__dirname, '../../pipelines');
const { accounts = new Map() } = loadDefinitions({ folder, stageTypes: stageRegistry, environment: {} }).accounts;

const good = `application: foo
channel: foo-deploys
image: registry.example.com/demo/foo
environments:
  dev: { regions: [nonprod/east], instances: 1, pipeline: quick }
pipelines:
  quick: [{ type: deploy, strategy: highlander, timeout: 10m }]
`;

/** What stands there, what somebody wrote instead, where that is reported, and a part of what is said. */
type Mistake = readonly [string, string, string, string];

const mistakes: Readonly<Record<string, readonly Mistake[]>> = {
  'about the file as a whole': [
    ['application: foo\n', 'applicaton: foo\n', '1:1', "Did you mean 'application'?"],
    ['application: foo\n', '', '1:1', "'application' is missing"],
    ['application: foo\n', 'application: Foo\n', '1:14', 'Write: foo'],
    ['application: foo\n', 'application: foo_bar\n', '1:14', 'Write: foobar'],
    ['application: foo\n', 'application: 10\n', '1:14', "in quotes: '10'"],
    ['application: foo\n', 'application: [foo]\n', '1:14', 'must be text, not a list'],
    ['application: foo\n', "application: ''\n", '1:14', 'is blank'],
    ['application: foo\n', 'application: foo\nsource: x\n', '2:1', 'not supported yet'],
    ['application: foo\n', 'application: foo\ntriggers: []\n', '2:1', 'not supported yet'],
    ['application: foo\n', 'application: foo\nowner: foo-team\n', '2:8', 'must be a map'],
    ['application: foo\n', 'application: foo\nowner: { groop: foo }\n', '2:10', "Did you mean 'group'?"],
    ['application: foo\n', "application: foo\nowner: { group: '@foo' }\n", '2:17', "without '@'"],
    ['application: foo\n', 'application: foo\nowner: { email: foo }\n', '2:17', 'is not an e-mail address'],
    ['channel: foo-deploys', 'channel: Foo', '2:10', 'in lower case'],
    ['channel: foo-deploys', 'channel: foo deploys', '2:10', "without '#' and spaces"],
    ['channel: foo-deploys', 'channel: 17', '2:10', "in quotes: '17'"],
    ['channel: foo-deploys', 'channel:', '2:1', 'is empty'],
    ['image: registry.example.com/demo/foo\n', '', '1:1', "'image' is missing"],
    ['demo/foo\n', 'demo/foo@sha256:ab\n', '3:8', 'repository only'],
    ['demo/foo\n', 'demo/Foo\n', '3:8', 'is not a repository'],
    ['demo/foo\n', 'demo/foo bar\n', '3:8', 'is not a repository'],
    ['environments:', 'enviroments:', '4:1', "Did you mean 'environments'?"],
  ],
  'about an environment': [
    [
      '  dev: { regions: [nonprod/east], instances: 1, pipeline: quick }\n',
      '  {}\n',
      '5:3',
      'at least one environment',
    ],
    ['  dev: {', '  de-v: {', '5:3', 'may hold a-z and 0-9 only'],
    ['dev: { regions: [nonprod/east], instances: 1, pipeline: quick }', 'dev: quick', '5:8', 'must be a map'],
    ['regions: [nonprod/east], ', '', '5:3', "'regions' is missing"],
    ['[nonprod/east]', 'nonprod/east', '5:19', 'must be a list'],
    ['[nonprod/east]', '[]', '5:19', 'needs a region'],
    ['[nonprod/east]', '[nonprod/east, nonprod/east]', '5:34', 'stands here twice'],
    ['[nonprod/east]', '[1]', '5:20', 'account/region'],
    ['[nonprod/east]', '[east]', '5:20', "Unknown region 'east'"],
    ['instances: 1', "instances: '1'", '5:46', 'without quotes'],
    ['instances: 1', 'instances: -1', '5:46', 'from 1 to 10000'],
    ['instances: 1', 'instances: 10001', '5:46', 'from 1 to 10000'],
    ['instances: 1', 'instances: many', '5:46', 'a whole number'],
    ['pipeline: quick }', 'pipeline: [] }', '5:59', 'must be text, not a list'],
    [', pipeline: quick }', ' }', '5:3', "'pipeline' is missing"],
    ['pipeline: quick }', 'pipeline: quick, drill: {} }', '5:66', 'not supported yet'],
    ['pipeline: quick }', 'pipeline: quick, sandbox: {} }', '5:66', 'not supported yet'],
    ['pipeline: quick }', 'pipeline: quick, trafficGuard: {} }', '5:66', "'minInstances' is missing"],
    ['pipeline: quick }', 'pipeline: quick, trafficGuard: { min: 1 } }', '5:82', 'Known: minInstances'],
    ['pipeline: quick }', 'pipeline: quick, trafficGuard: { minInstances: 2 } }', '5:96', 'Write 1 or less'],
    ['pipeline: quick }', 'pipeline: quick, breakGlass: [] }', '5:78', 'nobody may break the glass'],
    ['pipeline: quick }', 'pipeline: quick, breakGlass: {} }', '5:66', "'groups' is missing"],
    ['pipelines:', 'trafficGuards: []\npipelines:', '6:16', 'every cluster is guarded'],
    ['pipelines:', 'trafficGuards: [{ stack: prod }]\npipelines:', '6:17', "'account' is missing"],
    ['pipeline: quick }', 'pipeline: quick, deployers: crew }', '5:77', 'must be a list'],
    ['pipeline: quick }', 'pipeline: quick, deployers: [Crew] }', '5:78', 'in lower case'],
    ['pipeline: quick }', 'pipeline: quick, deployers: [] }', '5:77', 'Leave it out where anyone may deploy'],
    ['pipeline: quick }', 'pipeline: quick, approvers: [] }', '5:77', 'Leave it out where anyone may decide'],
    ['pipeline: quick }', 'pipeline: quick, approvers: managers }', '5:77', 'must be a map'],
    ['pipeline: quick }', 'pipeline: quick, approvers: {} }', '5:66', "'groups' is missing"],
    ['pipeline: quick }', 'pipeline: quick, approvers: { groups: [] } }', '5:87', 'names nobody'],
    ['pipeline: quick }', 'pipeline: quick, approvers: { groups: [a], count: 0 } }', '5:99', 'from 1 to 20'],
    ['pipeline: quick }', 'pipeline: quick, approvers: { groups: [U0ANN], count: 2 } }', '5:103', 'Name more people'],
    ['pipeline: quick }', "pipeline: quick, approvers: ['ada @example.com'] }", '5:78', 'an e-mail address'],
    ['pipeline: quick }', "pipeline: quick, deployers: ['<!channel>'] }", '5:78', "a user group's handle"],
    [
      'pipeline: quick }',
      'pipeline: quick, approvers: { groups: [a], exclude: [requestor] } }',
      '5:102',
      "Did you mean 'requester'?",
    ],
    ['pipeline: quick }', "pipeline: quick, channel: '#x' }", '5:75', "without '#'"],
  ],
  'about a service': [
    ['pipeline: quick }', 'pipeline: quick, service: { cpu: 1 } }', '5:77', "Did you mean 'cpus'?"],
    ['pipeline: quick }', 'pipeline: quick, service: { cpus: 0 } }', '5:83', 'must be more than 0'],
    ['pipeline: quick }', 'pipeline: quick, service: { memoryMb: 1g } }', '5:87', 'a number without quotes'],
    ['pipeline: quick }', 'pipeline: quick, service: { ports: { http: 70000 } } }', '5:92', 'from 1 to 65535'],
    [
      'pipeline: quick }',
      'pipeline: quick, service: { ports: { HTTP: 80 } } }',
      '5:86',
      'may hold a-z, 0-9 and dashes',
    ],
    ['pipeline: quick }', 'pipeline: quick, service: { env: { A: 1 } } }', '5:87', "in quotes: '1'"],
    ['pipeline: quick }', 'pipeline: quick, service: { env: { A: { secrt: x } } } }', '5:89', "Did you mean 'secret'?"],
    ['pipeline: quick }', 'pipeline: quick, service: { healthCheck: {} } }', '5:77', "'path' is missing"],
    [
      'pipeline: quick }',
      'pipeline: quick, service: { ports: { web: 80 }, healthCheck: { path: health } } }',
      '5:118',
      'must begin with /',
    ],
    [
      'pipeline: quick }',
      'pipeline: quick, service: { ports: { web: 80 }, healthCheck: { path: /, port: http } } }',
      '5:127',
      'Known ports: web',
    ],
    [
      'pipeline: quick }',
      'pipeline: quick, service: { healthCheck: { path: / } } }',
      '5:75',
      'The service has no ports',
    ],
    [
      'pipeline: quick }',
      'pipeline: quick, service: { ports: { web: 80 }, healthCheck: { path: /, grace: 60 } } }',
      '5:128',
      'Did you mean 60s or 60m?',
    ],
    ['pipeline: quick }', 'pipeline: quick, service: { constraints: [unique] } }', '5:91', 'must read field:OPERATOR'],
    ['pipeline: quick }', 'pipeline: quick, service: { marathon: [] } }', '5:87', 'must be a map'],
    ['pipeline: quick }', 'pipeline: quick, service: { loadBalancer: {} } }', '5:77', 'not supported yet'],
  ],
  'about a pipeline': [
    ['  quick: [{ type: deploy, strategy: highlander, timeout: 10m }]', '  quick: []', '7:10', 'has no stages'],
    [
      '  quick: [{ type: deploy, strategy: highlander, timeout: 10m }]',
      '  quick: { type: deploy }',
      '7:12',
      'with that list below stages',
    ],
    ['  quick: [{ type: deploy, strategy: highlander, timeout: 10m }]', '  quick: deploy', '7:10', 'must be a list'],
    [
      '  quick: [{ type: deploy, strategy: highlander, timeout: 10m }]',
      '  quick: { stages: [{ type: deploy }], limitConcurrent: true, maxConcurrentExecutions: 2 }',
      '7:63',
      'Keep one of them',
    ],
    ['type: deploy, ', '', '7:11', "'type' is missing"],
    ['type: deploy', 'type: webhok', '7:19', "Unknown stage type 'webhok'. Did you mean 'webhook'?"],
    ['type: deploy', 'type: Deploy', '7:19', "Did you mean 'deploy'?"],
    ['strategy: highlander', 'stratgy: highlander', '7:27', "Did you mean 'strategy'?"],
    ['strategy: highlander', 'strategy: custom', '7:11', "'strategyPipeline' is missing"],
    ['strategy: highlander', 'strategy: custom, strategyPipeline: quick', '7:63', 'foo/quick is no strategy'],
    ['strategy: highlander', 'strategy: custom, strategyPipeline: quik', '7:63', "Did you mean 'quick'?"],
    ['strategy: highlander', 'strategy: redblack, strategyPipeline: quick', '7:47', 'needs strategy: custom'],
    ['strategy: highlander', 'strategy: canary', '7:11', "'canary' is missing"],
    ['strategy: highlander', 'strategy: redblack, canary: { instances: 1 }', '7:47', 'needs strategy: canary'],
    ['strategy: highlander', 'strategy: canary, canary: []', '7:53', 'needs a step'],
    ['strategy: highlander', 'strategy: canary, canary: { for: 10m }', '7:45', "'instances' is missing"],
    ['strategy: highlander', 'strategy: canary, canary: { instances: 0 }', '7:66', 'from 1 on'],
    ['strategy: highlander', 'strategy: canary, canary: { percentage: 101 }', '7:67', 'from 1 to 100'],
    ['strategy: highlander', 'strategy: canary, canary: { instances: 1, percentage: 5 }', '7:55', 'Keep one of them'],
    ['strategy: highlander', 'strategy: canary, canary: { instances: 1, for: 600 }', '7:74', 'must be a duration'],
    ['strategy: highlander', 'strategy: canary, canary: { instances: 1, expression: a == }', '7:85', 'does not work'],
    ['strategy: highlander', 'strategy: canary, canary: { instances: 1, interval: 5m }', '7:69', 'Write for: 10m'],
    ['strategy: highlander', 'strategy: canary, canary: { instances: 1, checks: [health] }', '7:78', "mean 'healthy'"],
    [
      'strategy: highlander',
      'strategy: canary, canary: { instances: 1, checks: [] }',
      '7:77',
      'names nothing to check',
    ],
    ['strategy: highlander', 'strategy: canary, canary: { instances: 1, job: smoke }', '7:74', "no job 'smoke'"],
    ['strategy: highlander', 'strategy: canary, canary: { instances: 1, judgment: maybe }', '7:79', 'true or false'],
    [
      'strategy: highlander',
      'strategy: canary, canary: [{ percentage: 20 }, { percentage: 10 }]',
      '7:74',
      'percentage 10 follows 20',
    ],
    ['strategy: highlander', 'strategy: redblack, targetPercentages: [50]', '7:47', 'needs strategy: rollingredblack'],
    ['strategy: highlander', 'strategy: rollingredblack, targetPercentages: 50', '7:73', 'must be a list'],
    ['strategy: highlander', 'strategy: rollingredblack, targetPercentages: []', '7:73', 'names no step'],
    ['strategy: highlander', 'strategy: rollingredblack, targetPercentages: [0, 50]', '7:74', 'from 1 to 100'],
    ['strategy: highlander', 'strategy: rollingredblack, targetPercentages: [50, 25]', '7:78', '25 follows 50'],
    [
      'strategy: highlander',
      'strategy: rollingredblack, pipelineBeforeCleanup: { application: foo }',
      '7:54',
      "'pipelineId' is missing",
    ],
    ['strategy: highlander', 'strategy: rollingredblack, judgmentBeforeCleanup: 1', '7:77', 'true or false'],
    ['strategy: highlander', 'strategy: redblack, waitBetweenRegions: 10', '7:67', 'Did you mean 10s or 10m?'],
    [
      'strategy: highlander',
      'strategy: redblack, waitBetweenRegions: 10m, waitTimeBetweenRegions: 600',
      '7:72',
      'two spellings of one field',
    ],
    ['strategy: highlander', 'strategy: redblack, oneByOne: yes please', '7:57', 'true or false'],
    [
      '[{ type: deploy, strategy: highlander, timeout: 10m }]',
      '[{ type: deploy }, { type: verify }]',
      '7:29',
      "'for' is missing",
    ],
    [
      '[{ type: deploy, strategy: highlander, timeout: 10m }]',
      '[{ type: deploy }, { type: verify, for: 10 }]',
      '7:50',
      'Did you mean 10s or 10m?',
    ],
    [
      '[{ type: deploy, strategy: highlander, timeout: 10m }]',
      '[{ type: deploy }, { type: verify, for: 10m, checks: [restarts] }]',
      '7:64',
      'cannot be',
    ],
    [
      '[{ type: deploy, strategy: highlander, timeout: 10m }]',
      '[{ type: deploy }, { type: verify, for: 10m, onFailure: retry }]',
      '7:66',
      "cannot be 'retry'",
    ],
    [
      '[{ type: deploy, strategy: highlander, timeout: 10m }]',
      '[{ type: deploy }, { type: verify, for: 10m, regions: [nonprod/wst] }]',
      '7:65',
      "Did you mean 'nonprod/west'?",
    ],
    ['strategy: highlander', 'strategy: [none]', '7:37', 'must be one of none, highlander, redblack'],
    ['strategy: highlander', 'strategy: redblack, maxRemainingAsgs: 1', '7:65', 'from 2 on'],
    ['strategy: highlander', 'strategy: highlander, scaleDown: true', '7:49', 'needs strategy: redblack'],
    ['strategy: highlander', 'strategy: redblack, scaleDown: yep', '7:58', 'true or false'],
    ['strategy: highlander', 'strategy: redblack, onFailure: retry', '7:58', "cannot be 'retry'"],
    [
      'strategy: highlander',
      'strategy: redblack, onFailure: rollback, rollback: { onFailure: true }',
      '7:68',
      'onFailure',
    ],
    ['strategy: highlander', 'strategy: highlander, keepFailed: 0', '7:61', 'must be a duration'],
    ['strategy: highlander', 'strategy: highlander, keepFailed: 1h30m', '7:61', 'one number, one unit'],
    ['strategy: highlander', 'strategy: highlander, keepWarm: 2h', '7:49', 'not supported yet'],
    ['strategy: highlander', 'regions: [nonprod/wst]', '7:37', "Did you mean 'nonprod/west'?"],
    ['strategy: highlander', 'clusters: [], strategy: none', '7:41', "stands inside 'clusters'"],
    ['timeout: 10m', 'timeout: 10 min', '7:58', 'must be a duration'],
    ['timeout: 10m', 'timeout: 10m, stageTimeoutMs: 5', '7:63', 'stageTimeoutMs'],
    ['timeout: 10m', 'timeout: 10m, after: [nosuch]', '7:71', "No stage is called 'nosuch'"],
    ['timeout: 10m', 'timeout: 10m, after: [Deploy]', '7:70', 'Break the circle'],
    ['timeout: 10m', 'timeout: 10m, failPipeline: no thanks', '7:77', 'true or false'],
    ['timeout: 10m }]', 'timeout: 10m }, { type: wait }]', '7:65', "'for' is missing"],
    ['timeout: 10m }]', 'timeout: 10m }, { type: wait, for: 5 }]', '7:84', 'Did you mean 5s or 5m?'],
    ['timeout: 10m }]', 'timeout: 10m }, { type: wait, for: 5s, waitTime: 5 }]', '7:88', 'waitTime'],
    ['timeout: 10m }]', 'timeout: 10m }, { type: wait, waitTime: soon }]', '7:89', 'a whole number'],
    ['timeout: 10m }]', 'timeout: 10m }, { type: manualJudgment, onReject: undo }]', '7:99', "cannot be 'undo'"],
    ['timeout: 10m }]', 'timeout: 10m }, { type: webhook }]', '7:65', 'url: '],
    [
      'timeout: 10m }]',
      "timeout: 10m }, { type: webhook, url: 'https://a.example.com', method: TRACE }]",
      '7:120',
      'method: ',
    ],
    [
      'timeout: 10m }]',
      "timeout: 10m }, { type: webhook, url: 'https://a.example.com', statusJsonPath: '$.a[' }]",
      '7:128',
      'is no JSONPath',
    ],
    [
      'timeout: 10m }]',
      "timeout: 10m }, { type: webhook, url: 'https://a.example.com', monitorOnly: true }]",
      '7:125',
      'needs waitForCompletion: true',
    ],
    [
      'timeout: 10m }]',
      "timeout: 10m }, { type: webhook, url: 'https://a.example.com', customHeaders: { A: { env: SLACK_BOT_TOKEN } } }]",
      '7:127',
      'must name a variable that begins with WEBHOOK_SECRET_',
    ],
    [
      'timeout: 10m }]',
      "timeout: 10m }, { type: webhook, url: 'https://a.example.com', customHeaders: { Host: x } }]",
      '7:127',
      'is a header that is set by itself',
    ],
    [
      'timeout: 10m }]',
      "timeout: 10m }, { type: manualJudgment, instructions: 'Keep ${image.tga}?' }]",
      '7:111',
      "Did you mean 'image.tag'?",
    ],
    [
      'timeout: 10m }]',
      'timeout: 10m }, { type: manualJudgment, judgmentInputs: [{ valu: a }] }]',
      '7:108',
      "Did you mean 'value'?",
    ],
    [
      'timeout: 10m }]',
      'timeout: 10m }, { name: Deploy, type: wait, for: 1s }, { type: wait, for: 1s, after: Deploy }]',
      '7:134',
      "Two stages are called 'Deploy'",
    ],
  ],
  'about notify': [
    ['timeout: 10m }]', 'timeout: 10m }]\nnotify: { channel: [fialed] }', '8:21', "Did you mean 'failed'?"],
    ['timeout: 10m }]', 'timeout: 10m }]\nnotify: { requester: failed }', '8:22', 'must be a list'],
    ['timeout: 10m }]', 'timeout: 10m }]\nnotify: { people: [] }', '8:11', 'Unknown'],
  ],
};

it('reads the example that the mistakes are made in', () => {
  const parsed = parseApplication({ file: 'foo.yaml', text: good, accounts, stageTypes: stageRegistry });
  expect(parsed.problems).toEqual([]);
});

describe.each(Object.entries(mistakes))('a mistake %s', (_about, rows) => {
  it.each(rows)('%j written as %j is told at %s', (from, to, place, fragment) => {
    expect(good).toContain(from);
    const text = good.replace(from, to);
    const parsed = parseApplication({ file: 'foo.yaml', text, accounts, stageTypes: stageRegistry });
    expect(parsed.application).toBeUndefined();
    const said = parsed.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
    expect(said).toContainEqual(expect.stringContaining(fragment));
    expect(said.find((problem) => problem.includes(fragment))).toMatch(new RegExp(`^${place} `));
  });
});
