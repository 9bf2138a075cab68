import { z } from 'zod';
import { CoxswainError } from '../../model/errors';
import type { StageContext } from '../../model/execution';
import { flagOr, wholeNumber, wholeNumberOr } from '../server-group/spinnaker-values';

/** How a rollback goes back, in Spinnaker's spelling (semantics §4.8). */
export const rollbackWays = {
  disableOnly: flagOr(false).describe(
    'Only take the bad server group out of service; nothing is enabled. Default: false.',
  ),
  enableAndDisableOnly: flagOr(false).describe(
    'Bring the good server group back at its own last size, not at the larger of both. Default: false.',
  ),
  delayBeforeDisableSeconds: wholeNumberOr(0).describe(
    'Seconds between the good server group being up and the bad one going out of service. Default: 0.',
  ),
  targetHealthyRollbackPercentage: wholeNumber.describe(
    'Accepted, and without effect: all instances of the good server group must be healthy.',
  ),
};

const name = z.string().min(1);

/** Which server groups change places, and how. */
export const rollbackContext = z.looseObject({
  rollbackServerGroupName: name.describe('The server group to go back from, such as foo-prod-v004.'),
  restoreServerGroupName: name
    .optional()
    .describe('The server group to go back to, such as foo-prod-v003. It may be left out with disableOnly.'),
  ...rollbackWays,
});

/** A rollback as it is carried out; `restore` is undefined where the bad server group only goes out of service. */
export type RollbackWishes = {
  readonly rollback: string;
  readonly restore: string | undefined;
  readonly keepsSize: boolean;
  readonly delayBeforeDisableSeconds: number;
};

const spinnakers = z.looseObject({ rollbackContext: z.looseObject({}).optional() });
const invalid = (message: string) => new CoxswainError('INVALID_INPUT', { message });

/** The names and ways of a stage, which stand in its `rollbackContext` or in the stage itself; what is missing is left out. */
export const flatWishes = (context: StageContext): StageContext => ({
  ...spinnakers.parse(context).rollbackContext,
  ...Object.fromEntries(Object.entries(context).filter(([key]) => key in rollbackContext.shape)),
});

/** Reads what a rollback is to do. Throws INVALID_INPUT, naming the field, where it does not say which groups it is about. */
export function wishesOf(context: StageContext): RollbackWishes {
  const { data, error } = rollbackContext.safeParse(flatWishes(context));
  if (data === undefined) {
    const [issue] = error.issues;
    throw invalid(`The rollback cannot be read: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}.`);
  }
  const { rollbackServerGroupName, restoreServerGroupName, disableOnly, enableAndDisableOnly } = data;
  if (!disableOnly && restoreServerGroupName === undefined) {
    throw invalid('The rollback names no restoreServerGroupName. Give one, or set disableOnly: true.');
  }
  return {
    rollback: rollbackServerGroupName,
    restore: disableOnly ? undefined : restoreServerGroupName,
    keepsSize: enableAndDisableOnly,
    delayBeforeDisableSeconds: data.delayBeforeDisableSeconds,
  };
}
