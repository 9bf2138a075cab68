import { z } from 'zod';
import { keyLabel, type ServerGroups } from '../dcos/server-groups';
import { CoxswainError } from '../model/errors';
import { countServing, locationName, type ServerGroup, type UnmanagedApp } from '../model/server-group';
import type { TaskDefinition, TaskLook, TaskResult } from '../engine/contracts/task';
import { guardTraffic } from '../guards';
import { defineStage } from '../services';
import { nameOfNext } from './server-group/next-name';
import { placeOf } from './server-group/place';
import { waitForLock } from './server-group/set-size';
import { renderCapacity, waitForCapacityMatch } from './server-group/wait-for-capacity';

type Needs = { readonly serverGroups: ServerGroups };
type Look = TaskLook<Needs>;

const config = z.looseObject({ cluster: z.string(), unmanagedName: z.string() });
const nameSchema = z.object({ name: z.string(), size: z.number() });

/** How long the copy may serve less than the first before the step fails (semantics §8). */
const patienceMs = 30_000;
const againMs = 2000;
const oneMinute = 60_000;

const readUnmanaged = (look: Look): Promise<UnmanagedApp | undefined> =>
  look.services.serverGroups.unmanaged(placeOf(look.context), config.parse(look.context).unmanagedName, look.signal);

/** A retried stage goes on with the copy of its first attempt. */
const isCopy = (look: Look, group: ServerGroup): boolean =>
  group.labels[keyLabel]?.startsWith(`${look.execution.id}/${look.stage.id}/`) ?? false;

async function chooseName(look: Look): Promise<TaskResult> {
  const { cluster, unmanagedName } = config.parse(look.context);
  const location = placeOf(look.context);
  const app = await readUnmanaged(look);
  if (app === undefined) {
    return {
      status: 'TERMINAL',
      code: 'NOT_FOUND',
      reason: `${unmanagedName} is not in ${locationName(location)} any more.`,
    };
  }
  const groups = await look.services.serverGroups.list(location, cluster, look.signal);
  const name = groups.find((group) => isCopy(look, group))?.name ?? nameOfNext(groups, cluster, location);
  return { status: 'RUNNING', retryAfterMs: 0, memo: { name, size: app.desired } };
}

/** Creates the copy under a name that was saved first; a copy that carries our key is ours. */
const recreateServerGroup: TaskDefinition<Needs> = {
  name: 'recreateServerGroup',
  timeoutMs: 5 * oneMinute,
  timeoutFromStage: false,
  async run(look) {
    const intent = nameSchema.safeParse(look.memo);
    if (!intent.success) return chooseName(look);
    const { name, size } = intent.data;
    const location = placeOf(look.context);
    const outputs = { serverGroupName: name, targetServerGroup: name, location };
    const done: TaskResult = { status: 'SUCCEEDED', outputs, context: { targetDesiredSize: size } };
    const existing = await look.services.serverGroups.get(location, name, look.signal);
    if (existing !== undefined) {
      return isCopy(look, existing) ? done : { status: 'RUNNING', retryAfterMs: 0, memo: { taken: name } };
    }
    const { unmanagedName } = config.parse(look.context);
    try {
      await look.services.serverGroups.recreate(location, unmanagedName, name, look.key, look.signal);
    } catch (error) {
      if (!(error instanceof CoxswainError) || error.code !== 'MARATHON_DUPLICATE') throw error;
      return { status: 'RUNNING', retryAfterMs: 500 };
    }
    return done;
  },
};

/** The traffic guard over the cluster with the unmanaged app in it, and that the copy serves as much as was served. */
const checkCopyServes: TaskDefinition<Needs> = {
  name: 'checkCopyServes',
  timeoutMs: 5 * oneMinute,
  timeoutFromStage: false,
  async run(look) {
    const { cluster, unmanagedName } = config.parse(look.context);
    const location = placeOf(look.context);
    const app = await readUnmanaged(look);
    if (app === undefined) return { status: 'SKIPPED', reason: `${unmanagedName} is gone already.` };
    const groups = await look.services.serverGroups.list(location, cluster, look.signal);
    const copy = groups.find((group) => group.name === look.stage.outputs.serverGroupName);
    const first = copy && { ...copy, name: app.name, desired: app.desired, instances: app.instances };
    const answer = guardTraffic({
      operation: 'Removal of all instances in',
      cluster,
      place: locationName(location),
      groups: first === undefined ? groups : [...groups, first],
      going: [app.name],
      reserved: [],
    });
    const serves = copy === undefined ? 0 : countServing(copy);
    const wanted = countServing(app);
    if (answer.allowed && serves >= wanted) return { status: 'SUCCEEDED' };
    const reason = answer.allowed
      ? `${unmanagedName} serves with ${wanted} instances and its copy with ${serves}: it stays until the copy serves as many.`
      : answer.reason;
    if (look.now - look.startedAt < patienceMs) {
      return { status: 'RUNNING', retryAfterMs: againMs, context: { progress: reason } };
    }
    return { status: 'TERMINAL', code: 'TRAFFIC_GUARD', reason };
  },
};

/** An effect on the unmanaged app in two steps; a lock is waited out. `isDone` looks before anything is repeated. */
const onUnmanaged = (
  name: string,
  isDone: (app: UnmanagedApp | undefined) => boolean,
  act: (look: Look, unmanagedName: string) => Promise<unknown>,
): TaskDefinition<Needs> => ({
  name,
  timeoutMs: 30 * oneMinute,
  timeoutFromStage: false,
  async run(look) {
    if (isDone(await readUnmanaged(look))) return { status: 'SUCCEEDED' };
    const { unmanagedName } = config.parse(look.context);
    const memo = { acting: unmanagedName };
    if (look.memo === undefined) return { status: 'RUNNING', retryAfterMs: 0, memo };
    try {
      await act(look, unmanagedName);
      return { status: 'SUCCEEDED' };
    } catch (error) {
      return waitForLock(error, memo);
    }
  },
});

const waitForUnmanagedIdle: TaskDefinition<Needs> = {
  name: 'waitForUnmanagedIdle',
  timeoutMs: 30 * oneMinute,
  timeoutFromStage: false,
  async run(look) {
    const { unmanagedName } = config.parse(look.context);
    const location = placeOf(look.context);
    const { value: view } = await look.services.serverGroups.look(location, look.signal);
    const app = view.unmanaged(location, look.execution.application).find(({ name }) => name === unmanagedName);
    const left = app?.instances.length ?? 0;
    if (left === 0) return { status: 'SUCCEEDED' };
    return {
      status: 'RUNNING',
      retryAfterMs: againMs,
      context: { progress: `${unmanagedName} still has ${left} tasks` },
    };
  },
};

/**
 * Makes a server group of an app without a version in its name (decisions 25): recreated beside itself, healthy first, then
 * the first is scaled down and removed. Where the copy does not come up, the first keeps serving.
 */
export const adoptServerGroup = defineStage({
  type: 'adoptServerGroup',
  needs: ['serverGroups'],
  config,
  tasks: [
    recreateServerGroup,
    waitForCapacityMatch,
    checkCopyServes,
    onUnmanaged(
      'scaleDownUnmanaged',
      (app) => app === undefined || app.desired === 0,
      (look, name) => look.services.serverGroups.resize(placeOf(look.context), name, 0, { force: false }, look.signal),
    ),
    waitForUnmanagedIdle,
    onUnmanaged(
      'removeUnmanaged',
      (app) => app === undefined,
      (look, name) => look.services.serverGroups.destroy(placeOf(look.context), name, { force: false }, look.signal),
    ),
  ],
  render: renderCapacity,
});
