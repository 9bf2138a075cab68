import { defineStage } from '../services';
import { fanOut, forceField, serverGroupConfig, workerTasks } from './server-group/fan-out';
import { guardStep, type GuardedServices } from './server-group/guarded';
import { releaseTrafficGuard } from './server-group/release-guard';
import { determineCapacity } from './server-group/sized';
import { setSize } from './server-group/set-size';
import { sizeBack } from './server-group/size-back';
import { determineTargetServerGroup } from './server-group/target';
import { renderCapacity, waitForCapacityMatch } from './server-group/wait-for-capacity';

const guard = guardStep('Disabling');

/** Takes a server group out of service: on DC/OS that is size 0 (semantics §3); its size before is an output. */
export const disableServerGroup = defineStage({
  type: 'disableServerGroup',
  about: {
    summary:
      'Takes a server group out of service: on DC/OS its size becomes 0. The traffic guard refuses the last that serves.',
    puts: {
      targetServerGroup: 'The name of the server group.',
      capacity: 'Its size now: `{ min, desired, max }`.',
      'originalCapacity.<name>': 'Its size before.',
    },
    cancel:
      'A change of size goes back to the size before, also where the stage had ended; parts that had not begun do not.',
    restart: 'Looks again which server group is meant, and acts on that.',
  },
  aliases: ['disableAsg'],
  needs: ['serverGroups', 'trafficGuard'],
  needsPlaces: true,
  config: serverGroupConfig.extend(forceField),
  before: fanOut('disableServerGroup', 'Disable'),
  tasks: workerTasks<GuardedServices>([
    determineTargetServerGroup,
    determineCapacity(() => Promise.resolve(0)),
    guard.check,
    setSize('disableServerGroup', guard.recheck),
    waitForCapacityMatch,
    releaseTrafficGuard,
  ]),
  onCancel: sizeBack,
  render: renderCapacity,
});
