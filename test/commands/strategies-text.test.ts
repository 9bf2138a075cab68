import { strategiesText } from '../../commands/support/strategies-text';
import type { StageContext } from '../../src/model/execution';
import { east } from '../dcos/builders';
import { describeCluster, west } from '../support/stage-kit';
import { groupsOf } from '../support/version-groups';

const deploy = (context: StageContext) => ({
  refId: '1',
  requisiteStageRefIds: [],
  type: 'deploy',
  name: 'Deploy',
  context,
});
const [current] = groupsOf('v000:4');
const places = [{ location: east, groups: [], current }];

describe('what the plan says of strategies', () => {
  it.each([
    ['none', '6 new, added beside what serves'],
    ['highlander', 'highlander: 6 new up and healthy, then all others are destroyed'],
    ['redblack', 'red/black: 6 new up and healthy, then the old 4 out of service and kept'],
    ['rollingredblack', 'rolling red/black: 3 of 6 new, 2 of 4 old; 6 of 6 new, 0 of 4 old'],
    ['custom', 'custom: pipeline gently deploys 6 new, and decides what becomes of the old 4'],
  ] as const)('%s', (strategy, text) => {
    const named = strategy === 'custom' ? { strategyPipeline: 'gently' } : {};
    const clusters = [describeCluster({ strategy, desiredCapacity: 6, ...named })];
    expect(strategiesText([deploy({ clusters })], places)).toBe(text);
  });

  it('is said once for places that are alike, and each where they are not', () => {
    const clusters = [describeCluster(), describeCluster({ location: west })];
    const there = { location: west, groups: [], current };
    expect(strategiesText([deploy({ clusters })], [...places, there])).not.toContain(';');
    expect(strategiesText([deploy({ clusters })], places)).toContain('the old 4 out of service and kept; ');
  });

  it('is its name where the sizes are not known yet', () => {
    const clusters = [{ strategy: 'redblack', desiredCapacity: '${parameters.size}' }];
    expect(strategiesText([deploy({ clusters })], places)).toBe('redblack');
    expect(strategiesText([deploy({ clusters: '${clusters}' })], places)).toBe('no deploy stage');
  });
});
