import { z } from 'zod';
import { CoxswainError } from '../model/errors';
import { defineStage } from '../services';
import { fanOut, serverGroupConfig, workerTasks } from './server-group/fan-out';
import { placeOf } from './server-group/place';
import { determineCapacity } from './server-group/sized';
import { setSize } from './server-group/set-size';
import { sizeBack } from './server-group/size-back';
import { determineTargetServerGroup, targetNameOf } from './server-group/target';
import { renderCapacity, waitForCapacityMatch } from './server-group/wait-for-capacity';

const sizes = z.object({
  capacity: z.object({ desired: z.number() }).optional(),
  minimumCapacity: z.number().catch(0),
});

/**
 * Brings a disabled server group back: to the size asked for, else to its last non-zero size from Marathon's versions,
 * never below `minimumCapacity` (decisions 1). A group that is in service is left as it is unless a size is asked for.
 */
export const enableServerGroup = defineStage({
  type: 'enableServerGroup',
  aliases: ['enableAsg'],
  needs: ['serverGroups'],
  needsPlaces: true,
  config: serverGroupConfig,
  before: fanOut('enableServerGroup', 'Enable'),
  tasks: workerTasks([
    determineTargetServerGroup,
    determineCapacity(async (look, desired) => {
      const { capacity, minimumCapacity } = sizes.parse(look.stage.context);
      if (capacity !== undefined) return Math.max(capacity.desired, minimumCapacity);
      if (desired > 0) return Math.max(desired, minimumCapacity);
      const name = targetNameOf(look);
      const last = await look.services.serverGroups.lastNonZeroSize(placeOf(look.context), name, look.signal);
      const size = Math.max(last ?? 0, minimumCapacity);
      if (size > 0) return size;
      throw new CoxswainError('INVALID_INPUT', {
        message: `Cannot enable ${name}: Marathon remembers no size for it. Give one, for example with capacity.desired.`,
      });
    }),
    setSize('enableServerGroup'),
    waitForCapacityMatch,
  ]),
  onCancel: sizeBack,
  render: renderCapacity,
});
