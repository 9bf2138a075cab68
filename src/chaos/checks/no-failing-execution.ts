import type { Execution } from '../../model/execution';
import { isFailure } from '../../model/status';
import type { ChaosCheck } from '../check';
import { isOfChaos } from '../kill-execution';

/** The last execution in each environment with chaos went well; a kill of ours that was denied tells of no outage. */
export const noFailingExecution: ChaosCheck = {
  name: 'noFailingExecution',
  refusal: async ({ reading, application }) => {
    const others = (await reading.newest()).filter((execution) => !isOfChaos(execution));
    const last = new Map<string, Execution>();
    for (const execution of [...others].reverse()) last.set(execution.definition.environment, execution);
    const failed = [...last.values()].find(
      ({ status, definition: { environment } }) =>
        isFailure(status) && application.environments.get(environment)?.chaos?.enabled === true,
    );
    return failed && `'${failed.name}' failed last in ${failed.definition.environment}.`;
  },
};
