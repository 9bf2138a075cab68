import { z } from 'zod';
import { CoxswainError } from '../model/errors';
import { countServing, isDisabled, locationName, type Location, type ServerGroup } from '../model/server-group';
import { keyLabel, type ServerGroups } from '../dcos/server-groups';
import type { ChildPipelines } from '../engine/contracts/child-pipelines';
import type { Expiries } from '../engine/contracts/expiries';
import type { PlanInput, StagePlan } from '../engine/contracts/stage';
import type { TaskDefinition } from '../engine/contracts/task';
import { defineStage } from '../services';
import { waitForLaterChanges } from './child/later-changes';
import { placeOf } from './server-group/place';

const servedGroup = z.object({ serverGroupName: z.string(), desired: z.number() });

const config = z.looseObject({
  cluster: z.string(),
  /** How the keys of what is taken back begin: `execution/stage/`, for every attempt of the stage. */
  keys: z.array(z.string()).min(1),
  /** All that was in service before, which is no part of what is taken back, whoever made it. */
  served: z.array(z.string()).default([]),
  /** What served before; without it the new groups only go out of service. */
  source: servedGroup.optional(),
  /** What served beside it: it comes back too, where it still stands. */
  alsoServed: z.array(servedGroup).default([]),
  /** What of it did not come up, to be kept so long for diagnosis and then destroyed. */
  keepFailed: z.object({ keys: z.array(z.string()), minutes: z.number().min(0) }).optional(),
});

/** How long what is healthy stays in service for others to come back beside it, and how often they are looked at. */
const earlyMs = 5 * 60_000;
const pollMs = 2000;

const found = z.object({
  created: z.array(z.object({ name: z.string(), isDisabled: z.boolean(), key: z.string() })),
  sourceExists: z.boolean(),
  /** Whether something serves of what was created. */
  serves: z.boolean().default(false),
  /** How many instances what served beside the source had, as far as it is gone. */
  lost: z.number().default(0),
});

/** Of others whose changes are taken back nothing is offered to be run again. */
async function closeOthers(
  childPipelines: ChildPipelines,
  { execution, stage }: Pick<PlanInput, 'execution' | 'stage'>,
): Promise<void> {
  const ids = config.parse(stage.context).keys.map((key) => key.slice(0, key.indexOf('/')));
  for (const id of new Set(ids)) if (id !== execution.id) await childPipelines.close(id);
}

function undoPlans({ stage }: PlanInput): readonly StagePlan[] {
  const { cluster, source, alsoServed } = config.parse(stage.context);
  const { created, sourceExists, lost } = found.parse(stage.outputs);
  const location = placeOf(stage.context);
  const place = locationName(location);
  const [newest, ...older] = created;
  if (newest === undefined || (source !== undefined && !sourceExists)) return [];
  const base = { location, cluster };
  const disable = (groups: typeof created): readonly StagePlan[] =>
    groups
      .filter((group) => !group.isDisabled)
      .map(({ name }) => ({
        type: 'disableServerGroup',
        name: `Disable ${name} in ${place}`,
        context: { ...base, serverGroupName: name, forceDeployment: true, continueIfServerGroupNotFound: true },
      }));
  if (source === undefined) return disable(created);
  const names = { rollbackServerGroupName: newest.name, restoreServerGroupName: source.serverGroupName };
  const others: StagePlan = {
    type: 'enableAlsoServed',
    name: `Enable the others in ${place}`,
    context: { ...base, groups: alsoServed },
  };
  // What is sick may hold the room that the others need, and none of them may keep it in service.
  return [
    {
      type: 'rollbackServerGroup',
      name: `${newest.name} → ${source.serverGroupName} in ${place}`,
      context: { ...base, ...names, desired: source.desired + lost },
    },
    ...disable(older),
    ...(alsoServed.length === 0 ? [] : [others]),
  ];
}

type SizeWish = {
  readonly serverGroups: ServerGroups;
  readonly location: Location;
  readonly name: string;
  readonly size: number;
  readonly signal: AbortSignal;
};

/** Asks for a size; what is refused is asked for again, and at the end of the way back. */
async function resizeIfFree({ serverGroups, location, name, size, signal }: SizeWish): Promise<void> {
  try {
    await serverGroups.resize(location, name, size, { force: false }, signal);
  } catch (error) {
    if (!(error instanceof CoxswainError)) throw error;
  }
}

/**
 * As long as the new serves, what served beside the source comes back beside it first, so that never less serves. Where there
 * is no room for both it waits no longer than `earlyMs`: the new goes then, and the others come back after it.
 */
const bringBackOthers: TaskDefinition<{ readonly serverGroups: ServerGroups }> = {
  name: 'bringBackOthers',
  timeoutMs: 2 * earlyMs,
  timeoutFromStage: false,
  acts: 'DC/OS',
  async run({ stage, memo, now, startedAt, services: { serverGroups }, signal }) {
    const { cluster, source, alsoServed } = config.parse(stage.context);
    const { serves, sourceExists } = found.parse(stage.outputs);
    if (alsoServed.length === 0 || !serves || (source !== undefined && !sourceExists))
      return { status: 'SKIPPED', reason: 'Nothing can come back beside what serves.' };
    if (now - startedAt >= earlyMs)
      return { status: 'SKIPPED', reason: 'There was no room for others beside the new.' };
    const location = placeOf(stage.context);
    const groups = await serverGroups.list(location, cluster, signal);
    const wanting = alsoServed.flatMap(({ serverGroupName, desired }) => {
      const group = groups.find(({ name }) => name === serverGroupName);
      return group === undefined || countServing(group) >= desired ? [] : [{ group, desired }];
    });
    if (wanting.length === 0) return { status: 'SUCCEEDED' };
    if (memo === undefined)
      return {
        status: 'RUNNING',
        retryAfterMs: 0,
        memo: { acting: wanting.map(({ group, desired }) => `${group.name} to ${desired}`).join(', ') },
      };
    for (const { group, desired } of wanting.filter(({ group, desired }) => group.desired < desired))
      await resizeIfFree({ serverGroups, location, name: group.name, size: desired, signal });
    return { status: 'RUNNING', retryAfterMs: pollMs, memo };
  },
};

/** Plans the end of what did not come up before it goes out of service, so that nothing is kept for ever. */
const keepForDiagnosis: TaskDefinition<{ readonly expiries: Expiries }> = {
  name: 'keepForDiagnosis',
  timeoutMs: 10 * 60_000,
  timeoutFromStage: false,
  async run({ execution, stage, startedAt, services }) {
    const { cluster, keepFailed } = config.parse(stage.context);
    const { created } = found.parse(stage.outputs);
    const failed = created.filter(({ key }) => keepFailed?.keys.some((prefix) => key.startsWith(prefix)) === true);
    if (keepFailed === undefined || failed.length === 0) return { status: 'SKIPPED', reason: 'Nothing is to be kept.' };
    const destroyAt = startedAt + keepFailed.minutes * 60_000;
    const location = placeOf(stage.context);
    const { teamId, id: executionId } = execution;
    const base = { schema: 1, teamId, executionId, location, cluster, keptSince: startedAt, destroyAt } as const;
    for (const { name, key } of failed) {
      await services.expiries.plan({ ...base, serverGroupName: name, key, state: 'kept' });
    }
    return { status: 'SUCCEEDED', outputs: { keptUntil: destroyAt } };
  },
};

/**
 * Takes back what createServerGroup stages did in one place: finds what they created by its key, also what they never
 * learned of, brings back at its old size what served before, also in the stead of what went with the surplus, takes the new
 * out of service behind the traffic guard. What served beside the source comes back before that where the new serves and
 * there is room for both, else after it.
 * Where what served before was destroyed already, the new stays.
 */
export const undoServerGroup = defineStage({
  type: 'undoServerGroup',
  isInternal: true,
  needs: ['serverGroups', 'expiries', 'childPipelines'],
  config,
  tasks: (input) => [
    ...waitForLaterChanges(input),
    {
      name: 'findCreatedServerGroups',
      timeoutMs: 10 * 60_000,
      timeoutFromStage: false,
      async run({ execution, stage, services, signal }) {
        await closeOthers(services.childPipelines, { execution, stage });
        const { cluster, keys, served, source, alsoServed } = config.parse(stage.context);
        const groups = await services.serverGroups.list(placeOf(stage.context), cluster, signal);
        const isOurs = ({ name, labels }: ServerGroup) =>
          !served.includes(name) && keys.some((key) => labels[keyLabel]?.startsWith(key) === true);
        const created = groups.filter(isOurs);
        const sourceExists = groups.some((group) => group.name === source?.serverGroupName);
        const gone = alsoServed.filter(({ serverGroupName }) => !groups.some(({ name }) => name === serverGroupName));
        const lost = gone.reduce((sum, { desired }) => sum + desired, 0);
        const names = created.map((group) => ({
          name: group.name,
          isDisabled: isDisabled(group),
          key: group.labels[keyLabel] ?? '',
        }));
        const serves = created.some((group) => countServing(group) > 0);
        return { status: 'SUCCEEDED', outputs: { created: names, sourceExists, serves, lost } };
      },
    },
    bringBackOthers,
    keepForDiagnosis,
  ],
  after: undoPlans,
  render: (stage) => {
    const { source } = config.parse(stage.context);
    const seen = found.safeParse(stage.outputs);
    if (!seen.success) return undefined;
    const names = seen.data.created.map(({ name }) => name).join(', ');
    if (names === '') return 'nothing had been created';
    const { keptUntil } = stage.outputs;
    if (typeof keptUntil === 'number') return [`${names} kept for diagnosis until `, { time: keptUntil }];
    if (source === undefined || seen.data.sourceExists) return names;
    return `${source.serverGroupName} is gone already, so ${names} stays`;
  },
});
