import type { ChaosCheck } from '../check';
import { switchRefusal } from '../switches';
import { forAll } from '../documents';

/** The operator has enabled chaos, and nobody has turned it off for all. */
export const globallyEnabled: ChaosCheck = {
  name: 'globallyEnabled',
  refusal: async ({ world }) => {
    if (!world.settings.enabled) return 'Chaos is not enabled (CHAOS_ENABLED).';
    return switchRefusal(world.store, forAll, 'Chaos');
  },
};
