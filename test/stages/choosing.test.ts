import { parseMoniker } from '../../src/model/moniker';
import { imageVersion, newestFirst, safeRegion, type ServerGroup } from '../../src/model/server-group';
import { chooseVictims } from '../../src/stages/cluster/victims';
import { rollbackCandidate } from '../../src/stages/rollback-cluster';
import { locationOfRegion } from '../../src/stages/server-group/place';
import { pickTarget } from '../../src/stages/server-group/target';
import { findStrategy, strategies } from '../../src/strategies';
import { east } from '../dcos/builders';

/** `v002:4` is version 2 with four instances; later versions are newer. */
function groupsOf(...words: readonly string[]): readonly ServerGroup[] {
  return words
    .map((word): ServerGroup => {
      const [version = '', size = '0'] = word.split(':');
      const name = `foo-dev-${version}`;
      const moniker = parseMoniker(name) as ServerGroup['moniker'];
      return {
        name,
        moniker,
        location: east,
        createdTime: moniker.sequence,
        desired: Number(size),
        instances: Array.from({ length: Number(size) }, (_, index) => ({
          id: String(index),
          health: 'Up',
          serving: true,
        })),
        image: 'repo/foo:1',
        marathonId: name,
        marathonVersion: '1',
        deployments: [],
        labels: {},
      };
    })
    .sort(newestFirst);
}

describe('chooseVictims', () => {
  const all = ['v000:0', 'v001:5', 'v002:2', 'v003:3'];
  it.each([
    ['disable: all but the newest enabled', all, { keep: 1, among: 'active' }, ['v002', 'v001']],
    ['disable: the largest stays', all, { keep: 1, among: 'active', preferLarger: true }, ['v003', 'v002']],
    [
      'disable: groups out of service are not counted as kept',
      ['v000:0', 'v001:2', 'v002:2'],
      { keep: 1, among: 'active' },
      ['v001'],
    ],
    [
      'disable: what was created here is the one kept',
      all,
      { keep: 1, among: 'active', createdHere: ['v003'] },
      ['v002', 'v001'],
    ],
    [
      'disable: what stood before goes, though somebody changed it meanwhile and so it is newer',
      all,
      { keep: 1, among: 'active', createdHere: ['v002'], stoodBefore: ['v003'] },
      ['v003', 'v001'],
    ],
    ['disable: what is newer than ours stays too', all, { keep: 1, among: 'active', createdHere: ['v002'] }, ['v001']],
    [
      'shrink: only those out of service',
      ['v000:0', 'v001:0', 'v002:2'],
      { keep: 1, among: 'inactive' },
      ['v001', 'v000'],
    ],
    [
      'shrink: those in service use up the number',
      ['v000:0', 'v001:0', 'v002:2'],
      { keep: 2, among: 'inactive' },
      ['v000'],
    ],
    ['shrink: active ones stay longer', ['v000:2', 'v001:0', 'v002:0'], { keep: 1, among: 'all' }, ['v002', 'v001']],
    [
      'shrink: the way back stays before newer ones',
      ['v000:0', 'v001:0', 'v002:2'],
      { keep: 2, among: 'inactive', keepFirst: ['v000'] },
      ['v001'],
    ],
    ['shrink to 0', ['v000:0', 'v001:2'], { keep: 0, among: 'all' }, ['v001', 'v000']],
    ['nothing to do', ['v000:2'], { keep: 3, among: 'all' }, []],
    ['an empty cluster', [], { keep: 1, among: 'all' }, []],
  ] as const)('%s', (_title, words, choice, victims) => {
    const names = (list: readonly string[] = []) => list.map((version) => `foo-dev-${version}`);
    const full = { preferLarger: false, ...choice };
    const { createdHere, stoodBefore, keepFirst } = { createdHere: [], stoodBefore: [], keepFirst: [], ...choice };
    const chosen = chooseVictims(groupsOf(...words), {
      ...full,
      createdHere: names(createdHere),
      stoodBefore: names(stoodBefore),
      keepFirst: names(keepFirst),
    });
    expect(chosen.map(({ name }) => name)).toEqual(names(victims));
  });
});

describe('rollbackCandidate', () => {
  it.each([
    [['v000:0', 'v001:2'], undefined, 'v001 → v000'],
    [['v000:0', 'v001:2', 'v002:0'], undefined, 'v001 → v002'],
    [['v000:0', 'v001:0', 'v002:2'], 'v000', 'v002 → v000'],
    [['v000:0', 'v001:0', 'v002:2'], 'v009', undefined],
    [['v000:2', 'v001:0'], 'v000', undefined],
    [['v001:2'], undefined, undefined],
    [['v000:0', 'v001:0'], undefined, undefined],
  ] as const)('%j named %s: %s', (words, named, expected) => {
    const found = rollbackCandidate(groupsOf(...words), named && `foo-dev-${named}`);
    const short = (group: ServerGroup) => group.name.slice('foo-dev-'.length);
    expect(found && `${short(found.rollback)} → ${short(found.restore)}`).toBe(expected);
  });
});

describe('pickTarget', () => {
  const groups = groupsOf('v000:0', 'v001:1', 'v002:0');
  it.each([
    ['current_asg_dynamic', 'v002'],
    ['ancestor_asg_dynamic', 'v001'],
    ['oldest_asg_dynamic', 'v000'],
    ['current_asg', 'v002'],
  ])('%s', (target, version) => expect(pickTarget(groups, target, 'x').name).toBe(`foo-dev-${version}`));
  it.each(['ancestor_asg_dynamic', 'oldest_asg_dynamic'])('%s needs two', (target) =>
    expect(() => pickTarget(groupsOf('v000:1'), target, 'cluster foo-dev')).toThrow(
      /cluster foo-dev: it has foo-dev-v000/,
    ),
  );
});

it('reads both spellings of a region as one place', () => {
  for (const region of ['dc1/web/eu', 'dc1_web_eu'])
    expect(safeRegion(locationOfRegion('acct', region))).toBe('dc1_web_eu');
  expect(locationOfRegion('acct', 'dc1').group).toBe('');
});

it.each([
  ['repo/foo:1.2', '1.2'],
  ['localhost:5000/foo', 'latest'],
  [`repo/foo@sha256:${'ab'.repeat(32)}`, 'abababa'],
  [undefined, 'unknown'],
])('the version of %s is %s', (image, version) => expect(imageVersion(image)).toBe(version));

it('finds strategies in any case and takes unknown ones for none', () => {
  expect(strategies.map(({ name }) => name)).toEqual(['none', 'highlander', 'redblack']);
  expect([findStrategy('RedBlack').name, findStrategy('nosuch').name, findStrategy(undefined).name]).toEqual([
    'redblack',
    'none',
    'none',
  ]);
});
