import { z } from 'zod';
import type { TaskLook } from '../engine/contracts/task';
import { executionWindowType, windowsBefore } from '../engine/execution-window';
import { windowJitterMs } from '../engine/window-jitter';
import { closedAt, commonOpening, neverOpenText } from '../model/common-window';
import type { Stage } from '../model/execution';
import type { Text } from '../model/text';
import { defineStage } from '../services';

const config = z.looseObject({
  /** When it lets the stage begin, as things stand, its jitter included; milliseconds since the epoch. */
  scheduledTime: z.number().optional(),
  /** When the windows are open, as things stand; absent where they are. */
  opensAt: z.number().optional(),
  /** Whose windows are closed until then. */
  closed: z.array(z.string()).optional(),
  skipRemainingWait: z.boolean().optional(),
  startedBy: z.string().optional(),
  startReason: z.string().optional(),
});

/** Longer than any window is looked for. */
const timeoutMs = 4 * 366 * 24 * 3_600_000;

type Look = Pick<TaskLook<object>, 'execution' | 'stage' | 'now'>;

const isSkipped = (stage: Stage): boolean => config.parse(stage.context).skipRemainingWait === true;

/** The longest of the waits that the windows draw. */
const jitterMs = ({ execution, stage }: Look): number =>
  windowJitterMs(execution, stage.id, windowsBefore(execution, stage));

/** When a stage begins that may from an instant on: where the windows are closed then, it is put off to the next opening. */
const beginAfter = ({ execution, stage }: Look, from: number): number =>
  commonOpening(windowsBefore(execution, stage), from) ?? from;

/** Whether all windows are open, or when they are next, and when the stage begins if a wait of `waitMs` follows. */
function lookAtWindows(look: Look, waitMs = 0) {
  const { execution, stage, now } = look;
  const windows = windowsBefore(execution, stage);
  const opening = commonOpening(windows, now);
  if (opening === now) return { status: 'SUCCEEDED' } as const;
  const closed = closedAt(windows, now).map(({ of }) => of);
  if (opening === undefined) {
    const reason = `${neverOpenText(windows)}. Change them, and start again.`;
    return { status: 'TERMINAL', code: 'INVALID_INPUT', reason } as const;
  }
  const context = { scheduledTime: beginAfter(look, opening + waitMs), opensAt: opening, closed };
  return { status: 'RUNNING', retryAfterMs: opening - now, context } as const;
}

function renderWait({ status, context, endTime }: Stage): Text | undefined {
  const { scheduledTime, opensAt = scheduledTime, closed = [], startedBy, startReason = '' } = config.parse(context);
  if (startedBy !== undefined) return ['started before its time by ', { person: startedBy }, `: ${startReason}`];
  // Nothing where it was open anyway.
  if (scheduledTime === undefined || opensAt === undefined) return undefined;
  if (status === 'SUCCEEDED' && endTime !== undefined) return ['opened ', { time: endTime }];
  if (status !== 'RUNNING') return undefined;
  if (closed.length === 0) return ['open; begins ', { time: scheduledTime }];
  const begins = opensAt === scheduledTime ? [] : ['; begins ', { time: scheduledTime }];
  return ['opens ', { time: opensAt }, ` (${closed.join(', ')})`, ...begins];
}

/**
 * Waits until all windows of the stage it stands before are open, then for as long as the longest of their jitters, which is
 * drawn from the execution's id, so that neither a crash nor another attempt changes it. A window that closes during the jitter is waited
 * for again. The signal `startNow` ends all waiting.
 */
export const restrictExecutionDuringTimeWindow = defineStage({
  type: executionWindowType,
  isInternal: true,
  needs: [],
  config,
  tasks: [
    {
      name: 'waitForWindow',
      timeoutMs,
      timeoutFromStage: false,
      run: (look) =>
        Promise.resolve(isSkipped(look.stage) ? { status: 'SUCCEEDED' } : lookAtWindows(look, jitterMs(look))),
    },
    {
      name: 'waitForJitter',
      timeoutMs,
      timeoutFromStage: false,
      run(look) {
        const { stage, now, startedAt } = look;
        const endsAt = startedAt + jitterMs(look);
        if (isSkipped(stage)) return Promise.resolve({ status: 'SUCCEEDED' });
        if (now >= endsAt) return Promise.resolve(lookAtWindows(look));
        const context = { scheduledTime: beginAfter(look, endsAt), closed: [] };
        return Promise.resolve({ status: 'RUNNING', retryAfterMs: endsAt - now, context });
      },
    },
  ],
  render: renderWait,
});
