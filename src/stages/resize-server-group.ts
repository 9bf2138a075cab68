import { z } from 'zod';
import { exactly, resizedCapacity, type Capacity, type ResizeBasis } from '../model/capacity';
import { CoxswainError } from '../model/errors';
import { locationName } from '../model/server-group';
import type { TaskLook } from '../engine/contracts/task';
import { defineStage, type Services } from '../services';
import { fanOut, forceField, serverGroupConfig, workerTasks } from './server-group/fan-out';
import { guardStep, type Going, type GuardedServices } from './server-group/guarded';
import { healthFields } from './server-group/health-wish';
import { clusterOf, nameOf, placeBeside, placeOf } from './server-group/place';
import { releaseTrafficGuard } from './server-group/release-guard';
import { determineCapacity, sizeChangeOf } from './server-group/sized';
import { setSize } from './server-group/set-size';
import { sizeBack } from './server-group/size-back';
import { flag, wholeNumber } from './server-group/spinnaker-values';
import { determineTargetServerGroup, targetNameOf } from './server-group/target';
import { renderCapacity, waitForCapacityMatch } from './server-group/wait-for-capacity';

const size = z.object({
  min: wholeNumber.describe('The smallest size.'),
  desired: wholeNumber.describe('The size.'),
  max: wholeNumber.describe('The largest size.'),
});
const config = z.looseObject({
  action: z
    .enum(['scale_up', 'scale_down', 'scale_exact', 'scale_to_cluster', 'scale_to_server_group'])
    .nullish()
    .transform((action) => action ?? undefined)
    .describe('How the new size is found. Default: `scale_exact`.'),
  resizeType: z
    .enum(['pct', 'incr', 'exact'])
    .nullish()
    .transform((type) => type ?? undefined)
    .describe('What is given: a percentage, a number of instances or the size; `exact` means `scale_exact`.'),
  scalePct: wholeNumber.describe('By how many percent, rounded up; of `scale_to_server_group`, how many of its size.'),
  scaleNum: wholeNumber.describe('By how many instances; not below 0.'),
  capacity: size
    .nullish()
    .transform((capacity) => capacity ?? undefined)
    .describe('The size of `scale_exact`; what is left out is as it is now.'),
  source: z
    .looseObject({})
    .optional()
    .describe(
      'Whose size `scale_to_server_group` copies, `{ serverGroupName }`; `account` and `region` where they are others.',
    ),
  pinCapacity: flag.describe(
    '`scale_to_server_group`: whether all three sizes become the desired one. Default: false.',
  ),
  pinMinimumCapacity: flag.describe('The same, of the smallest. Default: false.'),
  unpinMinimumCapacity: flag.describe('Whether the smallest becomes what it was before. Default: false.'),
  minimumServing: wholeNumber.describe('Ours: how many healthy instances a smaller size must leave in the cluster.'),
  ...healthFields,
  ...forceField,
});

type Look = TaskLook<Pick<Services, 'serverGroups'>>;

const saved = z.object({ min: z.number() });

/** The smallest size that the source of a copy, or the configuration of a deploy, had before it was pinned. */
function originalMin({ stage, context }: Look): Partial<ResizeBasis> {
  const name = nameOf(config.parse(stage.context).source ?? {});
  const found = [context[`originalCapacity.${name ?? ''}`], context.savedCapacity]
    .map((capacity) => saved.safeParse(capacity).data?.min)
    .find((min) => min !== undefined);
  return found === undefined ? {} : { originalMin: found };
}

/** The size of the group that is copied. Throws INVALID_INPUT where the stage names none, NOT_FOUND where it is gone. */
async function sourceSize({ stage, context, services, signal }: Look): Promise<Capacity> {
  const reference = config.parse(stage.context).source ?? {};
  const name = nameOf(reference);
  if (name === undefined) {
    const message = `Stage '${stage.name}' copies the size of no server group. Name one: source: { serverGroupName: foo-prod-v003 }.`;
    throw new CoxswainError('INVALID_INPUT', { message });
  }
  const place = placeBeside(placeOf(context), reference);
  const group = await services.serverGroups.get(place, name, signal);
  if (group !== undefined) return exactly(group.desired);
  const message = `There is no ${name} in ${locationName(place)} to copy the size of.`;
  throw new CoxswainError('NOT_FOUND', { message });
}

/** The new size, with what else its action looks at read uncached. */
async function sizeFor(look: Look, desired: number): Promise<Capacity> {
  const request = config.parse(look.stage.context);
  const basis = { live: exactly(desired), ...originalMin(look) };
  const action = request.resizeType === 'exact' ? 'scale_exact' : request.action;
  if (action === 'scale_to_server_group') {
    return resizedCapacity({ ...basis, source: await sourceSize(look) }, request);
  }
  if (action !== 'scale_to_cluster') return resizedCapacity(basis, request);
  const groups = await look.services.serverGroups.list(placeOf(look.context), clusterOf(look), look.signal);
  return resizedCapacity({ ...basis, cluster: groups.map((group) => exactly(group.desired)) }, request);
}

/** The target, where it is to have fewer instances; whether some must be left then, the guard knows. */
function goingOf(look: TaskLook<GuardedServices>): Promise<Going> {
  const { originalCapacity, targetDesiredSize: size } = sizeChangeOf(look.stage);
  const going = [targetNameOf(look)];
  if (size === 0) return Promise.resolve({ going });
  const isFewer = size < originalCapacity;
  return Promise.resolve(isFewer ? { going, keeping: size, operation: `A size of ${size} of` } : { going: [] });
}

const guard = guardStep('Removal of all instances in', goingOf);

/** Changes a server group's size (semantics §4.5). Before it becomes smaller the traffic guard is asked (decisions 16). */
export const resizeServerGroup = defineStage({
  type: 'resizeServerGroup',
  about: {
    summary:
      'Changes the size of a server group. The traffic guard asks before it becomes 0, and before it becomes smaller where `minInstances` are promised.',
    puts: {
      targetServerGroup: 'The name of the server group.',
      capacity: 'Its size now: `{ min, desired, max }`.',
      'originalCapacity.<name>': 'Its size before.',
    },
    cancel:
      'A change of size goes back to the size before, also where the stage had ended; parts that had not begun do not.',
    restart: 'Reckons from the size that the server group has then, so that `scale_up` scales up once more.',
  },
  aliases: ['resizeAsg'],
  needs: ['serverGroups', 'trafficGuard'],
  needsPlaces: true,
  config: serverGroupConfig.extend(config.shape),
  before: fanOut('resizeServerGroup', 'Resize'),
  tasks: workerTasks<GuardedServices>([
    determineTargetServerGroup,
    determineCapacity(sizeFor),
    guard.check,
    setSize('resizeServerGroup', guard.recheck),
    waitForCapacityMatch,
    releaseTrafficGuard,
  ]),
  onCancel: sizeBack,
  render: renderCapacity,
});
