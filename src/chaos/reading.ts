import { lastBegunFirst } from '../engine/last-begun';
import { readActive } from '../engine/read-active';
import { historyPages, latestExecution } from '../engine/read-history';
import type { Application, Environment } from '../model/application';
import { clusterOf } from '../model/cluster-of';
import type { Execution } from '../model/execution';
import type { ChaosWorld } from './chaos-world';
import { forAll, switchKind, type ChaosSwitch } from './documents';
import { isOfChaos } from './kill-execution';

/**
 * What the checks of one application ask for, read when it is first asked for and then kept: as many groups as there are
 * share one reading, and whoever is about to kill makes a new one.
 */
export type ChaosReading = {
  /** Why nothing may start anywhere, in words. */
  readonly stopped: () => Promise<string | undefined>;
  /** Why nothing may start in an environment, in words. */
  readonly locked: (environment: Environment) => Promise<string | undefined>;
  /** Whether chaos was turned off for all, and for the application. */
  readonly globalSwitch: () => Promise<ChaosSwitch | undefined>;
  readonly ownSwitch: () => Promise<ChaosSwitch | undefined>;
  /** What is under way in the application. */
  readonly running: () => Promise<readonly Execution[]>;
  /**
   * For each environment with chaos, in their order, the execution that says how it stands there, over or not: no kill of
   * ours, since one that was denied tells of no outage. Environments in which nothing has begun are left out.
   */
  readonly last: () => Promise<readonly Execution[]>;
};

/** Asks once, when it is first asked. */
function once<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let asked: Promise<Value> | undefined;
  return () => (asked ??= read());
}

async function readRunning({ store }: ChaosWorld, { name }: Application): Promise<readonly Execution[]> {
  const found: Execution[] = [];
  for await (const execution of readActive(store)) if (execution.application === name) found.push(execution);
  return found;
}

/** The newest executions of an environment but for our own; read further back as long as none of them has begun. */
async function readOthers({ store }: ChaosWorld, cluster: string): Promise<readonly Execution[]> {
  for await (const page of historyPages(store, cluster)) {
    const others = page.filter((execution) => !isOfChaos(execution));
    if (lastBegunFirst(others).length > 0) return others;
  }
  return [];
}

async function readLast(world: ChaosWorld, application: Application): Promise<readonly Execution[]> {
  const environments = [...application.environments.values()].filter(({ chaos }) => chaos?.enabled === true);
  const last = await Promise.all(
    environments.map(async (each) => latestExecution(await readOthers(world, clusterOf(application, each)))),
  );
  return last.filter((execution) => execution !== undefined);
}

/** A reading of an application, of which nothing is read yet. */
export function createReading(world: ChaosWorld, application: Application): ChaosReading {
  const readSwitch = async (id: string) => (await world.store.get(switchKind, id))?.document;
  const locks = once(world.locks);
  return {
    stopped: once(world.stopped),
    locked: async (environment) => (await locks())(application, environment),
    globalSwitch: once(() => readSwitch(forAll)),
    ownSwitch: once(() => readSwitch(application.name)),
    running: once(() => readRunning(world, application)),
    last: once(() => readLast(world, application)),
  };
}
