import { z } from 'zod';
import { defineStage } from '../services';

const config = z.looseObject({ waitTime: z.coerce.number().min(0), skipWaitText: z.string().optional() });

/** Waits `waitTime` seconds from the stage's start; the signal `skipWait` ends it early. */
export const wait = defineStage({
  type: 'wait',
  needs: [],
  config,
  outputs: [],
  tasks: [
    {
      name: 'wait',
      timeoutMs: 365 * 24 * 3_600_000,
      timeoutFromStage: false,
      run({ stage, now }) {
        const endsAt = (stage.startTime ?? now) + config.parse(stage.context).waitTime * 1000;
        if (stage.context.skipRemainingWait === true || now >= endsAt) return Promise.resolve({ status: 'SUCCEEDED' });
        return Promise.resolve({ status: 'RUNNING', retryAfterMs: endsAt - now });
      },
    },
  ],
  render: (stage) => {
    const { waitTime } = config.parse(stage.context);
    return stage.context.skipRemainingWait === true ? 'skipped' : `${waitTime} s`;
  },
});
