import { z } from 'zod';
import { keyLabel, type ServerGroups } from '../dcos/server-groups';
import type { Expiries } from '../engine/contracts/expiries';
import type { TaskDefinition, TaskLook, TaskResult } from '../engine/contracts/task';
import { countServing, isDisabled, type ServerGroup } from '../model/server-group';
import { defineStage } from '../services';
import { keepFailedMinutes } from '../strategies';
import { placeOf } from './server-group/place';
import { waitForLock } from './server-group/wait-for-lock';
import { guardBesideUnmanaged, onUnmanaged, readUnmanaged, unmanagedConfig } from './server-group/unmanaged';

type Needs = { readonly serverGroups: ServerGroups; readonly expiries: Expiries };
type Look = TaskLook<Pick<Needs, 'serverGroups'>>;

const config = unmanagedConfig.extend({
  /** How the keys of the copies begin: `execution/stage/`, for every attempt of the stage. */
  keys: z.string(),
  /** The first app's size before it was scaled down; absent where it was not. */
  size: z.number().optional(),
  /** How many instances of the first served before it was scaled down. */
  servedBefore: z.number().default(0),
});

const patienceMs = 30_000;
const againMs = 2000;
const oneMinute = 60_000;

const groupsOf = (look: Look): Promise<readonly ServerGroup[]> =>
  look.services.serverGroups.list(placeOf(look.context), config.parse(look.stage.context).cluster, look.signal);

const copiesAmong = (groups: readonly ServerGroup[], look: Look): readonly ServerGroup[] => {
  const { keys } = config.parse(look.stage.context);
  return groups.filter((group) => group.labels[keyLabel]?.startsWith(keys) === true);
};

const firstIsGone = (look: Look): TaskResult => ({
  status: 'SKIPPED',
  reason: `${config.parse(look.stage.context).unmanagedName} is removed already, so its copy stays.`,
});

const waitForUnmanaged: TaskDefinition<Pick<Needs, 'serverGroups'>> = {
  name: 'waitForUnmanaged',
  timeoutMs: 30 * oneMinute,
  timeoutFromStage: false,
  async run(look) {
    const { size, servedBefore, unmanagedName } = config.parse(look.stage.context);
    const app = await readUnmanaged(look);
    if (app === undefined) return firstIsGone(look);
    const wanted = Math.min(servedBefore, size ?? 0);
    const serving = countServing(app);
    if (serving >= wanted) return { status: 'SUCCEEDED' };
    const progress = `${unmanagedName} ${serving}/${wanted} healthy`;
    return { status: 'RUNNING', retryAfterMs: againMs, context: { progress } };
  },
};

/** Plans the end of the copies before they go out of service, so that nothing is kept for ever. */
const keepCopies: TaskDefinition<Needs> = {
  name: 'keepForDiagnosis',
  timeoutMs: 10 * oneMinute,
  timeoutFromStage: false,
  async run(look) {
    const { cluster } = config.parse(look.stage.context);
    if ((await readUnmanaged(look)) === undefined) return firstIsGone(look);
    const copies = copiesAmong(await groupsOf(look), look);
    if (copies.length === 0) return { status: 'SKIPPED', reason: 'No copy had been created.' };
    const destroyAt = look.startedAt + keepFailedMinutes * oneMinute;
    const { teamId, id: executionId } = look.execution;
    for (const { name, labels } of copies) {
      await look.services.expiries.plan({
        schema: 1,
        teamId,
        executionId,
        location: placeOf(look.context),
        cluster,
        keptSince: look.startedAt,
        destroyAt,
        serverGroupName: name,
        key: labels[keyLabel] ?? '',
        why: 'adoption',
        state: 'kept',
      });
    }
    return { status: 'SUCCEEDED', outputs: { copies: copies.map(({ name }) => name), keptUntil: destroyAt } };
  },
};

/** What disabling remembers: the copy it acts on now, and all that it ever acted on. */
const disabling = z.object({ disabled: z.array(z.string()) });

async function disable(look: Look, copy: ServerGroup): Promise<TaskResult> {
  const before = disabling.safeParse(look.memo).data?.disabled ?? [];
  const memo = { acting: copy.name, disabled: [...new Set([...before, copy.name])] };
  if (look.memo?.acting !== copy.name) return { status: 'RUNNING', retryAfterMs: 0, memo };
  try {
    // Marathon's own deployment of a copy that does not come up would hold it for ever.
    await look.services.serverGroups.resize(placeOf(look.context), copy.name, 0, { force: true }, look.signal);
    return { status: 'RUNNING', retryAfterMs: againMs, memo };
  } catch (error) {
    return waitForLock(error, memo, look);
  }
}

/** Takes one copy after the other out of service, behind a traffic guard that counts the first app in. */
const disableCopies: TaskDefinition<Pick<Needs, 'serverGroups'>> = {
  name: 'disableCopies',
  timeoutMs: 30 * oneMinute,
  timeoutFromStage: false,
  acts: 'DC/OS',
  async run(look) {
    const { cluster } = config.parse(look.stage.context);
    const location = placeOf(look.context);
    const groups = await groupsOf(look);
    const copies = copiesAmong(groups, look);
    const copy = copies.find((group) => !isDisabled(group));
    if (copy === undefined) {
      const left = copies.find(({ instances }) => instances.length > 0);
      if (left === undefined) return { status: 'SUCCEEDED' };
      const progress = `${left.name} still has ${left.instances.length} tasks`;
      return { status: 'RUNNING', retryAfterMs: againMs, context: { progress } };
    }
    const app = await readUnmanaged(look);
    if (app === undefined) return firstIsGone(look);
    // What is promised may be more than the first ever served with: then nothing could go back.
    const beside = { cluster, location, groups, app, going: copy.name, least: 1 };
    const answer = guardBesideUnmanaged({ operation: 'Disabling', ...beside });
    if (answer.allowed) return disable(look, copy);
    if (look.now - look.startedAt < patienceMs)
      return { status: 'RUNNING', retryAfterMs: againMs, context: { progress: answer.reason } };
    return { status: 'TERMINAL', code: 'TRAFFIC_GUARD', reason: answer.reason };
  },
};

const shown = z.object({ copies: z.array(z.string()), keptUntil: z.number() });

/**
 * Takes back what adoptServerGroup did while the first app is there: brings it back to its size and waits until it
 * serves, then takes the copy, found by its key, out of service and keeps it for diagnosis. Where the first is removed
 * already, the copy stays.
 */
export const undoAdoption = defineStage({
  type: 'undoAdoption',
  isInternal: true,
  needs: ['serverGroups', 'expiries'],
  config,
  tasks: [
    onUnmanaged(
      'restoreUnmanaged',
      (app, look) => app === undefined || app.desired > 0 || (config.parse(look.stage.context).size ?? 0) === 0,
      (look, name) => {
        const { size = 0 } = config.parse(look.stage.context);
        // The scale-down may still hold the app.
        return look.services.serverGroups.resize(placeOf(look.context), name, size, { force: true }, look.signal);
      },
    ),
    waitForUnmanaged,
    keepCopies,
    disableCopies,
  ],
  render: (stage) => {
    const seen = shown.safeParse(stage.outputs);
    if (!seen.success) return undefined;
    return [`${seen.data.copies.join(', ')} kept for diagnosis until `, { time: seen.data.keptUntil }];
  },
});
