import { z } from 'zod';
import { CoxswainError } from '../model/errors';
import { defineStage } from '../services';
import { fanOut, forceField, serverGroupConfig, workerTasks } from './server-group/fan-out';
import { healthFields } from './server-group/health-wish';
import { placeOf } from './server-group/place';
import { determineCapacity } from './server-group/sized';
import { setSize } from './server-group/set-size';
import { wholeNumber, wholeNumberOr } from './server-group/spinnaker-values';
import { sizeBack } from './server-group/size-back';
import { determineTargetServerGroup, targetNameOf } from './server-group/target';
import { renderCapacity, waitForCapacityMatch } from './server-group/wait-for-capacity';

const config = serverGroupConfig.extend({
  capacity: z
    .looseObject({ desired: wholeNumber.describe('The size.') })
    .nullish()
    .describe('The size, `{ desired: 4 }`. Default: the size that it served with before it was taken out.'),
  minimumCapacity: wholeNumberOr(0).describe('How many instances it has at least. Default: 0.'),
  ...healthFields,
  ...forceField,
});

/**
 * Brings a disabled server group back: to the size asked for, else to the one that it served with from Marathon's versions,
 * never below `minimumCapacity` (decisions 1). A group that is in service is left as it is unless a size is asked for.
 */
export const enableServerGroup = defineStage({
  type: 'enableServerGroup',
  about: {
    summary:
      'Brings a server group back into service: to the size given, else to the one that it served with before it was taken out, as Marathon remembers it. One that serves is left alone unless a size is given.',
    puts: {
      targetServerGroup: 'The name of the server group.',
      capacity: 'Its size now: `{ min, desired, max }`.',
      'originalCapacity.<name>': 'Its size before.',
    },
    cancel:
      'A change of size goes back to the size before, also where the stage had ended; parts that had not begun do not.',
    restart: 'Looks again which server group is meant, and acts on that.',
  },
  aliases: ['enableAsg'],
  needs: ['serverGroups'],
  needsPlaces: true,
  config,
  before: fanOut('enableServerGroup', 'Enable'),
  tasks: workerTasks([
    determineTargetServerGroup,
    determineCapacity(async (look, desired) => {
      const { capacity, minimumCapacity } = config.parse(look.stage.context);
      const asked = capacity?.desired;
      if (asked !== undefined) return Math.max(asked, minimumCapacity);
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
