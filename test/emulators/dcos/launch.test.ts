import { createBench } from './bench';

type Offers = readonly { readonly reason: string; readonly declined: number; readonly processed: number }[];

/** A cluster of so many agents, and what the queue says of the offers to the app that waits. */
function cluster(agents = 1) {
  const bench = createBench({
    agents: Array.from({ length: agents }, (_none, index) => {
      return { id: `agent-S${index + 1}`, hostname: `10.0.0.${index + 1}`, cpus: 1000, mem: 1_000_000 };
    }),
  });
  const reasons = () => {
    const { rejectSummaryLastOffers } = bench.call('GET', '/v2/queue').body.queue[0]!.processedOffersSummary;
    return (rejectSummaryLastOffers as Offers).filter(({ declined }) => declined > 0);
  };
  return { ...bench, reasons };
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
