import { changingTypes, foreignClusters, touchesCluster } from '../../src/definitions/touched-clusters';
import type { PipelineStage } from '../../src/model/application';
import type { StageContext } from '../../src/model/execution';
import { stages as stageTypes } from '../../src/stages';
import { createCommandBench } from '../support/command-kit';

const stage = (type: string, context: StageContext): PipelineStage => ({
  refId: '1',
  requisiteStageRefIds: [],
  type,
  name: `The ${type}`,
  context,
});

const spelledOut = { credentials: 'prod', regions: ['dc1_web'] };

/** Stages that name prod, in a pipeline that is run for dev: each field that a cluster can stand in. */
const reaching: readonly (readonly [string, StageContext])[] = [
  ['resizeServerGroup', { cluster: 'foo-prod' }],
  ['resizeServerGroup', { cluster: 'foo-prod-canary' }],
  ['shrinkCluster', { moniker: { app: 'foo', cluster: 'foo-prod' } }],
  ['destroyServerGroup', { serverGroupName: 'foo-prod-v003' }],
  ['destroyServerGroup', { asgName: 'foo-prod-v003' }],
  ['createServerGroup', { application: 'foo', stack: 'prod', freeFormDetails: 'x' }],
  ['cloneServerGroup', { source: { serverGroupName: 'foo-prod-v003' } }],
  ['cloneServerGroup', { targetCluster: 'foo-prod', target: 'current_asg' }],
  ['deploy', { clusters: [{ application: 'foo', stack: 'prod' }] }],
  ['rollbackServerGroup', { rollbackContext: { rollbackServerGroupName: 'foo-prod-v003' } }],
  ['rollbackServerGroup', { rollbackServerGroupName: 'foo-prod-v003', restoreServerGroupName: 'foo-prod-v002' }],
  ['terminateInstances', { instanceIds: ['web_foo-prod-v003.instance-1._app.1'] }],
  ['terminateInstanceAndDecrementServerGroup', { instance: 'foo-prod-v003.1' }],
];

/** Stages that name no other environment that is known, or only read it. */
const staying: readonly (readonly [string, StageContext])[] = [
  ['resizeServerGroup', { cluster: 'foo-dev' }],
  ['resizeServerGroup', { cluster: 'foo-production' }],
  ['resizeServerGroup', { cluster: 'foo-${parameters.where}' }],
  ['terminateInstances', { instanceIds: ['web_foo-dev-v003.1', 'web_my.foo-prod-v003.1'] }],
  ['findImage', { cluster: 'foo-prod' }],
  ['deploy', { strategy: 'redblack' }],
];

async function foreignOf(type: string, context: StageContext) {
  const bench = await createCommandBench();
  const definitions = bench.world.definitions();
  const application = definitions.applications.get('foo');
  const environment = application?.environments.get('dev');
  if (application === undefined || environment === undefined) throw new Error('There is no foo dev.');
  const pipeline = { name: 'reaching', stages: [stage(type, { ...spelledOut, ...context })] };
  return foreignClusters(definitions, { application, environment, pipeline });
}

describe('the clusters that a pipeline touches', () => {
  it.each(reaching)('are of another environment for %s %j', async (type, context) => {
    expect(await foreignOf(type, context)).toMatchObject([
      { application: { name: 'foo' }, environment: { name: 'prod' }, cluster: 'foo-prod', stage: `The ${type}` },
    ]);
  });

  it.each(staying)('are of no other environment for %s %j', async (type, context) => {
    expect(await foreignOf(type, context)).toEqual([]);
  });

  it.each([...reaching, ...staying])('are locked for %s %j', (type, context) => {
    expect(touchesCluster({ stages: [stage(type, { ...spelledOut, ...context })] })).toBe(true);
  });

  it.each(['wait', 'runJob', 'script', 'pipeline', 'webhook', 'manualJudgment'])('are none for %s', (type) => {
    expect(touchesCluster({ stages: [stage(type, spelledOut)] })).toBe(false);
  });

  it('are touched by every type of stage on server groups but findImage, which reads', () => {
    const needing = stageTypes.filter(({ needsPlaces }) => needsPlaces === true).map(({ type }) => type);
    const known = needing.filter((type) => type !== 'findImage');
    expect(changingTypes).toEqual(expect.arrayContaining(known));
  });
});
