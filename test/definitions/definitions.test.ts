import { join } from 'node:path';
import fc from 'fast-check';
import { z } from 'zod';
import { loadDefinitions } from '../../src/definitions/load-definitions';
import { parseAccounts } from '../../src/definitions/parse-accounts';
import { parseApplication } from '../../src/definitions/parse-application';
import { resolvePipeline } from '../../src/definitions/resolve-pipeline';

const types = ['deploy', 'manualJudgment', 'wait'];
const stageTypes = {
  types,
  find: (type: string) => (types.includes(type) ? { config: z.looseObject({}) } : undefined),
};
const folder = join(__dirname, '../../pipelines');
const loaded = loadDefinitions({ folder, stageTypes, environment: {} });
const { accounts = new Map() } = loaded.accounts;

const good = `application: foo
channel: foo-deploys
image: registry.example.com/demo/foo
environments:
  dev: { regions: [nonprod/east], instances: 1, pipeline: quick }
pipelines:
  quick: [{ type: deploy, strategy: highlander, timeout: 10m }]
`;
const parse = (text: string) => parseApplication({ file: 'foo.yaml', text, accounts, stageTypes });

const mistakes: readonly (readonly [string, string, string, string])[] = [
  ['foo\n', 'foo-bar\n', '1:14', 'Write: foobar'],
  ['foo-deploys', '#foo', '2:1', '# begins a comment'],
  ['demo/foo', 'demo/foo:1.1', '3:8', 'repository only'],
  ['registry.example.com/demo/foo', '1.10', '3:8', "quotes: '1.10'"],
  ['nonprod/east', 'nonprod/eest', '5:20', "Did you mean 'nonprod/east'?"],
  ['instances: 1', 'instances: 0', '5:46', 'from 1 to 10000'],
  ['instances: 1', 'instances: 1.5', '5:46', 'from 1 to 10000'],
  ['pipeline: quick', 'pipeline: quik', '5:59', "Did you mean 'quick'?"],
  ['instances: 1, ', '', '5:3', "'instances' is missing"],
  ['instances: 1', 'instancs: 1', '5:35', "Did you mean 'instances'?"],
  ['pipeline: quick', 'pipeline: quick, drill: {}', '5:66', 'not supported yet'],
  ['type: deploy', 'type: deplyo', '7:19', "Did you mean 'deploy'?"],
  ['10m', '10', '7:58', 'Did you mean 10s or 10m?'],
  ['highlander', 'higlander', '7:37', "Did you mean 'highlander'?"],
  ['timeout: 10m', 'onFailure: rollback', '7:60', 'Use strategy: redblack'],
  ['channel: foo-deploys', '\tchannel: foo', '2:1', 'tabs'],
  ['channel: foo-deploys', 'application: foo', '2:1', 'twice'],
  ['foo-deploys', '@foo', '2:10', "without '@'"],
  ['pipeline: quick', 'pipeline: quick, approvers: []', '5:77', 'Leave it out where anyone may decide'],
  ['pipeline: quick', 'pipeline: quick, approvers: { groups: [] }', '5:87', 'or name a group: [release-managers]'],
  ['pipeline: quick', 'pipeline: quick, deployers: []', '5:77', 'Leave it out where anyone may deploy'],
];

describe('parseApplication', () => {
  it('reads the example that the mistakes are made in', () => expect(parse(good).problems).toEqual([]));

  it.each(mistakes)('explains %j written as %j', (from, to, place, fragment) => {
    expect(good).toContain(from);
    const { application, problems } = parse(good.replace(from, to));
    expect(application).toBeUndefined();
    const found = problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
    expect(found).toContainEqual(expect.stringContaining(fragment));
    expect(found.find((line) => line.includes(fragment))).toMatch(new RegExp(`^${place} `));
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.nat(good.length), fc.nat(9), fc.string(), (at, length, text) => {
        parse(good.slice(0, at) + text + good.slice(at + length));
        parseAccounts({ file: 'accounts.yaml', text });
      }),
    );
  });
});

describe('the shipped definitions', () => {
  it('load without problems', () => {
    expect(loaded.problems).toEqual([]);
    expect([...loaded.definitions.applications.keys()]).toEqual(['foo', 'shop']);
  });

  it('resolve to one description per chosen region and rewire around a dropped deployment', () => {
    const shop = loaded.definitions.applications.get('shop')!;
    const live = shop.environments.get('live')!;
    const west = live.locations.slice(1);
    const stages = resolvePipeline(shop, live, { image: 'registry.example.com/demo/shop:1.1', locations: west });
    expect(stages.map(({ name, refId, requisiteStageRefIds }) => [name, refId, requisiteStageRefIds])).toEqual([
      ['settle', '1', []],
      ['west', '2', ['1']],
      ['keep it', '3', ['1']],
    ]);
    expect(stages[1]!.context.clusters).toMatchObject([{ region: 'lab_west', desiredCapacity: 3, mem: 512 }]);
    expect(stages[2]!.context.instructions).toBe('Keep ${image.tag}?');
  });
});
