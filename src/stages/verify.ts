import { z } from 'zod';
import type { ServerGroups } from '../dcos/server-groups';
import type { PlanInput } from '../engine/contracts/stage';
import type { TaskDefinition, TaskLook, TaskResult } from '../engine/contracts/task';
import { ancestorsOf, topLevelOf } from '../engine/graph';
import { pausedMs } from '../engine/stage-waits';
import { durationText } from '../engine/task-timeout';
import type { Execution, Stage, StageContext } from '../model/execution';
import { parseMoniker } from '../model/moniker';
import { locationName, type Location } from '../model/server-group';
import type { Text } from '../model/text';
import { defineStage } from '../services';
import { changeOf, creationsByPlace, planWholeUndo } from '../strategies';
import { locationSchema } from './server-group/place';
import { flag } from './server-group/spinnaker-values';
import { watching } from './server-group/watching';
import { isCertain, objectionTo, watchGroup, watchSchema, type Rules, type Watch } from './verify/watch';

const config = z.looseObject({
  durationSec: z.coerce.number().positive().describe('How long the new server groups are watched, in seconds.'),
  checks: z
    .array(z.enum(['healthy', 'noRestarts']))
    .min(1)
    .default(['healthy', 'noRestarts'])
    .describe(
      'What must hold all the time: `healthy` (all instances are healthy), `noRestarts` (no instance is lost or replaced).',
    ),
  toleranceSec: z.coerce
    .number()
    .min(0)
    .default(30)
    .describe('How long some instances may be unhealthy at a stretch, in seconds.'),
  rollback: z
    .looseObject({ onFailure: flag.describe('Whether everything goes back. Default: false.') })
    .optional()
    .describe('What becomes of everything that the execution deployed when a check fails. Default: it stays.'),
  regions: z
    .array(z.string())
    .optional()
    .describe('Watch only what was deployed in these regions, as `account/region`. Default: in all.'),
  serverGroups: z
    .array(z.object({ location: locationSchema, serverGroupName: z.string() }))
    .optional()
    .meta({
      description: 'The server groups to watch; by default those that the stages before this one deployed.',
      isPlanned: true,
    }),
});

type Needs = { readonly serverGroups: ServerGroups };
type Look = TaskLook<Needs>;
type Target = { readonly location: Location; readonly serverGroupName: string };

const pollMs = 5000;
/** How long after the interval an answer of DC/OS may be waited for. */
const graceMs = 30 * 60_000;

/** What the stages before deployed: of each place and cluster the last that came up. */
function deployedBefore(execution: Execution, stage: Stage): readonly Target[] {
  const before = new Set(ancestorsOf(execution, stage).map(({ id }) => id));
  const created = execution.stages.filter(
    (other) => other.status === 'SUCCEEDED' && before.has(topLevelOf(execution, other).id),
  );
  return creationsByPlace(created).flatMap((stages) => {
    const change = stages.flatMap((each) => changeOf(each) ?? []).at(-1);
    return change === undefined ? [] : [{ location: change.location, serverGroupName: change.created }];
  });
}

function targetsOf({ execution, stage }: Pick<Look, 'execution' | 'stage'>): readonly Target[] {
  const { serverGroups, regions } = config.parse(stage.context);
  const all = serverGroups ?? deployedBefore(execution, stage);
  return all.filter(({ location }) => regions?.includes(locationName(location)) ?? true);
}

const keptSchema = z.object({ attempt: z.number(), groups: z.array(watchSchema) });

/** What earlier looks of this attempt saw, in the order of the targets. */
function seenBefore({ attempt, context }: Stage): readonly Watch[] {
  const kept = keptSchema.safeParse(context.watched);
  return kept.success && kept.data.attempt === attempt ? kept.data.groups : [];
}

async function lookAt(look: Look, target: Target, before: Watch | undefined): Promise<Watch | undefined> {
  const { location, serverGroupName: name } = target;
  const { serverGroups } = look.services;
  const { value: view } = await serverGroups.look(location, look.signal, parseMoniker(name)?.cluster);
  // A list leaves out what may not be read: only the group itself says that it is gone.
  const group = view.group(location, name) ?? (await serverGroups.get(location, name, look.signal));
  return group === undefined ? undefined : watchGroup(before, group, look.now);
}

async function refuse(look: Look, { location, serverGroupName: name }: Target, objection: string): Promise<TaskResult> {
  const diagnosis = await look.services.serverGroups.diagnose(location, name, look.signal);
  const last = await look.services.serverGroups.lastFailure(location, name, look.signal);
  const cause = last === undefined ? '' : `: ${last}`;
  const reason = `${name} in ${locationName(location)} ${objection}${cause}.`;
  return { status: 'TERMINAL', code: 'VERIFICATION_FAILED', reason, context: { diagnosis } };
}

async function verifyGroups(look: Look): Promise<TaskResult> {
  const { execution, stage, now, startedAt } = look;
  const { durationSec, checks, toleranceSec } = config.parse(stage.context);
  const rules: Rules = { checks, toleranceMs: toleranceSec * 1000 };
  const targets = targetsOf(look);
  if (targets.length === 0) {
    const reason = `Stage '${stage.name}' has nothing to watch: no stage before it deployed a server group there.`;
    return { status: 'TERMINAL', code: 'NOT_FOUND', reason };
  }
  const before = seenBefore(stage);
  const groups: Watch[] = [];
  for (const [index, target] of targets.entries()) {
    const watch = await lookAt(look, target, before[index]);
    const objection = watch === undefined ? 'is gone' : objectionTo(watch, rules, now);
    if (watch === undefined || objection !== undefined) return refuse(look, target, objection ?? 'is gone');
    groups.push(watch);
  }
  const endsAt = startedAt + durationSec * 1000 + pausedMs(execution, startedAt);
  const watched = { attempt: stage.attempt, groups, endsAt };
  if (now >= endsAt && groups.every((watch) => isCertain(watch, rules))) {
    const verifiedServerGroups = targets.map(({ serverGroupName }) => serverGroupName);
    return { status: 'SUCCEEDED', outputs: { verifiedServerGroups }, context: { watched } };
  }
  const untilEnd = endsAt > now ? Math.min(pollMs, endsAt - now) : pollMs;
  return { status: 'RUNNING', retryAfterMs: untilEnd, context: { watched } };
}

const durationOf = (context: StageContext): number => config.parse(context).durationSec * 1000;

/** Ends with the interval, whatever the stage around it takes; only a timeout of its own is another. */
const verifyTask = ({ stage }: PlanInput): TaskDefinition<Needs> => ({
  name: 'verifyServerGroups',
  timeoutMs: durationOf(stage.context) + graceMs,
  timeoutFromStage: stage.context.stageTimeoutMs !== undefined,
  ...watching,
  run: verifyGroups,
});

const goesBack = ({ stage }: PlanInput): boolean => config.parse(stage.context).rollback?.onFailure === true;

function renderWatch(stage: Stage): Text | undefined {
  const groups = seenBefore(stage);
  if (groups.length === 0) return undefined;
  const serving = groups.reduce((sum, watch) => sum + watch.serving, 0);
  const wanted = groups.reduce((sum, watch) => sum + watch.wanted, 0);
  const healthy = `${serving}/${wanted} healthy`;
  const { endsAt } = z.object({ endsAt: z.number() }).parse(stage.context.watched);
  if (stage.status === 'RUNNING') return [`${healthy}, watched until `, { time: endsAt }];
  return `${healthy}, watched for ${durationText(durationOf(stage.context))}`;
}

/**
 * Watches server groups for a time and fails when one of them is unhealthy for longer than tolerated, or loses an instance
 * (decisions 5). A pause does not count. What fails may take back everything that the execution deployed.
 */
export const verify = defineStage({
  type: 'verify',
  about: {
    summary:
      'Watches the server groups that the stages before it deployed for a time, and fails when one of them is unhealthy for longer than tolerated, loses an instance, goes out of service or is gone. A pause does not count.',
    shorthand: {
      for: '`durationSec` as a duration, such as `10m`.',
      tolerance: '`toleranceSec` as a duration, such as `30s`.',
      onFailure: '`rollback`: the short form of `rollback: { onFailure: true }`.',
    },
    puts: { verifiedServerGroups: 'The names of the server groups that it watched.' },
    cancel: 'Stops watching; there is nothing of its own to undo.',
    restart: 'Watches for the whole time again; what was seen before does not count.',
  },
  needs: ['serverGroups'],
  config,
  outputs: ['verifiedServerGroups'],
  tasks: (input) => [verifyTask(input)],
  endsOthers: goesBack,
  onFailure: (input) => (goesBack(input) ? planWholeUndo(input.execution) : []),
  render: renderWatch,
});
