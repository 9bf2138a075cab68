import { executionKind } from '../../engine/document-kinds';
import type { ChaosCheck } from '../check';

/** More than run at once anywhere. */
const most = 1000;

/** Nothing is under way in the application. */
export const noRunningExecution: ChaosCheck = {
  name: 'noRunningExecution',
  refusal: async ({ world, application }) => {
    const active = await world.store.list(executionKind, { index: { name: 'active', value: 'true' }, limit: most });
    if (active.length >= most) return 'So much is under way that nobody can tell what of it matters here.';
    const own = active.find(({ document }) => document.application === application.name);
    return own && `'${own.document.name}' is under way.`;
  },
};
