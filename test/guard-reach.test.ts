import { peopleKind } from '../src/engine/document-kinds';
import { failureOf } from '../src/engine/failure-of';
import { east } from './dcos/builders';
import { applicationOf, parentOf } from './support/child-kit';
import { createStageBench } from './support/stage-kit';

const policy = { deployers: ['crew'], approvers: { groups: [], count: 1, excludeRequester: false } };

/** Runs a stage that disables a cluster, in an execution of `foo` for dev; only the crew may change `shop`. */
async function run(cluster: string, user: string) {
  const bench = createStageBench(
    undefined,
    new Map([applicationOf('foo', { main: [] }), applicationOf('shop', { main: [] }, { policy })]),
  );
  await bench.store.create(peopleKind, 'T1', { schema: 1, teamId: 'T1', readAt: 0, groups: { crew: ['UANN'] } });
  const context = { cluster, locations: [east], continueIfClusterNotFound: true };
  const execution = parentOf([{ ref: '1', type: 'disableCluster', name: 'Take it out', context }]);
  return bench.run({ ...execution, trigger: { ...execution.trigger, user } });
}

describe('a stage that changes the cluster of another environment', () => {
  it.each(['shop-dev', "${'shop-' + environment}", "${'shop-dev-canary'}"])(
    'fails before it acts where whoever asked may not change that: %s',
    async (cluster) => {
      const done = await run(cluster, 'U0ALICE');
      expect(failureOf(done)).toMatchObject({ code: 'NOT_ALLOWED' });
      expect(failureOf(done)?.message).toBe(
        "@U0ALICE, who asked for 'Deploy foo 2.0 to dev', may not change shop dev: only @crew may. Ask one of them. Stage 'Take it out' names shop-dev.",
      );
    },
  );

  it.each([
    ["${'shop-' + environment}", 'UANN'],
    ["${'foo-' + environment}", 'U0ALICE'],
    ["${'foo-staging'}", 'U0ALICE'],
  ])('acts where they may: %s for %s', async (cluster, user) => {
    expect((await run(cluster, user)).status).toBe('SUCCEEDED');
  });
});
