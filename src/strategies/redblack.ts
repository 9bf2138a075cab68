import { locationName } from '../model/server-group';
import type { ServerGroupDescription } from '../model/description';
import type { StagePlan } from '../engine/contracts/stage';
import type { Change } from './undo';
import type { Strategy } from './strategy';

const waitPlan = (name: string, waitTime: number): readonly StagePlan[] =>
  waitTime > 0 ? [{ type: 'wait', name, context: { waitTime } }] : [];

/** The surplus goes last, so that the way back stands until the end (decisions 4). */
function afterSteps({ location, cluster, source }: Change, description: ServerGroupDescription): readonly StagePlan[] {
  if (source === undefined) return [];
  const place = locationName(location);
  const base = { location, cluster };
  const scaleDown: readonly StagePlan[] =
    description.scaleDown === true
      ? [
          ...waitPlan('Wait Before Scale Down', description.delayBeforeScaleDownSec ?? 0),
          {
            type: 'scaleDownCluster',
            name: `Scale down in ${place}`,
            context: { ...base, remainingFullSizeServerGroups: 1 },
          },
        ]
      : [];
  const shrinkToSize = description.maxRemainingAsgs ?? 2;
  const shrink: readonly StagePlan[] =
    shrinkToSize > 0
      ? [
          {
            type: 'shrinkCluster',
            name: `Keep ${shrinkToSize} in ${place}`,
            context: { ...base, shrinkToSize, keepFirst: [source.serverGroupName] },
          },
        ]
      : [];
  return [
    ...waitPlan('Wait Before Disable', description.delayBeforeDisableSec ?? 0),
    {
      type: 'disableCluster',
      name: `Disable the old in ${place}`,
      context: { ...base, remainingEnabledServerGroups: 1 },
    },
    ...scaleDown,
    ...shrink,
  ];
}

/** The new group beside the old, then the old out of service and kept for the way back (semantics §5, decisions 4). */
export const redblack: Strategy = {
  name: 'redblack',
  summary: 'red/black: new up and healthy, then the old out of service and kept',
  promise:
    'What served before serves at full size until all instances of the new server group are healthy, and then goes out of service; it is kept for the way back, and the surplus beyond `maxRemainingAsgs` is destroyed last. With `rollback: { onFailure: true }` a failure of any step brings it back at full size. Twice the resources are needed meanwhile.',
  after: afterSteps,
  keepsWayBack: true,
};
