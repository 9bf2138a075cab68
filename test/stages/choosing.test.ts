import { imageVersion, safeRegion, type ServerGroup } from '../../src/model/server-group';
import { rollbackCandidate } from '../../src/stages/rollback-cluster';
import { locationOfRegion } from '../../src/stages/server-group/place';
import { pickTarget } from '../../src/stages/server-group/target';
import { findStrategy, strategies } from '../../src/strategies';
import { groupsOf } from '../support/version-groups';

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
  expect(strategies.map(({ name }) => name)).toEqual([
    'none',
    'highlander',
    'redblack',
    'rollingredblack',
    'canary',
    'custom',
  ]);
  expect([findStrategy('RedBlack').name, findStrategy('nosuch').name, findStrategy(undefined).name]).toEqual([
    'redblack',
    'none',
    'none',
  ]);
});
