import { z } from 'zod';
import { healthyTarget } from '../../model/capacity';
import type { StageContext } from '../../model/execution';
import { wholeNumber } from './spinnaker-values';

/** How much of a new size must be healthy before a stage goes on (semantics §4.2). */
export const healthFields = {
  targetHealthyDeployPercentage: wholeNumber
    .pipe(z.number().max(100).optional())
    .describe(
      'How many percent of the instances must be healthy before the stage goes on, rounded, from 0 to 100; at least one, save of 0. Default: 100.',
    ),
  interestingHealthProviderNames: z
    .array(z.string())
    .nullish()
    .describe(
      '`[]`: health is of no interest, and nothing is waited for. DC/OS has one source of health, so that names say nothing. Default: all.',
    ),
};

const schema = z.object(healthFields);

/** How much of its size a stage wants healthy. */
export type HealthWish = z.infer<typeof schema>;

/** Reads it of the fields of a stage. Throws where they cannot be read. */
export const healthWishOf = (context: StageContext): HealthWish => schema.parse(context);

/** Whether nothing is waited for: no source of health is of interest. */
export const ignoresHealth = ({ interestingHealthProviderNames: names }: HealthWish): boolean => names?.length === 0;

/** How many instances of a group of this size must be healthy. */
export const healthyWanted = ({ targetHealthyDeployPercentage = 100 }: HealthWish, size: number): number =>
  healthyTarget(size, targetHealthyDeployPercentage);
