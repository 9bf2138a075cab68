import { isGuardedBy, type TrafficGuardRule } from '../../src/model/traffic-guard';
import { leastLeft, servingPromise } from '../../src/model/serving-promise';
import { east } from '../dcos/builders';
import { applicationOf } from '../support/child-kit';

const rule = (over: Partial<TrafficGuardRule> = {}): TrafficGuardRule => ({
  enabled: true,
  account: '*',
  location: '*',
  stack: '*',
  detail: '*',
  ...over,
});
const bare = { stack: null, detail: null };
const prod = { stack: 'prod', detail: null };
const canary = { stack: 'prod', detail: 'canary' };

describe('which clusters the rules of an application guard', () => {
  it.each([
    ['all stars match a cluster of the application alone', rule(), bare, true],
    ['all stars match every part', rule(), canary, true],
    ['one that is not enabled matches nothing', rule({ enabled: false }), prod, false],
    ['the account is exact', rule({ account: 'nonprod' }), prod, true],
    ['another account', rule({ account: 'prod' }), prod, false],
    ['no account matches nothing', rule({ account: null }), prod, false],
    ['the region in its safe form', rule({ location: 'np1_east' }), prod, true],
    ['the region as the team calls it', rule({ location: 'east' }), prod, true],
    ['another region', rule({ location: 'np1_west' }), prod, false],
    ['no region matches nothing', rule({ location: null }), prod, false],
    ['the stack is exact', rule({ stack: 'prod' }), prod, true],
    ['another stack', rule({ stack: 'dev' }), prod, false],
    ['no stack matches clusters without one', rule({ stack: null }), bare, true],
    ['no stack leaves those with one', rule({ stack: null }), prod, false],
    ['a blank stack is none', rule({ stack: ' ' }), bare, true],
    ['any stack is none too', rule({ stack: '*' }), bare, true],
    ['the detail is exact', rule({ detail: 'canary' }), canary, true],
    ['another detail', rule({ detail: 'blue' }), canary, false],
    ['no detail matches clusters without one', rule({ detail: null }), prod, true],
    ['no detail leaves those with one', rule({ detail: null }), canary, false],
    ['any detail is none too', rule({ detail: '*' }), prod, true],
  ] as const)('%s', (_title, one, moniker, guarded) => {
    expect(isGuardedBy([one], moniker, east)).toBe(guarded);
  });

  it('has no order: any of them guards', () => {
    const rules = [rule({ enabled: false }), rule({ account: 'prod' }), rule({ stack: 'prod' })];
    expect(isGuardedBy(rules, prod, east)).toBe(true);
    expect(isGuardedBy([...rules].reverse(), prod, east)).toBe(true);
    expect(isGuardedBy([], prod, east)).toBe(false);
  });
});

describe('what the files promise of a cluster', () => {
  const [name, foo] = applicationOf('foo', { main: [] }, { trafficGuard: { minInstances: 2 } });
  const guards = [rule({ stack: 'dev', detail: '*' })];
  const [, shop] = applicationOf('shop', { main: [] });
  const applications = new Map([
    [name, { ...foo, trafficGuards: [rule({ stack: 'other' })] }],
    ['shop', { ...shop, trafficGuards: guards }],
    ['bare', shop],
  ]);

  it.each([
    ['foo-dev', { isGuarded: true, minInstances: 2 }],
    ['foo-dev-canary', { isGuarded: false }],
    ['shop-dev', { isGuarded: true }],
    ['shop-dev-canary', { isGuarded: true }],
    ['shop-staging', { isGuarded: false }],
    ['bare-anything', { isGuarded: true }],
    ['unknown-dev', { isGuarded: true }],
    ['~', { isGuarded: true }],
  ])('%s', (cluster, promise) => {
    expect(servingPromise({ applications }, cluster, east)).toEqual(promise);
  });

  it.each([
    [{ isGuarded: true }, {}, 1],
    [{ isGuarded: true }, { keeping: 3 }, undefined],
    [{ isGuarded: true }, { keeping: 3, minimumServing: 4 }, 4],
    [{ isGuarded: true, minInstances: 5 }, { keeping: 3, minimumServing: 4 }, 5],
    [{ isGuarded: true, minInstances: 2 }, { keeping: 3 }, 2],
    [{ isGuarded: true, minInstances: 2 }, { minimumServing: 4 }, 4],
    [{ isGuarded: false }, {}, undefined],
    [{ isGuarded: false }, { minimumServing: 4 }, 4],
  ])('%j asks of a step with %j that so many are left: %s', (promise, step, least) => {
    expect(leastLeft(promise, step)).toBe(least);
  });
});
