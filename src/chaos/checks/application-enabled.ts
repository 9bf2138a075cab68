import type { ChaosCheck } from '../check';
import { switchRefusal } from '../switches';

/** The file enables chaos for all that was drawn for, and nobody has turned it off for the application. */
export const applicationEnabled: ChaosCheck = {
  name: 'applicationEnabled',
  refusal: async ({ world, group, application }) => {
    const off = group.environments.find((name) => application.environments.get(name)?.chaos?.enabled !== true);
    if (off !== undefined) return `The file of ${application.name} does not enable chaos in ${off}.`;
    return switchRefusal(world.store, application.name, `Chaos of ${application.name}`);
  },
};
