import { z } from 'zod';
import { defineStage } from '../services';
import { amount } from './server-group/spinnaker-values';

const config = z.looseObject({
  waitTime: amount.describe('How long, in seconds, from when the stage begins, after the wait for its windows.'),
  skipWaitText: z.string().optional().describe('What Spinnaker asks before it skips the wait; kept, and not shown.'),
});

/** Waits `waitTime` seconds from when its task begins; the signal `skipWait` ends it early. */
export const wait = defineStage({
  type: 'wait',
  about: {
    summary: 'Waits. A click on its message ends it early.',
    shorthand: { for: 'The time as a duration, such as `10m`, in the place of `waitTime`.' },
    puts: { skipRemainingWait: 'true, where somebody ended it early.' },
    cancel: 'Ends at once; there is nothing to undo.',
    restart: 'Waits the whole time again.',
  },
  needs: [],
  config,
  outputs: [],
  tasks: [
    {
      name: 'wait',
      timeoutMs: 365 * 24 * 3_600_000,
      timeoutFromStage: false,
      run({ stage, now, startedAt }) {
        const endsAt = startedAt + config.parse(stage.context).waitTime * 1000;
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
