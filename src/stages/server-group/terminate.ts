import { z } from 'zod';
import type { TaskDefinition, TaskLook, TaskResult } from '../../engine/contracts/task';
import { CoxswainError } from '../../model/errors';
import type { StageContext } from '../../model/execution';
import { parseMoniker } from '../../model/moniker';
import { locationName, type Location, type ServerGroup } from '../../model/server-group';
import type { Text } from '../../model/text';
import { guardStep, type Going, type GuardedServices } from './guarded';
import { nameOf, placeOf } from './place';
import { releaseTrafficGuard } from './release-guard';
import { changeLocked, waitForLock } from './wait-for-lock';
import { watching } from './watching';

type Look = TaskLook<GuardedServices>;

const retryMs = 2000;
const ids = z.array(z.string().min(1)).min(1);
const asked = z.object({
  instanceIds: ids.optional(),
  instance: z.string().optional(),
  instanceId: z.string().optional(),
});

/** The instances that a stage names, each once. Throws INVALID_INPUT where it names none. */
export function instancesOf(context: StageContext): readonly string[] {
  const { instanceIds, instance, instanceId } = asked.parse(context);
  const named = instanceIds ?? [instance ?? instanceId ?? []].flat();
  if (named.length > 0) return [...new Set(named)];
  throw new CoxswainError('INVALID_INPUT', { message: 'The stage names no instance. Give their ids in instanceIds.' });
}

/** Which instances go, by the name of their group. Throws INVALID_INPUT for one that is none of the place, or of the group. */
function byGroup(look: Look, place: Location): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  const wanted = nameOf(look.stage.context);
  for (const id of instancesOf(look.stage.context)) {
    const name = look.services.serverGroups.groupOfInstance(place, id);
    if (name === undefined || (wanted !== undefined && name !== wanted)) {
      const message = `Instance ${id} is not one of ${wanted ?? locationName(place)}. Take the ids as DC/OS shows them.`;
      throw new CoxswainError('INVALID_INPUT', { message });
    }
    groups.set(name, [...(groups.get(name) ?? []), id]);
  }
  return groups;
}

/** Finds the cluster that the instances are of, for the traffic guard, which judges one at a time. */
const determineCluster: TaskDefinition<GuardedServices> = {
  name: 'determineCluster',
  timeoutMs: 60_000,
  timeoutFromStage: false,
  run: (look) => Promise.resolve().then(() => clusterOfAll(look)),
};

function clusterOfAll(look: Look): TaskResult {
  const names = [...byGroup(look, placeOf(look.context)).keys()];
  const clusters = [...new Set(names.map((name) => parseMoniker(name)?.cluster ?? name))];
  const [cluster] = clusters;
  if (clusters.length === 1) return { status: 'SUCCEEDED', outputs: { cluster } };
  const reason = `The instances are of several clusters: ${clusters.join(', ')}. Give each a stage of its own.`;
  return { status: 'TERMINAL', code: 'INVALID_INPUT', reason };
}

type Leaving = { readonly group: ServerGroup; readonly leaving: readonly string[] };

const isIn = ({ instances }: ServerGroup, id: string): boolean => instances.some((instance) => instance.id === id);

/** What is still there of what goes, read uncached. */
async function stillThere(look: Look): Promise<readonly Leaving[]> {
  const place = placeOf(look.context);
  const found = await Promise.all(
    [...byGroup(look, place)].map(async ([name, wanted]) => {
      const group = await look.services.serverGroups.get(place, name, look.signal);
      return group === undefined ? [] : [{ group, leaving: wanted.filter((id) => isIn(group, id)) }];
    }),
  );
  return found.flat().filter(({ leaving }) => leaving.length > 0);
}

/** The instances that go: reserved until they are gone, so that no other stage counts on them (semantics §8). */
async function going(look: Look): Promise<Going> {
  const all = await stillThere(look);
  return { going: [], instances: new Map(all.map(({ group, leaving }) => [group.name, leaving])) };
}

const guard = guardStep('Terminating the requested instance(s) in', going);

/** The sizes that the groups had when the kill was decided: one that has shrunk by as many is through. */
const intentSchema = z.object({ sizes: z.record(z.string(), z.number()) });

/** Milliseconds since the epoch, after which a stage kills nothing more. */
const bounded = z.object({ notAfter: z.number().optional() });

function tooLate({ stage, execution, now }: Look): TaskResult | undefined {
  const { notAfter } = bounded.parse(stage.context);
  if (notAfter === undefined) return undefined;
  // What let it go may not hold any more after a pause or a wait, and nobody asks again.
  if (execution.paused !== undefined || execution.admission?.waited === true) {
    const reason = 'It was held up before it was killed, and is not made up for.';
    return { status: 'TERMINAL', code: 'TASK_TIMEOUT', reason };
  }
  if (now <= notAfter) return undefined;
  const reason = `It was to be killed until ${new Date(notAfter).toISOString()}, and that is over.`;
  return { status: 'TERMINAL', code: 'TASK_TIMEOUT', reason };
}

function pending(all: readonly Leaving[], memo: z.infer<typeof intentSchema>, decrement: boolean): readonly string[] {
  return all.flatMap(({ group, leaving }) => {
    const before = memo.sizes[group.name];
    const hasShrunk = decrement && before !== undefined && group.desired <= before - leaving.length;
    return hasShrunk ? [] : leaving;
  });
}

/** Kills by id in two steps. Killing twice is harmless: an instance that is gone is left out, and a new one has a new id. */
const kill = (taskName: string, decrement: boolean): TaskDefinition<GuardedServices> => ({
  name: taskName,
  timeoutMs: 30 * 60_000,
  timeoutFromStage: true,
  acts: 'DC/OS',
  async run(look): Promise<TaskResult> {
    const intent = intentSchema.safeParse(look.memo);
    const all = await stillThere(look);
    if (!intent.success) {
      const sizes = Object.fromEntries(all.map(({ group }) => [group.name, group.desired]));
      return { status: 'RUNNING', retryAfterMs: 0, memo: { sizes } };
    }
    const left = pending(all, intent.data, decrement);
    if (left.length === 0) return { status: 'SUCCEEDED' };
    const denied = tooLate(look) ?? (await guard.recheck(look));
    if (denied !== undefined) return denied;
    try {
      const place = placeOf(look.context);
      const terminate = (force: boolean) =>
        look.services.serverGroups.terminate(place, left, { decrement, force }, look.signal);
      await changeLocked(look, terminate);
      return { status: 'SUCCEEDED' };
    } catch (error) {
      return waitForLock(error, intent.data, look);
    }
  },
});

const waitForTerminatedInstances: TaskDefinition<GuardedServices> = {
  name: 'waitForTerminatedInstances',
  timeoutMs: 3_600_000,
  timeoutFromStage: true,
  ...watching,
  async run(look): Promise<TaskResult> {
    const place = placeOf(look.context);
    const { value: view } = await look.services.serverGroups.look(place, look.signal);
    const left = [...byGroup(look, place)].flatMap(([name, wanted]) => {
      const group = view.group(place, name);
      return group === undefined ? [] : wanted.filter((id) => isIn(group, id));
    });
    if (left.length === 0)
      return { status: 'SUCCEEDED', outputs: { terminatedInstances: instancesOf(look.stage.context) } };
    return { status: 'RUNNING', retryAfterMs: retryMs, context: { progress: `${left.join(', ')} still there` } };
  },
};

/** The tasks of a stage that kills instances of groups; with `decrement` none takes their place. */
export const terminationTasks = (taskName: string, decrement: boolean): readonly TaskDefinition<GuardedServices>[] => [
  determineCluster,
  guard.check,
  kill(taskName, decrement),
  waitForTerminatedInstances,
  releaseTrafficGuard,
];

/** `2 instances of …`, for the progress line. */
export function renderInstances(context: StageContext): Text | undefined {
  const { instanceIds, instance, instanceId } = asked.catch({}).parse(context);
  const named = instanceIds ?? [instance ?? instanceId ?? []].flat();
  return named.length === 0 ? undefined : named.join(', ');
}
