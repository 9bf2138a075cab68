import { stageRegistry } from '../../src/app';
import { loadDefinitions } from '../../src/definitions/load-definitions';
import { parseApplication } from '../../src/definitions/parse-application';
import { join } from 'node:path';

const folder = join(__dirname, '../../pipelines');
const { accounts = new Map() } = loadDefinitions({ folder, stageTypes: stageRegistry, environment: {} }).accounts;

function parse(own: string | undefined, ofFile?: string) {
  const text = [
    'application: foo',
    'channel: foo-deploys',
    'image: registry.example.com/demo/foo',
    ...(ofFile === undefined ? [] : [`chaos: ${ofFile}`]),
    'environments:',
    `  dev: { regions: [nonprod/east], instances: 1, pipeline: quick${own === undefined ? '' : `, chaos: ${own}`} }`,
    'pipelines:',
    '  quick: [{ type: deploy, strategy: highlander }]',
    '',
  ].join('\n');
  const { application, problems } = parseApplication({ file: 'foo.yaml', text, accounts, stageTypes: stageRegistry });
  return {
    chaos: application?.environments.get('dev')?.chaos,
    problems: problems.map(({ message }) => message),
  };
}

const whole = 'enabled: true, meanDays: 3, minDays: 0, groupBy: app';

describe('chaos of a file', () => {
  it('is nothing where nothing is said of it', () => expect(parse(undefined)).toEqual({ problems: [] }));

  it('has the defaults of Spinnaker', () => {
    expect(parse('{}').chaos).toEqual({
      enabled: false,
      confirm: false,
      meanTimeBetweenKillsInWorkDays: 2,
      minTimeBetweenKillsInWorkDays: 1,
      grouping: 'cluster',
      regionsAreIndependent: true,
      exceptions: [],
    });
  });

  it('is read in our spelling and in that of Spinnaker', () => {
    const ours = parse(`{ ${whole}, confirm: true }`).chaos;
    expect(ours).toMatchObject({
      enabled: true,
      confirm: true,
      meanTimeBetweenKillsInWorkDays: 3,
      minTimeBetweenKillsInWorkDays: 0,
      grouping: 'app',
    });
    const spinnakers =
      '{"enabled":true,"meanTimeBetweenKillsInWorkDays":3,"minTimeBetweenKillsInWorkDays":0,"grouping":"app","regionsAreIndependent":true,"exceptions":[{"account":"prod","region":"*","stack":"","detail":"*"}]}';
    expect(parse(spinnakers).chaos).toEqual({
      ...ours,
      confirm: false,
      exceptions: [{ account: 'prod', region: '*', stack: '', detail: '*' }],
    });
  });

  it('takes of the file what the environment does not say', () => {
    const { chaos } = parse('{ meanDays: 5 }', `{ ${whole} }`);
    expect(chaos).toMatchObject({ enabled: true, meanTimeBetweenKillsInWorkDays: 5, grouping: 'app' });
    expect(parse(undefined, `{ ${whole} }`).chaos?.enabled).toBe(true);
  });

  it.each([
    ['{ enabled: true, minDays: 1, groupBy: cluster }', "enabled without 'meanDays'"],
    ['{ enabled: true, meanDays: 1, groupBy: cluster }', "enabled without 'minDays'"],
    ['{ enabled: true, meanDays: 1, minDays: 1 }', "enabled without 'groupBy'"],
    ['{ meanDays: 0 }', 'must be a whole number from 1 to 365, not 0'],
    ['{ minDays: -1 }', 'must be a whole number from 0 to 365, not -1'],
    ['{ groupBy: region }', "cannot be 'region'"],
    ['{ groupBy: app, grouping: app }', 'two spellings of one field'],
    ["{ exceptions: [{ region: '*' }] }", "'account' is missing"],
    ['{ exceptions: [{ account: prod }] }', "'region' is missing"],
    ['{ exceptions: [{ account: prod, region: east, cluster: foo }] }', "Unknown key 'cluster'"],
    ['{ enable: true }', "Unknown key 'enable'. Did you mean 'enabled'?"],
  ])('refuses %s', (text, message) => {
    expect(parse(text).problems).toEqual([expect.stringContaining(message)]);
  });

  it('reads a whitelist, which keeps everything alive', () => {
    expect(parse(`{ ${whole}, whitelist: [] }`).chaos).toMatchObject({ enabled: true, hasWhitelist: true });
  });
});
