import { changesForward, heldByWindows } from '../../src/definitions/held-by-windows';
import type { PipelineStage } from '../../src/model/application';
import { east } from '../dcos/builders';
import { windowOf } from '../support/draw-window';

const environment = { name: 'prod', window: windowOf("{ hours: '09:00-16:00' }", 'UTC') };
const inEast = { cluster: 'foo-prod', locations: [east] };

const stageOf = (refId: string, fields: Partial<PipelineStage> = {}): PipelineStage => ({
  refId,
  requisiteStageRefIds: refId === '1' ? [] : ['1'],
  type: 'resizeServerGroup',
  name: refId,
  context: inEast,
  ...fields,
});

/** What must have begun for the window of the environment to let a second stage go on; undefined: nothing lets it. */
function unlessBegun(first: Partial<PipelineStage>, second: Partial<PipelineStage>) {
  const stages = [stageOf('1', first), stageOf('2', second)];
  const { windows = [] } = heldByWindows(stageOf('2', second), { environment }, stages);
  expect(windows).toHaveLength(1);
  return windows[0]?.unlessBegun;
}

describe('the window of an environment', () => {
  it('lets go on what an earlier stage has begun in the same place', () => {
    expect(unlessBegun({}, {})).toEqual([['1']]);
  });

  it.each([
    ['of a stage that does not say what it changes', {}, { context: {} }],
    [
      'of a cluster that only an expression names',
      { context: { ...inEast, cluster: 'foo-${x}' } },
      { context: { ...inEast, cluster: 'foo-${x}' } },
    ],
    ['after a stage that only brings back', { type: 'rollbackCluster' }, {}],
    ['after a stage that changes nothing', { type: 'wait' }, {}],
  ])('holds back the change %s', (_which, first, second) => {
    expect(unlessBegun(first, second)).toBeUndefined();
  });

  it('holds back neither way back', () => {
    expect(['rollbackCluster', 'rollbackServerGroup', 'deploy'].map((type) => changesForward({ type }))).toEqual([
      false,
      false,
      true,
    ]);
  });
});
