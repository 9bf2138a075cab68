import { executionKind } from '../engine/document-kinds';
import { readActive } from '../engine/read-active';
import type { Application, Environment } from '../model/application';
import type { Execution } from '../model/execution';
import type { ChaosWorld } from './chaos-world';
import { forAll, switchKind, type ChaosSwitch } from './documents';

/** How many executions back the last one of an environment is looked for. */
const most = 200;

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
  /** Its last executions, newest first, over or not. */
  readonly newest: () => Promise<readonly Execution[]>;
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

async function readNewest({ store }: ChaosWorld, { name }: Application): Promise<readonly Execution[]> {
  const index = { name: 'application', value: name };
  const found = await store.list(executionKind, { index, newestFirst: true, limit: most });
  return found.map(({ document }) => document);
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
    newest: once(() => readNewest(world, application)),
  };
}
