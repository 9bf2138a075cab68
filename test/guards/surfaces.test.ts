import { failureOf } from '../../src/engine/failure-of';
import type { Application } from '../../src/model/application';
import { east } from '../dcos/builders';
import { applicationOf, parentOf, runs } from '../support/child-kit';
import { buildPipeline } from '../support/engine-kit';
import { createStageBench } from '../support/stage-kit';

const place = { location: east, cluster: 'foo-dev' };
const named = { ...place, serverGroupName: 'foo-dev-v000' };
const wide = { cluster: 'foo-dev', locations: [east] };
const all = ['foo-dev-v000.0', 'foo-dev-v000.1', 'foo-dev-v000.2', 'foo-dev-v000.3'];

/** One group of four serves; an old one is out of service. */
function bench(application: Partial<Application> = {}, environment: Parameters<typeof applicationOf>[2] = {}) {
  const [name, foo] = applicationOf('foo', { child: [] }, environment);
  const made = createStageBench(undefined, new Map([[name, { ...foo, ...application }]]));
  made.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 4 });
  return made;
}

const last = [
  ['disableServerGroup', named, 'Disabling foo-dev-v000'],
  ['destroyServerGroup', named, 'Disabling foo-dev-v000'],
  ['destroyServerGroup', { ...named, skipDisableBeforeDestroy: true }, 'Destroying foo-dev-v000'],
  ['resizeServerGroup', { ...named, capacity: { desired: 0 } }, 'Removal of all instances in foo-dev-v000'],
  ['disableCluster', { ...wide, remainingEnabledServerGroups: 0 }, 'Disabling foo-dev-v000'],
  ['scaleDownCluster', { ...wide, remainingFullSizeServerGroups: 0, allowScaleDownActive: true }, 'Removal of all'],
  ['shrinkCluster', { ...wide, shrinkToSize: 0, allowDeleteActive: true }, 'Disabling foo-dev-v000'],
  ['terminateInstances', { location: east, instanceIds: all }, 'Terminating the requested instance(s) in foo-dev-v000'],
  ['terminateInstanceAndDecrementServerGroup', { location: east, instanceIds: all }, 'Terminating the requested'],
] as const;

describe('the last that serves', () => {
  it.each(last)('is not taken out by %s with %j', async (type, context, begins) => {
    const made = bench();
    const done = await made.run(buildPipeline([{ ref: '1', type, context }]));
    expect(failureOf(done)).toMatchObject({ code: 'TRAFFIC_GUARD' });
    expect(failureOf(done)?.message).toContain(begins);
    expect(failureOf(done)?.message).toContain('foo-dev in nonprod/east with 0 of 4 healthy instances');
    expect(made.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×4']);
  });

  it.each(last)('goes where its application guards other clusters: %s with %j', async (type, context) => {
    const trafficGuards = [{ enabled: true, account: '*', location: '*', stack: 'prod', detail: null }];
    const made = bench({ trafficGuards });
    expect((await made.run(buildPipeline([{ ref: '1', type, context }]))).status).toBe('SUCCEEDED');
  });

  it('is not taken out by a pipeline that another runs', async () => {
    const child = [{ ref: '1', type: 'disableServerGroup', context: named }];
    const [name, foo] = applicationOf('foo', { child });
    const made = createStageBench(undefined, new Map([[name, foo]]));
    made.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 4 });
    const done = await made.run(parentOf([runs()]));
    expect(done.status).toBe('TERMINAL');
    expect(made.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×4']);
  });
});

describe('the instances that an environment promises', () => {
  const trafficGuard = { minInstances: 4 };

  it.each(last)('are not taken out by %s with %j', async (type, context) => {
    const made = bench({}, { trafficGuard });
    made.serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 3 });
    const spared = 'remainingEnabledServerGroups' in context || 'shrinkToSize' in context || 'locations' in context;
    const only = spared ? { ...context, remainingEnabledServerGroups: 1, shrinkToSize: 1 } : context;
    const kept = { ...only, remainingFullSizeServerGroups: 1 };
    const done = await made.run(buildPipeline([{ ref: '1', type, context: kept }]));
    expect(failureOf(done)?.message).toContain('with 3 of 7 healthy instances, fewer than the 4 that must serve.');
    expect(made.serverGroups.sizes(east)).toEqual(['foo-dev-v000 ×4', 'foo-dev-v001 ×3']);
  });

  it.each([
    [3, 'TERMINAL', 'A size of 3 of foo-dev-v000 would leave cluster foo-dev in nonprod/east with 3 of 6 healthy'],
    [4, 'SUCCEEDED', undefined],
  ] as const)('bound a resize to %s', async (desired, status, begins) => {
    const made = createStageBench(undefined, new Map([applicationOf('foo', {}, { trafficGuard })]));
    made.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 6 });
    const done = await made.run(
      buildPipeline([{ ref: '1', type: 'resizeServerGroup', context: { ...named, capacity: { desired } } }]),
    );
    expect(done.status).toBe(status);
    if (begins === undefined) expect(failureOf(done)).toBeUndefined();
    else expect(failureOf(done)?.message).toContain(begins);
  });

  it('leave a cluster alone that serves fewer, where nothing that serves goes', async () => {
    const made = bench({}, { trafficGuard: { minInstances: 9 } });
    made.serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 0 });
    const context = { ...place, serverGroupName: 'foo-dev-v001' };
    expect((await made.run(buildPipeline([{ ref: '1', type: 'destroyServerGroup', context }]))).status).toBe(
      'SUCCEEDED',
    );
  });
});
