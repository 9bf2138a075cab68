import { z } from 'zod';
import { keyLabel, type ServerGroups } from '../dcos/server-groups';
import type { TrafficGuard } from '../engine/contracts/guard';
import type { PlanInput, StagePlan } from '../engine/contracts/stage';
import { effectKeyPrefix } from '../engine/effect-key';
import { CoxswainError } from '../model/errors';
import type { Stage } from '../model/execution';
import { countServing, locationName } from '../model/server-group';
import type { TaskDefinition, TaskLook, TaskResult } from '../engine/contracts/task';
import { defineStage } from '../services';
import { nameOfNext } from './server-group/next-name';
import { placeOf } from './server-group/place';
import { guardBesideUnmanaged, onUnmanaged, readUnmanaged, unmanagedConfig } from './server-group/unmanaged';
import { renderCapacity, waitForCapacityMatch } from './server-group/wait-for-capacity';
import { watching } from './server-group/watching';

type Needs = { readonly serverGroups: ServerGroups; readonly trafficGuard: TrafficGuard };
type Look = TaskLook<Needs>;

const nameSchema = z.object({ name: z.string(), size: z.number() });

/** How long the copy may serve less than the first before the step fails (semantics §8). */
const patienceMs = 30_000;
const againMs = 2000;
const oneMinute = 60_000;

/** What the app had before this stage first touched it; undefined before a copy was begun. */
const sizeBefore = z.object({ targetDesiredSize: z.number() });

async function chooseName(look: Look): Promise<TaskResult> {
  const { cluster, unmanagedName } = unmanagedConfig.parse(look.context);
  const location = placeOf(look.context);
  const app = await readUnmanaged(look);
  if (app === undefined) {
    return {
      status: 'TERMINAL',
      code: 'NOT_FOUND',
      reason: `${unmanagedName} is not in ${locationName(location)} any more.`,
    };
  }
  const before = sizeBefore.safeParse(look.stage.context);
  if (app.desired === 0 && before.success && before.data.targetDesiredSize > 0) {
    const wanted = before.data.targetDesiredSize;
    const reason = `${unmanagedName} stands at 0 of ${wanted} instances since an earlier attempt: a copy of it would not serve.`;
    return { status: 'TERMINAL', code: 'REQUEST_REFUSED', reason };
  }
  const groups = await look.services.serverGroups.list(location, cluster, look.signal);
  // The copy of an earlier attempt was taken out of service when that failed: this attempt makes one of its own.
  const own = groups.find((group) => group.labels[keyLabel] === look.key);
  const name = own?.name ?? nameOfNext(groups, cluster, location);
  return { status: 'RUNNING', retryAfterMs: 0, memo: { name, size: app.desired } };
}

/** Creates the copy under a name that was saved first; a copy that carries our key is ours. */
const recreateServerGroup: TaskDefinition<Needs> = {
  name: 'recreateServerGroup',
  timeoutMs: 5 * oneMinute,
  timeoutFromStage: false,
  acts: 'DC/OS',
  async run(look) {
    const intent = nameSchema.safeParse(look.memo);
    if (!intent.success) return chooseName(look);
    const { name, size } = intent.data;
    const location = placeOf(look.context);
    const outputs = { serverGroupName: name, targetServerGroup: name, location };
    const done: TaskResult = { status: 'SUCCEEDED', outputs, context: { targetDesiredSize: size } };
    const existing = await look.services.serverGroups.get(location, name, look.signal);
    if (existing !== undefined) {
      return existing.labels[keyLabel] === look.key
        ? done
        : { status: 'RUNNING', retryAfterMs: 0, memo: { taken: name } };
    }
    const { unmanagedName } = unmanagedConfig.parse(look.context);
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
    const { cluster, unmanagedName } = unmanagedConfig.parse(look.context);
    const location = placeOf(look.context);
    const app = await readUnmanaged(look);
    if (app === undefined) return { status: 'SKIPPED', reason: `${unmanagedName} is gone already.` };
    const groups = await look.services.serverGroups.list(location, cluster, look.signal);
    const copy = groups.find((group) => group.name === look.stage.outputs.serverGroupName);
    const operation = 'Removal of all instances in';
    const least = look.services.trafficGuard.leastServing(location, cluster);
    const answer = guardBesideUnmanaged({ operation, cluster, location, groups, app, going: app.name, least });
    const serves = copy === undefined ? 0 : countServing(copy);
    const wanted = countServing(app);
    if (answer.allowed && serves >= wanted) return { status: 'SUCCEEDED', outputs: { servedBefore: wanted } };
    const reason = answer.allowed
      ? `${unmanagedName} serves with ${wanted} instances and its copy with ${serves}: it stays until the copy serves as many.`
      : answer.reason;
    if (look.now - look.startedAt < patienceMs) {
      return { status: 'RUNNING', retryAfterMs: againMs, context: { progress: reason } };
    }
    return { status: 'TERMINAL', code: 'TRAFFIC_GUARD', reason };
  },
};

const waitForUnmanagedIdle: TaskDefinition<Needs> = {
  name: 'waitForUnmanagedIdle',
  timeoutMs: 30 * oneMinute,
  timeoutFromStage: false,
  ...watching,
  async run(look) {
    const { unmanagedName } = unmanagedConfig.parse(look.context);
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

const begun = (stage: Stage, name: string) => stage.tasks.some((task) => task.name === name && task.memo !== undefined);

/** The way back while the first is there: it serves as before, and the copy goes. */
function goBack({ execution, stage }: PlanInput): readonly StagePlan[] {
  const creation = nameSchema.safeParse(stage.tasks.find(({ name }) => name === 'recreateServerGroup')?.memo);
  const before = sizeBefore.safeParse(stage.context);
  if (!creation.success && stage.attempt === 1) return [];
  if (stage.tasks.some((task) => task.name === 'removeUnmanaged' && task.status === 'SUCCEEDED')) return [];
  const { cluster, unmanagedName } = unmanagedConfig.parse(stage.context);
  const location = placeOf(stage.context);
  const size = creation.data?.size ?? before.data?.targetDesiredSize;
  const servedBefore = z.number().safeParse(stage.outputs.servedBefore);
  // What earlier attempts scaled down and could not bring back is brought back as well.
  const isScaledDown = begun(stage, 'scaleDownUnmanaged') || stage.attempt > 1;
  return [
    {
      type: 'undoAdoption',
      name: `${unmanagedName} as before in ${locationName(location)}`,
      context: {
        location,
        cluster,
        unmanagedName,
        keys: effectKeyPrefix(execution.id, stage.id),
        restores: false,
        ...(isScaledDown && size !== undefined ? { size } : {}),
        ...(servedBefore.success ? { servedBefore: servedBefore.data } : {}),
      },
    },
  ];
}

/**
 * Makes a server group of an app without a version in its name (decisions 25): recreated beside itself, healthy first, then
 * the first is scaled down and removed. Where it does not come to that, the first serves as before and the copy goes.
 */
export const adoptServerGroup = defineStage({
  type: 'adoptServerGroup',
  isInternal: true,
  needs: ['serverGroups', 'trafficGuard'],
  config: unmanagedConfig,
  tasks: [
    recreateServerGroup,
    waitForCapacityMatch,
    checkCopyServes,
    onUnmanaged(
      'scaleDownUnmanaged',
      (app) => app === undefined || app.desired === 0,
      (look, name, force) => look.services.serverGroups.resize(placeOf(look.context), name, 0, { force }, look.signal),
    ),
    waitForUnmanagedIdle,
    onUnmanaged(
      'removeUnmanaged',
      (app) => app === undefined,
      (look, name, force) => look.services.serverGroups.destroy(placeOf(look.context), name, { force }, look.signal),
    ),
  ],
  onFailure: goBack,
  onCancel: goBack,
  render: renderCapacity,
});
