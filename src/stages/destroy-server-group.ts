import { z } from 'zod';
import { parseMoniker } from '../model/moniker';
import { locationName, placeName } from '../model/server-group';
import type { ServerGroups } from '../dcos/server-groups';
import type { PlanInput, StagePlan } from '../engine/contracts/stage';
import type { TaskDefinition } from '../engine/contracts/task';
import { withoutFailureChoice } from '../engine/failure-status';
import { childrenOf } from '../engine/graph';
import { defineStage } from '../services';
import { fanOut, forceField, serverGroupConfig, workerTasks } from './server-group/fan-out';
import { watching } from './server-group/watching';
import { guardStep, type GuardedServices } from './server-group/guarded';
import { isWorker, nameOf, placeOf } from './server-group/place';
import { releaseTrafficGuard } from './server-group/release-guard';
import { sizesBack } from './server-group/size-back';
import { flagOr } from './server-group/spinnaker-values';
import { changeLocked, waitForLock } from './server-group/wait-for-lock';
import { determineTargetServerGroup, keptTarget, targetNameOf } from './server-group/target';
import { renderCapacity } from './server-group/wait-for-capacity';

type Needs = { readonly serverGroups: ServerGroups };

const wishes = z.object({
  skipDisableBeforeDestroy: flagOr(false).describe(
    'Whether it is destroyed without going out of service first. Default: false.',
  ),
  ...forceField,
});

const guard = guardStep('Destroying');

/** Deletes the app. A lock is waited out unless the stage forces; an app that is gone counts as deleted. */
const deleteServerGroup: TaskDefinition<GuardedServices> = {
  name: 'destroyServerGroup',
  timeoutMs: 30 * 60_000,
  timeoutFromStage: false,
  acts: 'DC/OS',
  async run(look) {
    const name = targetNameOf(look);
    const decision = { place: placeName(placeOf(look.context)), targetServerGroup: name };
    if (look.memo === undefined) return { status: 'RUNNING', retryAfterMs: 0, memo: { destroying: name }, decision };
    const denied = await guard.recheck(look);
    if (denied !== undefined) return denied;
    const { forceDeployment: force } = wishes.parse(look.stage.context);
    try {
      const place = placeOf(look.context);
      const destroy = (isForced: boolean) =>
        look.services.serverGroups.destroy(place, name, { force: isForced }, look.signal);
      await changeLocked(look, destroy, { force });
      return { status: 'SUCCEEDED' };
    } catch (error) {
      return waitForLock(error, { destroying: name }, look);
    }
  },
};

const waitForDestroyedServerGroup: TaskDefinition<Needs> = {
  name: 'waitForDestroyedServerGroup',
  timeoutMs: 30 * 60_000,
  timeoutFromStage: false,
  ...watching,
  async run(look) {
    const name = targetNameOf(look);
    const location = placeOf(look.context);
    const { value: view } = await look.services.serverGroups.look(location, look.signal, parseMoniker(name)?.cluster);
    if (view.group(location, name) === undefined) return { status: 'SUCCEEDED' };
    return { status: 'RUNNING', retryAfterMs: 2000, context: { progress: `${name} still exists` } };
  },
};

/** A group is disabled before it is destroyed, so that its traffic ends first (semantics §4.4). */
function disableFirst(input: PlanInput): readonly StagePlan[] {
  const { execution, stage } = input;
  if (!isWorker(stage.context)) return fanOut('destroyServerGroup', 'Destroy')(input);
  if (wishes.parse(stage.context).skipDisableBeforeDestroy) return [];
  const place = locationName(placeOf(stage.context));
  const serverGroupName = nameOf(stage.context) ?? keptTarget(execution, stage);
  const planned = { ...withoutFailureChoice(stage.context), continueIfServerGroupNotFound: true };
  const context = { ...planned, ...(serverGroupName === undefined ? {} : { serverGroupName }) };
  return [{ type: 'disableServerGroup', name: `Disable in ${place}`, context }];
}

/** Once the app is deleted there is no way back; until then its disabling is taken back, also where a deletion may still land. */
function bringBack({ execution, stage }: PlanInput): readonly StagePlan[] | undefined {
  if (!isWorker(stage.context)) return undefined;
  const isDeleted = stage.tasks.some(({ name, status }) => name === deleteServerGroup.name && status === 'SUCCEEDED');
  return isDeleted ? [] : sizesBack(execution, childrenOf(execution, stage));
}

const config = serverGroupConfig.extend(wishes.shape);

/** Removes a server group: disables it, passes the traffic guard, deletes the app and waits until it is gone. */
export const destroyServerGroup = defineStage({
  type: 'destroyServerGroup',
  about: {
    summary: 'Takes a server group out of service and removes it. The traffic guard refuses the last that serves.',
    puts: { targetServerGroup: 'The name of the server group.' },
    cancel: 'What it had taken out of service comes back; what is destroyed is gone.',
    restart: 'Looks again which server group is meant, and acts on that.',
  },
  aliases: ['destroyAsg'],
  needs: ['serverGroups', 'trafficGuard'],
  needsPlaces: true,
  config,
  before: disableFirst,
  tasks: workerTasks<GuardedServices>([
    determineTargetServerGroup,
    guard.check,
    deleteServerGroup,
    waitForDestroyedServerGroup,
    releaseTrafficGuard,
  ]),
  onCancel: bringBack,
  render: renderCapacity,
});
