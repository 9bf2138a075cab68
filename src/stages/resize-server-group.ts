import { z } from 'zod';
import { resizedCapacity } from '../model/capacity';
import { defineStage } from '../services';
import { fanOut, serverGroupConfig, workerTasks } from './server-group/fan-out';
import { checkTrafficGuard, type GuardedServices } from './server-group/guarded';
import { releaseTrafficGuard } from './server-group/release-guard';
import { setSize } from './server-group/set-size';
import { sizeBack } from './server-group/size-back';
import { determineTargetServerGroup, readTarget } from './server-group/target';
import { renderCapacity, waitForCapacityMatch } from './server-group/wait-for-capacity';

const size = z.coerce.number().int().min(0).optional();
const config = z.looseObject({
  action: z.enum(['scale_up', 'scale_down', 'scale_exact']).optional(),
  resizeType: z.enum(['pct', 'incr', 'exact']).optional(),
  scalePct: size,
  scaleNum: size,
  capacity: z.object({ min: size, desired: size, max: size }).optional(),
});

/** Changes a server group's size (semantics §4.5). To 0 it passes the traffic guard first. */
export const resizeServerGroup = defineStage({
  type: 'resizeServerGroup',
  aliases: ['resizeAsg'],
  needs: ['serverGroups', 'trafficGuard'],
  config: serverGroupConfig.and(config),
  before: fanOut('resizeServerGroup', 'Resize'),
  tasks: workerTasks<GuardedServices>([
    determineTargetServerGroup,
    checkTrafficGuard('Removal of all instances in', async (look) => {
      const group = await readTarget(look);
      return group !== undefined && resizedCapacity(group.desired, config.parse(look.stage.context)) === 0;
    }),
    setSize('resizeServerGroup', (look, desired) =>
      Promise.resolve(resizedCapacity(desired, config.parse(look.stage.context))),
    ),
    waitForCapacityMatch,
    releaseTrafficGuard,
  ]),
  onCancel: sizeBack,
  render: renderCapacity,
});
