import { openConnections } from '../../src/dcos/cluster-connections';
import { createServerGroups } from '../../src/dcos/marathon-server-groups';
import { startDcosEmulator, type RunningDcosEmulator } from '../../src/emulators/dcos/start-dcos-emulator';
import { createManualClock, type ManualClock } from '../support/manual-clock';
import { east } from './builders';

const name = 'foo-dev-v001';
let clock: ManualClock;
let emulator: RunningDcosEmulator;

beforeEach(async () => {
  clock = createManualClock();
  emulator = await startDcosEmulator({
    clock: {
      now: () => clock.now(),
      scale: (ms) => ms,
      setTimer: (at, action) => clock.after(at - clock.now(), action),
    },
    agents: [{ id: 'S0', hostname: 'a0', cpus: 4, mem: 4096 }],
  });
});
afterEach(() => emulator.close());

async function created(labels: Readonly<Record<string, string>>, ms = 3000) {
  const app = { id: `/nonprod/east/${name}`, instances: 1, cpus: 0.1, mem: 32, backoffSeconds: 60, labels };
  const container = { type: 'DOCKER', docker: { image: 'foo:1' } };
  await fetch(`${emulator.url}/v2/apps`, { method: 'POST', body: JSON.stringify({ ...app, container }) });
  await clock.advance(ms);
  const cluster = { name: 'np1', url: emulator.url, auth: { type: 'none' } } as const;
  const sandboxes = openConnections(new Map([['np1', cluster]]));
  const clusters = new Map([...sandboxes].map(([key, { marathon }]) => [key, marathon]));
  return { groups: createServerGroups({ clusters, sandboxes }), blind: createServerGroups({ clusters }) };
}

describe('the output of an instance over HTTP', () => {
  it('is the last lines of each file, without credentials', async () => {
    const stderr = ['one', 'two', 'DB_PASSWORD=hunter2'].join('\n');
    const { groups } = await created({ EMULATOR_STDERR: stderr });
    const output = await groups.readOutput(east, name, { files: ['stderr'], lines: 2 });
    expect(output?.files).toEqual([{ file: 'stderr', lines: ['two', 'DB_PASSWORD=[secret]'] }]);
    const [instance] = (await groups.get(east, name))?.instances ?? [];
    expect(output?.instanceId).toBe(instance?.id);
  });

  it('is that of the instance that failed last, and of one that is named although it is over', async () => {
    const { groups } = await created({ EMULATOR_RUN_MS: '100', EMULATOR_EXIT_CODE: '1', EMULATOR_STDERR: 'boom' }, 600);
    const last = await groups.readOutput(east, name, { files: ['stderr'], lines: 9 });
    expect(last?.files).toEqual([{ file: 'stderr', lines: ['boom'] }]);
    const instanceId = last?.instanceId ?? '';
    const named = await groups.readOutput(east, name, { instanceId, files: ['stdout', 'stderr'], lines: 9 });
    expect(named?.files.map(({ file }) => file)).toEqual(['stdout', 'stderr']);
    expect(named?.files[1]).toEqual({ file: 'stderr', lines: ['boom'] });
  });

  it('says of each file why it could not be read', async () => {
    const { groups, blind } = await created({});
    const wanted = { instanceId: `${name}.nobody`, files: ['stderr'], lines: 9 } as const;
    const error = `Mesos has forgotten task ${name}.nobody or its files.`;
    expect((await groups.readOutput(east, name, wanted))?.files).toEqual([{ file: 'stderr', error }]);
    expect((await blind.readOutput(east, name, wanted))?.files).toEqual([
      { file: 'stderr', error: 'Mesos of this DC/OS cluster is not known.' },
    ]);
  });

  it('is nothing of a group that is gone', async () => {
    const { groups } = await created({});
    expect(await groups.readOutput(east, 'foo-dev-v007', { files: ['stderr'], lines: 9 })).toBeUndefined();
  });
});
