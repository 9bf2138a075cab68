import { isFailure } from '../../model/status';
import type { ChaosCheck } from '../check';

/** The last execution in each environment with chaos went well. */
export const noFailingExecution: ChaosCheck = {
  name: 'noFailingExecution',
  refusal: async ({ reading }) => {
    const failed = (await reading.last()).find(({ status }) => isFailure(status));
    return failed && `'${failed.name}' failed last in ${failed.definition.environment}.`;
  },
};
