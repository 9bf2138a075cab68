import { createExecutorHandlers } from '../../src/app';
import { executionKind } from '../../src/engine/document-kinds';
import { applySignal, type Signal } from '../../src/engine/signals';
import type { Execution } from '../../src/model/execution';
import type { createCrashPoints } from './crash-points';
import { createEmulatedJenkins } from './emulated-jenkins';
import { drive } from './engine-kit';
import { createFakeServerGroups } from './fake-server-groups';
import { fetchNothing } from './fetch-nothing';
import { noJobs } from './no-jobs';
import { createManualClock } from './manual-clock';
import { createMemoryStore } from './memory-store';

type Options = NonNullable<Parameters<typeof createEmulatedJenkins>[1]>;
type Process = Pick<ReturnType<typeof createCrashPoints>, 'wrap' | 'boot'>;

/** The executor beside an emulated Jenkins on virtual time; `crashes` may stop its process. */
export function createJenkinsBench(
  options: Options = {},
  crashes: Process = { wrap: (store) => store, boot: () => undefined },
) {
  const clock = createManualClock();
  const store = createMemoryStore(() => clock.now());
  const jenkins = createEmulatedJenkins(clock, options);
  const handlers = createExecutorHandlers({
    fetchText: fetchNothing,
    jobs: noJobs,
    jenkins: jenkins.masters,
    store: crashes.wrap(store),
    clock,
    newId: () => 'N1',
    teamId: 'T1',
    definitions: () => ({ applications: new Map(), clusters: new Map() }),
    serverGroups: createFakeServerGroups(clock),
    onError: () => undefined,
  });
  const handle = (document: Execution, owner: string) => {
    crashes.boot();
    return handlers.execution({ kind: 'execution', id: document.id, version: 0, document }, owner);
  };
  const go = (id: string, maxMs = 12 * 3_600_000) => drive({ store, clock, id, handle, maxMs });
  return {
    clock,
    jenkins,
    go,
    run: async (execution: Execution, maxMs?: number) => {
      await store.create(executionKind, execution.id, execution, { due: clock.now() });
      return go(execution.id, maxMs);
    },
    signal: (id: string, signal: Signal) =>
      store.update(executionKind, id, (now) => applySignal(now, signal, clock.now()).execution, {
        due: () => clock.now(),
      }),
  };
}
