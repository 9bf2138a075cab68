import type { ChaosCheck } from '../check';
import { accountListed } from './account-listed';
import { applicationEnabled } from './application-enabled';
import { globallyEnabled } from './globally-enabled';
import { noFailingExecution } from './no-failing-execution';
import { noLock } from './no-lock';
import { noRunningExecution } from './no-running-execution';
import { noStop } from './no-stop';
import { noWhitelist } from './no-whitelist';
import { withinHours } from './within-hours';

/** All that a kill must pass before its instance is drawn, and once more before it is made, in the order of semantics §9. */
export const chaosChecks: readonly ChaosCheck[] = [
  globallyEnabled,
  noStop,
  noLock,
  noRunningExecution,
  noFailingExecution,
  accountListed,
  applicationEnabled,
  noWhitelist,
  withinHours,
];
