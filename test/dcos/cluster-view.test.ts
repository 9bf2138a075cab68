import { createClusterView } from '../../src/dcos/cluster-view';
import { east, readApp } from './builders';

const at = (id: string, lastConfigChangeAt: string, over: Readonly<Record<string, unknown>> = {}) =>
  readApp({ id, versionInfo: { lastConfigChangeAt }, ...over });
const view = createClusterView([
  at('/nonprod/east/foo-dev-v001', '2026-01-05T10:00:00Z', {
    lastTaskFailure: { state: 'TASK_FAILED', host: 'a1', message: 'exit 1' },
  }),
  at('/nonprod/east/foo-dev-v002', '2026-01-05T12:00:00Z'),
  at('/nonprod/east/foo-dev-blue-v003', '2026-01-05T13:00:00Z'),
  at('/nonprod/east/foo', '2026-01-05T09:00:00Z', { instances: 3 }),
  at('/nonprod/east/foo-prod', '2026-01-05T09:00:00Z', { labels: { SPINNAKER_LOAD_BALANCER: 'x' } }),
  at('/nonprod/east/foobar', '2026-01-05T09:00:00Z'),
  at('/nonprod/foo-dev-v009', '2026-01-05T14:00:00Z'),
  at('/top', '2026-01-05T14:00:00Z'),
]);
const names = (groups: readonly { readonly name: string }[]) => groups.map(({ name }) => name);

describe('createClusterView', () => {
  it('shows the groups of one cluster in one place, newest first', () => {
    expect(names(view.groups(east, 'foo-dev'))).toEqual(['foo-dev-v002', 'foo-dev-v001']);
    expect(names(view.groups(east, 'foo-dev-blue'))).toEqual(['foo-dev-blue-v003']);
    expect(names(view.groups({ ...east, group: '' }, 'foo-dev'))).toEqual(['foo-dev-v009']);
    expect(view.groups({ ...east, account: 'prod' }, 'foo-dev')).toEqual([]);
  });

  it('finds a group and the last failure of its tasks', () => {
    expect(view.group(east, 'foo-dev-v002')?.location).toEqual(east);
    expect(view.group(east, 'foo-dev-v009')).toBeUndefined();
    expect(view.lastFailure(east, 'foo-dev-v001')).toBe('TASK_FAILED on a1: exit 1');
    expect(view.lastFailure(east, 'foo-dev-v002')).toBeUndefined();
  });

  it.each<[string, { readonly timestamp?: string; readonly instances?: number }, boolean]>([
    ['three weeks before it was enabled', { timestamp: '2025-12-15T10:00:00Z' }, false],
    ['a minute before its last change', { timestamp: '2026-01-05T09:59:00Z' }, true],
    ['after its last change', { timestamp: '2026-01-05T10:00:01Z' }, true],
    ['three weeks before it was scaled to 0', { timestamp: '2025-12-15T10:00:00Z', instances: 0 }, true],
    ['at an unknown time', {}, true],
  ])('tells of a failure %s: %j, %s', (_when, { timestamp, instances = 4 }, isTold) => {
    const app = readApp({ instances, lastTaskFailure: { state: 'TASK_FAILED', message: 'exit 1', timestamp } });
    const seen = createClusterView([app]);
    expect(seen.isAiling(east, 'foo-dev-v001')).toBe(isTold);
    expect(seen.lastFailure(east, 'foo-dev-v001') !== undefined).toBe(isTold);
  });

  it('calls a group ailing whose health check fails now, whatever was before', () => {
    const lastTaskFailure = { state: 'TASK_FAILED', timestamp: '2025-12-15T10:00:00Z' };
    const sick = { id: 't', state: 'TASK_RUNNING', healthCheckResults: [{ alive: false }] };
    const seen = createClusterView([readApp({ lastTaskFailure, tasks: [sick] })]);
    expect(seen.isAiling(east, 'foo-dev-v001')).toBe(true);
  });

  it('calls a place what the team calls it', () =>
    expect(view.group({ ...east, region: 'near' }, 'foo-dev-v002')?.location.region).toBe('near'));

  it("lists an application's apps without a version, and no load balancer", () => {
    expect(view.unmanaged(east, 'foo')).toMatchObject([{ name: 'foo', desired: 3 }]);
  });

  it('refuses a place that DC/OS cannot have', () =>
    expect(() => view.groups({ ...east, group: 'a_b' }, 'foo-dev')).toThrow(/a_b/));
});
