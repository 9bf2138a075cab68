import type { ChaosCheck } from '../check';
import { offText } from '../switches';

/** The operator has enabled chaos, and nobody has turned it off for all. */
export const globallyEnabled: ChaosCheck = {
  name: 'globallyEnabled',
  refusal: async ({ world, reading }) => {
    if (!world.settings.enabled) return 'Chaos is not enabled (CHAOS_ENABLED).';
    return offText(await reading.globalSwitch(), 'Chaos');
  },
};
