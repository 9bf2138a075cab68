import { z } from 'zod';
import type { StageContext } from '../../model/execution';
import type { StagePlan } from '../../engine/contracts/stage';
import { wholeNumber } from './spinnaker-values';

/** How long to wait between regions, in seconds; absent: nothing is said about it. */
export const waitTimeBetweenRegions = wholeNumber;

const config = z.looseObject({ waitTimeBetweenRegions });

/** The seconds that a stage waits between its regions; undefined where it says nothing. */
export const secondsBetweenRegions = (context: StageContext): number | undefined =>
  config.parse(context).waitTimeBetweenRegions;

/** The plans of several regions, one after another, with the stage's wait before each but the first. */
export function inTurn(plans: readonly StagePlan[], context: StageContext): readonly StagePlan[] {
  const waitTime = secondsBetweenRegions(context) ?? 0;
  const wait: readonly StagePlan[] =
    waitTime > 0 ? [{ type: 'wait', name: 'Wait Between Regions', context: { waitTime } }] : [];
  return plans.flatMap((plan, index) => (index === 0 ? [plan] : [...wait, plan]));
}
