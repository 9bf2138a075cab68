import { outcomeName } from './engine/outcome-name';
import type { Execution } from './model/execution';
import type { DirectMessages, UserSettingsStore } from './store/user-settings';

const isFailure = (outcome: ReturnType<typeof outcomeName>): boolean =>
  outcome === 'failed' || outcome === 'rolledBack';

const wishes: Readonly<Record<DirectMessages, (execution: Execution) => boolean>> = {
  all: () => true,
  failures: (execution) => isFailure(outcomeName(execution)),
  none: () => false,
};

/** Whether the person who asked wants a direct message about an outcome: as they have set it, else as the application's file says. */
export const createRequesterWishes =
  (settings: UserSettingsStore) =>
  async (execution: Execution): Promise<boolean> => {
    const owner = { teamId: execution.teamId, userId: execution.trigger.user };
    const { directMessages } = await settings.get(owner);
    if (directMessages !== undefined) return wishes[directMessages](execution);
    return execution.definition.notify.requester.includes(outcomeName(execution));
  };
