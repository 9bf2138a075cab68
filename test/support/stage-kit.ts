import { createExecutorHandlers } from '../../src/app';
import { executionKind } from '../../src/engine/document-kinds';
import type { DocumentStore } from '../../src/engine/ports/document-store';
import type { Definitions } from '../../src/model/application';
import type { ServerGroupDescription } from '../../src/model/description';
import type { Execution } from '../../src/model/execution';
import { east } from '../dcos/builders';
import { drive } from './engine-kit';
import { createEmulatedJenkins } from './emulated-jenkins';
import { createFakeJobs } from './fake-jobs';
import { createFakeWebhooks } from './fake-webhooks';
import { createFakeServerGroups } from './fake-server-groups';
import { createManualClock } from './manual-clock';
import { createMemoryStore } from './memory-store';
import { fetchNothing } from './fetch-nothing';

/** A second place beside `east`. */
export const west = { ...east, region: 'west', group: 'west' } as const;

/** A cluster of a deploy stage: `foo-dev` in east, two instances. */
export const describeCluster = (over: Partial<ServerGroupDescription> = {}): ServerGroupDescription => ({
  cloudProvider: 'dcos',
  account: 'nonprod',
  application: 'foo',
  stack: 'dev',
  freeFormDetails: '',
  dcosCluster: 'np1',
  group: 'east',
  region: 'np1_east',
  location: east,
  desiredCapacity: 2,
  cpus: 0.5,
  mem: 512,
  docker: { image: { imageId: 'repo/foo:2.0' } },
  serviceEndpoints: [],
  healthChecks: [],
  strategy: 'redblack',
  ...over,
});

/**
 * The whole executor over a fake DC/OS and virtual time; `wrap` may put faults in front of the store. Without Jenkins, that of
 * the definitions counts, which name none.
 */
export function createStageBench(
  wrap: (store: DocumentStore) => DocumentStore = (store) => store,
  applications: Definitions['applications'] = new Map(),
  { hasJenkins = true }: { readonly hasJenkins?: boolean } = {},
) {
  const clock = createManualClock();
  const memory = createMemoryStore(() => clock.now());
  const store = wrap(memory);
  const serverGroups = createFakeServerGroups(clock);
  const jobs = createFakeJobs(clock);
  const webhooks = createFakeWebhooks(clock, () => serverGroups.onEffect('before'));
  const jenkins = createEmulatedJenkins(clock, {
    scriptJob: 'run-script',
    point: () => serverGroups.onEffect('before'),
  });
  const definitions = (): Definitions => ({ applications, clusters: new Map() });
  let count = 0;
  const newId = () => `N${String((count += 1)).padStart(4, '0')}`;
  const errors: string[] = [];
  const onError = (error: unknown, id: string) => errors.push(`${id}: ${String(error)}`);
  const handlers = createExecutorHandlers({
    fetchText: fetchNothing,
    jobs,
    ...(hasJenkins ? { jenkins: jenkins.masters } : {}),
    webhooks,
    store,
    clock,
    newId,
    teamId: 'T1',
    definitions,
    serverGroups,
    onError,
  });
  const handle = (loaded: Execution, owner: string) =>
    handlers.execution({ kind: 'execution', id: loaded.id, version: 0, document: loaded }, owner);
  return {
    clock,
    store: memory,
    serverGroups,
    jobs,
    /** An emulated Jenkins called `ci`, without a job; its requests count as effects. */
    jenkins,
    /** A service called `tests` whose requests count as effects. */
    webhooks,
    /** What failed and was to be tried again by itself. */
    errors,
    handlers,
    handle,
    start: (execution: Execution) => memory.create(executionKind, execution.id, execution, { due: clock.now() }),
    /** Lets time pass until the execution is over or `maxMs` went by. */
    drive: (id: string, maxMs = 7_200_000) => drive({ store: memory, clock, id, handle, maxMs }),
    async run(execution: Execution, maxMs?: number): Promise<Execution> {
      await this.start(execution);
      return this.drive(execution.id, maxMs);
    },
  };
}
