import type { ChaosCheck } from '../check';
import { offText } from '../switches';

/** The file enables chaos for all that was drawn for, and nobody has turned it off for the application. */
export const applicationEnabled: ChaosCheck = {
  name: 'applicationEnabled',
  refusal: async ({ reading, group, application }) => {
    const off = group.environments.find((name) => application.environments.get(name)?.chaos?.enabled !== true);
    if (off !== undefined) return `The file of ${application.name} does not enable chaos in ${off}.`;
    return offText(await reading.ownSwitch(), `Chaos of ${application.name}`);
  },
};
