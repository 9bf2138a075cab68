import type { TrafficGuard } from '../../engine/contracts/guard';
import type { TaskDefinition } from '../../engine/contracts/task';
import { releaseReservation } from './guarded';

/** Ends a destructive stage: what went is gone, the guard need not remember it. */
export const releaseTrafficGuard: TaskDefinition<{ readonly trafficGuard: TrafficGuard }> = {
  name: 'releaseTrafficGuard',
  timeoutMs: 60_000,
  timeoutFromStage: false,
  async run(look) {
    await releaseReservation(look);
    return { status: 'SUCCEEDED' };
  },
};
