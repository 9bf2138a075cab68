import { executionKind } from '../../engine/document-kinds';
import type { Execution } from '../../model/execution';
import { isFailure } from '../../model/status';
import type { ChaosCheck } from '../check';
import { isOfChaos } from '../kill-execution';

/** How many executions back the last one of an environment is looked for. */
const most = 200;

/** The last execution in each environment with chaos went well; a kill of ours that was denied tells of no outage. */
export const noFailingExecution: ChaosCheck = {
  name: 'noFailingExecution',
  refusal: async ({ world, application }) => {
    const index = { name: 'application', value: application.name };
    const newest = await world.store.list(executionKind, { index, newestFirst: true, limit: most });
    const ours = newest.map(({ document }) => document).filter((execution) => !isOfChaos(execution));
    const last = new Map<string, Execution>();
    for (const execution of [...ours].reverse()) last.set(execution.definition.environment, execution);
    const failed = [...last.values()].find(
      ({ status, definition: { environment } }) =>
        isFailure(status) && application.environments.get(environment)?.chaos?.enabled === true,
    );
    return failed && `'${failed.name}' failed last in ${failed.definition.environment}.`;
  },
};
