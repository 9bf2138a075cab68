import { objectionTo, watchGroup } from '../../../src/stages/verify/watch';
import type { Instance, ServerGroup } from '../../../src/model/server-group';
import { east } from '../../dcos/builders';

const up = (id: string, launchTime?: number): Instance => ({
  id,
  health: launchTime === undefined ? 'Unknown' : 'Up',
  serving: launchTime !== undefined,
  ...(launchTime === undefined ? {} : { launchTime }),
});
const groupOf = (...instances: readonly Instance[]): ServerGroup => ({
  name: 'foo-dev-v001',
  moniker: { app: 'foo', stack: 'dev', detail: null, cluster: 'foo-dev', sequence: 1 },
  location: east,
  createdTime: 0,
  desired: 2,
  instances,
  image: undefined,
  marathonId: '/nonprod/east/foo-dev-v001',
  marathonVersion: '1',
  deployments: [],
  labels: {},
});

it('counts an instance as lost whose replacement is staged and has not started', () => {
  const rules = { checks: ['noRestarts'], toleranceMs: 0 } as const;
  const whole = watchGroup(undefined, groupOf(up('a', 1000), up('b', 2000)), 5000);
  expect(objectionTo(whole, rules, 5000)).toBeUndefined();
  const staged = watchGroup(whole, groupOf(up('a', 1000), up('c')), 6000);
  expect(objectionTo(staged, rules, 6000)).toBe('lost 1 of 2 instances');
});
