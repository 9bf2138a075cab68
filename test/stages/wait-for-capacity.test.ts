import { messageKind } from '../../src/engine/document-kinds';
import { liveMessageId } from '../../src/engine/drain-execution';
import { plainText } from '../../src/model/text';
import { east } from '../dcos/builders';
import { buildPipeline } from '../support/engine-kit';
import { waitForCapacityMatch } from '../../src/stages/server-group/wait-for-capacity';
import { createEmulatedCluster, groupsOver } from '../support/emulated-cluster';
import { createManualClock } from '../support/manual-clock';
import { createStageBench, describeCluster } from '../support/stage-kit';

const target = {
  account: 'nonprod',
  region: 'east',
  location: east,
  serverGroupName: 'foo-dev-v000',
  cluster: 'foo-dev',
};
const report = { teamId: 'T1', channel: 'C1' };

/** Runs one stage and says which details its live message showed, each once, in their order. */
async function detailsOf(
  bench: ReturnType<typeof createStageBench>,
  stage: Parameters<typeof buildPipeline>[0][number],
) {
  const execution = buildPipeline([stage], { report });
  const details: string[] = [];
  await bench.start(execution);
  for (let step = 0; step < 40; step += 1) {
    await bench.drive(execution.id, 0);
    await bench.clock.advance(500);
    const message = await bench.store.get(messageKind, liveMessageId(execution.id));
    for (const { detail } of message?.document.view.steps ?? []) {
      const text = plainText(detail ?? '');
      if (text.includes('foo-dev-v000 ') && !details.includes(text)) details.push(text);
    }
  }
  return details;
}

describe('the wait for capacity says', () => {
  it('how many instances serve, and not how many are up by the rule of Spinnaker', async () => {
    const bench = createStageBench();
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 2 });
    const context = { ...target, capacity: { min: 3, max: 3, desired: 3 } };
    expect(await detailsOf(bench, { ref: '1', type: 'resizeServerGroup', context })).toEqual([
      'foo-dev-v000 2/3 healthy',
      'foo-dev-v000 3/3 healthy',
    ]);
  });

  it('out of service only once nothing is left', async () => {
    const bench = createStageBench();
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v000', desired: 2 });
    bench.serverGroups.seed({ location: east, name: 'foo-dev-v001', desired: 2 });
    expect(await detailsOf(bench, { ref: '1', type: 'disableServerGroup', context: target })).toEqual([
      'foo-dev-v000 2 still there, 0 wanted',
      'foo-dev-v000 out of service',
    ]);
  });

  it('that all are healthy in other words while the deployment on DC/OS goes on', async () => {
    const bench = createStageBench();
    const { serverGroups } = bench;
    serverGroups.look = ((look) => async (location: typeof east) => {
      const { at, value } = await look(location);
      const group: typeof value.group = (...asked) => {
        const found = value.group(...asked);
        const instances = found?.instances.map((instance) => ({ ...instance, serving: true })) ?? [];
        return found === undefined ? undefined : { ...found, instances };
      };
      return { at, value: { ...value, group } };
    })(serverGroups.look.bind(serverGroups));
    const context = { clusters: [describeCluster()] };
    expect(await detailsOf(bench, { ref: '1', type: 'deploy', context })).toEqual([
      'foo-dev-v000 all 2 healthy, DC/OS is not done yet',
      'foo-dev-v000 2/2 healthy',
    ]);
  });

  it('nothing of a crash from weeks before, and does not diagnose a slow start for it', async () => {
    const clock = createManualClock();
    const cluster = createEmulatedCluster('np1', clock);
    const groups = groupsOver({ np1: cluster }, clock);
    const crash = cluster.core.setFault({ kind: 'crash', apps: '/nonprod/*', afterMs: 100 });
    const labels = { EMULATOR_START_MS: '20000' };
    await groups.create(describeCluster({ labels }), 'foo-dev-v000', 'key');
    await clock.advance(21_000);
    cluster.core.clearFaults(crash);
    await groups.resize(east, 'foo-dev-v000', 0, { force: true });
    await clock.advance(21 * 86_400_000);
    await groups.resize(east, 'foo-dev-v000', 2, { force: true });
    await clock.advance(1000);
    const stage = {
      tasks: [],
      outputs: { targetServerGroup: 'foo-dev-v000' },
      context: { ...target, targetDesiredSize: 2 },
    };
    const look = (at: number) =>
      waitForCapacityMatch.run({
        ...({ stage, context: stage.context, services: { serverGroups: groups } } as unknown as Parameters<
          typeof waitForCapacityMatch.run
        >[0]),
        now: at,
        startedAt: at - 10_000,
        deadline: at + 600_000,
        signal: new AbortController().signal,
      });
    expect(await look(clock.now())).toMatchObject({ context: { progress: 'foo-dev-v000 0/2 healthy' } });
    expect(cluster.core.requests.list().filter(({ path }) => path.endsWith('/v2/queue'))).toEqual([]);
    await clock.advance(25_000);
    expect(await look(clock.now())).toMatchObject({ status: 'SUCCEEDED' });
  });
});
