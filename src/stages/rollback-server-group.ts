import { z } from 'zod';
import { CoxswainError } from '../model/errors';
import { parseMoniker } from '../model/moniker';
import { locationName } from '../model/server-group';
import type { PlanInput, StagePlan } from '../engine/contracts/stage';
import type { TaskDefinition, TaskLook } from '../engine/contracts/task';
import { childrenOf } from '../engine/graph';
import { defineStage, type Services } from '../services';
import { flatWishes, rollbackContext, wishesOf } from './rollback/rollback-wishes';
import { clusterFields, fanOut, workerTasks } from './server-group/fan-out';
import { isWorker, placeOf } from './server-group/place';
import { sizesBack } from './server-group/size-back';
import { wholeNumber } from './server-group/spinnaker-values';

type Needs = Pick<Services, 'serverGroups'>;

const config = z
  .looseObject({
    ...clusterFields,
    rollbackType: z
      .enum(['EXPLICIT'], 'only EXPLICIT is known: name both server groups')
      .optional()
      .describe('The one kind that DC/OS has. Default: EXPLICIT.'),
    rollbackContext: rollbackContext.optional().describe('The fields below in the spelling of Spinnaker.'),
    ...rollbackContext.partial().shape,
    desired: wholeNumber.describe('The size that the good server group has at least. Default: that of the bad one.'),
  })
  .refine((context) => rollbackContext.safeParse(flatWishes(context)).success, {
    message: 'rollbackServerGroupName and restoreServerGroupName say which server groups change places',
    path: ['rollbackContext'],
  });

const given = z.looseObject({ cluster: z.string().optional(), rollbackType: z.string().optional() });
const sized = z.looseObject({ desired: wholeNumber });

/** The cluster named, or that of the server group to go back from. */
function clusterOf({ context }: Pick<PlanInput['stage'], 'context'>): string {
  const { rollback } = wishesOf(context);
  return given.parse(context).cluster ?? parseMoniker(rollback)?.cluster ?? rollback;
}

/** The size that the bad server group has, or had when this began; undefined where it was not read. */
const desiredOf = ({ context, outputs }: PlanInput['stage']): number | undefined =>
  sized.parse({ ...outputs, ...context }).desired;

/** Reads the size of the group to go back from, where whoever planned the stage did not give it. */
const captureSourceServerGroupCapacity: TaskDefinition<Needs> = {
  name: 'captureSourceServerGroupCapacity',
  timeoutMs: 10 * 60_000,
  timeoutFromStage: false,
  async run({ stage, services, signal }: TaskLook<Needs>) {
    const location = placeOf(stage.context);
    const { rollback, restore } = wishesOf(stage.context);
    const read = (name: string) => services.serverGroups.get(location, name, signal);
    for (const name of [rollback, ...(restore === undefined ? [] : [restore])]) {
      if ((await read(name)) !== undefined) continue;
      const message = `Cannot roll back in ${locationName(location)}: ${name} does not exist there.`;
      throw new CoxswainError('NOT_FOUND', { message });
    }
    return { status: 'SUCCEEDED', outputs: { desired: (await read(rollback))?.desired ?? 0 } };
  },
};

/** The other way round, as far as each change of size still stands: what served before serves again. */
const turnRound = ({ execution, stage }: PlanInput): readonly StagePlan[] | undefined =>
  isWorker(stage.context) ? sizesBack(execution, childrenOf(execution, stage)) : undefined;

function planSteps({ stage }: PlanInput): readonly StagePlan[] {
  if (!isWorker(stage.context)) return [];
  const { rollback, restore, keepsSize, delayBeforeDisableSeconds: waitTime } = wishesOf(stage.context);
  const location = placeOf(stage.context);
  const place = locationName(location);
  const base = { location, cluster: clusterOf(stage) };
  const size = keepsSize ? {} : { minimumCapacity: desiredOf(stage) };
  const enable: readonly StagePlan[] =
    restore === undefined
      ? []
      : [
          {
            type: 'enableServerGroup',
            name: `Enable ${restore} in ${place}`,
            context: { ...base, serverGroupName: restore, ...size },
          },
        ];
  const wait = waitTime > 0 ? [{ type: 'wait', name: 'Wait Before Disable', context: { waitTime } }] : [];
  return [
    ...enable,
    ...wait,
    {
      type: 'disableServerGroup',
      name: `Disable ${rollback} in ${place}`,
      context: {
        ...base,
        serverGroupName: rollback,
        forceDeployment: true,
        continueIfServerGroupNotFound: true,
      },
    },
  ];
}

/** One part for each place, which has the names at its top, where what looks back at rollbacks finds them. */
function planPlaces(input: PlanInput): readonly StagePlan[] {
  const { context } = input.stage;
  if (isWorker(context)) return [];
  const { rollbackType = 'EXPLICIT' } = given.parse(context);
  if (rollbackType !== 'EXPLICIT') {
    const message = `Rollback type ${rollbackType} is not known. Use EXPLICIT, which names both server groups.`;
    throw new CoxswainError('INVALID_INPUT', { message });
  }
  const wishes = { ...flatWishes(context), cluster: clusterOf(input.stage) };
  return fanOut(
    'rollbackServerGroup',
    'Roll back',
  )(input).map((plan) => ({
    ...plan,
    context: { ...plan.context, ...wishes, rollbackContext: undefined },
  }));
}

/**
 * One server group for another in one place: the good one up to the larger of its own last size and the bad one's, then
 * the bad one out of service. Enable and resize are one scale-up on DC/OS (semantics §4.8).
 */
export const rollbackServerGroup = defineStage({
  type: 'rollbackServerGroup',
  about: {
    summary:
      'Puts one server group in the place of another: the good one comes up first, at the larger of both sizes, then the bad one goes out of service.',
    puts: { desired: 'The size of the bad server group when it began.' },
    cancel: 'It turns round: the bad one serves again at its size, and the good one has the size that it had.',
    restart: 'Does it again with what there is then.',
  },
  needs: ['serverGroups'],
  needsPlaces: true,
  // Which cluster that is, the names of its server groups say.
  namesCluster: () => true,
  config,
  before: planPlaces,
  tasks: (input) =>
    desiredOf(input.stage) === undefined ? workerTasks<Needs>([captureSourceServerGroupCapacity])(input) : [],
  onCancel: turnRound,
  after: planSteps,
});
