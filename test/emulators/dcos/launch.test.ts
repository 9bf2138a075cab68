import type { Agent } from '../../../src/emulators/dcos/context';
import { createBench } from './bench';

type Offers = readonly { readonly reason: string; readonly declined: number; readonly processed: number }[];

/** A cluster of so many agents with fields of their own, and what the queue says of the offers to the app that waits. */
function cluster(agents = 1, fields: readonly Partial<Agent>[] = []) {
  const bench = createBench({
    agents: Array.from({ length: agents }, (_none, index) => {
      const usual = { id: `agent-S${index + 1}`, hostname: `10.0.0.${index + 1}`, cpus: 1000, mem: 1_000_000 };
      return { ...usual, ...fields[index] };
    }),
  });
  const reasons = () => {
    const { rejectSummaryLastOffers } = bench.call('GET', '/v2/queue').body.queue[0]!.processedOffersSummary;
    return (rejectSummaryLastOffers as Offers).filter(({ declined }) => declined > 0);
  };
  /** How many tasks of the app stand on each agent, in the order of the agents. */
  const spread = (app: object) => {
    bench.call('POST', '/v2/apps', { id: '/spread', cmd: 'serve', cpus: 0.1, mem: 32, ...app });
    bench.clock.advance(2000);
    const hosts = bench.app('/spread').tasks.map(({ host }) => host);
    return Array.from({ length: agents }, (_none, index) => {
      return hosts.filter((host) => host === `10.0.0.${index + 1}`).length;
    });
  };
  return { ...bench, reasons, spread };
}

const ports = (count: number) => Array.from({ length: count }, () => ({ port: 0 }));
const app = { cmd: 'serve', cpus: 0.1, mem: 32, instances: 1 };

describe('host ports', () => {
  it('are refused by an agent that has too few left', () => {
    const { call, clock, reasons } = cluster();
    call('POST', '/v2/apps', { ...app, id: '/most', portDefinitions: ports(1000) });
    call('POST', '/v2/apps', { ...app, id: '/last', portDefinitions: ports(1) });
    call('POST', '/v2/apps', { ...app, id: '/none', portDefinitions: ports(1) });
    clock.advance(1000);
    const { tasks } = call('GET', '/v2/tasks').body;
    expect(new Set(tasks.flatMap((task) => task.ports)).size).toBe(1001);
    expect(reasons()).toEqual([{ reason: 'InsufficientPorts', declined: 1, processed: 1 }]);
  });

  it('are refused for ever where one task wants more than an agent has', () => {
    const { call, clock, reasons } = cluster(2);
    call('POST', '/v2/apps', { ...app, id: '/greedy', portDefinitions: ports(1002) });
    clock.advance(1000);
    expect(reasons()).toEqual([{ reason: 'InsufficientPorts', declined: 2, processed: 2 }]);
  });

  it('that are fixed are not given to another port of the same task', () => {
    const { call, clock } = cluster();
    const mappings = [...ports(1000).map(() => ({})), { hostPort: 31_500 }];
    const networks = [{ mode: 'container/bridge' }];
    call('POST', '/v2/apps', { ...app, id: '/mixed', networks, container: { portMappings: mappings } });
    clock.advance(1000);
    const [task] = call('GET', '/v2/tasks').body.tasks;
    expect(new Set(task?.ports).size).toBe(1001);
  });
});

describe('constraints', () => {
  const racks = [{ rack: 'a' }, { rack: 'a' }, { rack: 'b' }, {}].map((attributes) => ({ attributes }));

  it.each([
    [['hostname', 'UNIQUE'], 6, [1, 1, 1, 1]],
    [['@hostname', 'UNIQUE'], 6, [1, 1, 1, 1]],
    [['hostname', 'CLUSTER', '10.0.0.2'], 3, [0, 3, 0, 0]],
    [['hostname', 'CLUSTER'], 3, [3, 0, 0, 0]],
    [['hostname', 'LIKE', '10\\.0\\.0\\.[12]'], 4, [2, 2, 0, 0]],
    [['hostname', 'LIKE', '10'], 4, [0, 0, 0, 0]],
    [['hostname', 'UNLIKE', '.*[12]'], 4, [0, 0, 2, 2]],
    [['hostname', 'MAX_PER', '2'], 9, [2, 2, 2, 2]],
    [['hostname', 'IS', '10.0.0.3'], 2, [0, 0, 2, 0]],
    [['hostname', 'GROUP_BY'], 8, [2, 2, 2, 2]],
    [['rack', 'IS', 'b'], 2, [0, 0, 2, 0]],
    [['rack', 'UNIQUE'], 3, [1, 0, 1, 0]],
    [['rack', 'GROUP_BY'], 4, [1, 1, 2, 0]],
    [['rack', 'GROUP_BY', '3'], 4, [1, 0, 1, 0]],
    [['rack', 'UNLIKE', 'a'], 4, [0, 0, 2, 2]],
    [['constructor', 'LIKE', '.*'], 4, [0, 0, 0, 0]],
    [['@zone', 'IS', 'emulated-zone'], 4, [1, 1, 1, 1]],
  ])('spread the tasks: %j with %i instances', (constraint, instances, expected) => {
    expect(cluster(4, racks).spread({ constraints: [constraint], instances })).toEqual(expected);
  });

  it('name their place in the funnel of the queue', () => {
    const { spread, reasons } = cluster(3);
    spread({ constraints: [['hostname', 'UNIQUE']], instances: 4 });
    expect(reasons()).toEqual([{ reason: 'UnfulfilledConstraint', declined: 3, processed: 3 }]);
  });

  it('of jobs are heeded', () => {
    const { core, clock } = cluster(2, racks.slice(1));
    const metronome = (method: string, path: string, body?: unknown) =>
      core.handle({ method, path: `/service/metronome/v1${path}`, body }).body;
    const place = (value: string) => ({ constraints: [{ attribute: 'rack', operator: 'EQ', value }] });
    for (const [id, rack] of [['in-b', 'b'] as const, ['nowhere', 'z'] as const]) {
      metronome('POST', '/jobs', { id, run: { cmd: 'x', cpus: 0.1, mem: 32, disk: 0, placement: place(rack) } });
      metronome('POST', `/jobs/${id}/runs`);
    }
    const broken = { attribute: 'rack', operator: 'LIKE', value: '(' };
    const run = { cmd: 'x', cpus: 0.1, mem: 32, disk: 0, placement: { constraints: [broken] } };
    expect(metronome('POST', '/jobs', { id: 'broken', run })).toMatchObject({ message: 'Object is not valid' });
    clock.advance(100);
    expect(metronome('GET', '/queue')).toMatchObject([{ jobId: 'nowhere' }]);
    const { tasks } = core.handle({ method: 'GET', path: '/mesos/tasks' }).body as { tasks: object[] };
    expect(tasks).toMatchObject([{ slave_id: 'agent-S2' }]);
  });
});

describe('what agents have', () => {
  it('is refused in the order of the funnel', () => {
    const fields = [
      { role: 'slave_public' },
      { attributes: { rack: 'b' } },
      { cpus: 0.5 },
      { mem: 16 },
      { disk: 10 },
      { gpus: 0 },
    ];
    const enough = { gpus: 1, attributes: { rack: 'a' } };
    const { spread, reasons } = cluster(
      6,
      fields.map((each) => ({ ...enough, ...each })),
    );
    spread({ cpus: 1, disk: 100, gpus: 1, constraints: [['rack', 'IS', 'a']] });
    expect(reasons()).toEqual([
      { reason: 'UnfulfilledRole', declined: 1, processed: 6 },
      { reason: 'UnfulfilledConstraint', declined: 1, processed: 5 },
      { reason: 'InsufficientCpus', declined: 1, processed: 4 },
      { reason: 'InsufficientMemory', declined: 1, processed: 3 },
      { reason: 'InsufficientDisk', declined: 1, processed: 2 },
      { reason: 'InsufficientGpus', declined: 1, processed: 1 },
    ]);
  });

  it('is used up by the tasks that run there', () => {
    expect(cluster(2, [{ gpus: 3 }, { gpus: 1 }]).spread({ gpus: 1, instances: 5 })).toEqual([3, 1]);
  });

  it('is for the roles that an app accepts', () => {
    const fields = [{ role: 'slave_public' }];
    expect(cluster(2, fields).spread({ instances: 2 })).toEqual([0, 2]);
    expect(cluster(2, fields).spread({ instances: 2, acceptedResourceRoles: ['slave_public'] })).toEqual([2, 0]);
  });
});

describe('scaling down', () => {
  it('first ends what stands crowded where a constraint groups, and not the youngest', () => {
    const it = cluster(2);
    const hosts = () => it.app('/spread').tasks.map(({ host }) => host);
    expect(it.spread({ instances: 3, constraints: [['hostname', 'GROUP_BY']] })).toEqual([2, 1]);
    // Whoever stands alone is the youngest after this.
    const alone = it.app('/spread').tasks.find(({ host }) => host === '10.0.0.2')?.id ?? '';
    it.call('DELETE', `/v2/apps/spread/tasks/${alone}`);
    it.clock.advance(3000);
    expect(hosts().sort()).toEqual(['10.0.0.1', '10.0.0.1', '10.0.0.2']);
    it.call('PUT', '/v2/apps/spread', { instances: 2 });
    it.clock.advance(3000);
    expect(hosts().sort()).toEqual(['10.0.0.1', '10.0.0.2']);
  });
});
