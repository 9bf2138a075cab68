import { isWaitingForWindow } from '../../src/engine/execution-window';
import { durationText } from '../../src/engine/task-timeout';
import {
  commonClosing,
  commonOpening,
  neverOpenText,
  writtenClosing,
  type NamedWindow,
} from '../../src/model/common-window';
import type { ExecutionDraft } from '../../src/model/command';
import type { Execution } from '../../src/model/execution';
import type { Text } from '../../src/model/text';
import type { View } from '../../src/model/view';

/** The longest random wait after the opening, for what a person starts, as it is told; empty for none. */
function jitterText(windows: readonly NamedWindow[]): string {
  const waits = windows.map(({ window: { jitter } }) => (jitter?.skipManual === false ? jitter.maxDelay : 0));
  const longest = Math.max(0, ...waits);
  return longest === 0 ? '' : `, then a random wait of up to ${durationText(longest * 1000)}`;
}

/** Whether all windows are open, and until when or from when; in the reader's own time. */
function windowText(windows: readonly NamedWindow[], now: number): Text {
  const opening = commonOpening(windows, now);
  if (opening === undefined) return 'never opens';
  const jitter = jitterText(windows);
  if (opening > now) return ['closed; opens ', { time: opening }, jitter];
  const closing = commonClosing(windows, now);
  if (closing === undefined) return ['open', jitter];
  return ['open until ', { time: writtenClosing(windows, closing) }, jitter];
}

/** When a window opens that is closed now, in the reader's own time; undefined where it is open. */
export function closedText(window: NamedWindow, now: number): Text | undefined {
  return commonOpening([window], now) === now ? undefined : windowText([window], now);
}

/** Why a plan can never begin, and what to change; undefined where each of its windows opens at some time. */
export function neverOpens({ stages, application }: ExecutionDraft, now: number): string | undefined {
  const never = stages
    .map(({ windows = [] }) => windows.filter(({ unlessBegun }) => unlessBegun === undefined))
    .find((windows) => commonOpening(windows, now) === undefined);
  if (never === undefined) return undefined;
  const them = never.length === 1 ? 'it' : 'them';
  return `${neverOpenText(never)}. Change ${them} in the file of ${application}, and ask again. Nothing was started.`;
}

/** What a plan says of the windows that hold its stages back, those with the same windows once; nothing where none do. */
export function windowFacts(
  stages: readonly { readonly windows?: readonly NamedWindow[] }[],
  now: number,
): NonNullable<View['facts']> {
  const all = new Map(
    stages.flatMap(({ windows = [] }) => {
      const all = windows.map(({ of, window }) => ({ of, window }));
      return all.length === 0 ? [] : [[JSON.stringify(all), all] as const];
    }),
  );
  return [...all.values()].map((windows) => {
    const own = windows.map(({ of }) => of).join(', ');
    return { label: all.size === 1 ? 'Window' : `Window (${own})`, value: windowText(windows, now) };
  });
}

/** When the window opens that an execution waits for, where it waits for one; undefined while it is paused too. */
export function windowWait({ status, stages }: Execution): Text | undefined {
  const times = stages
    .filter(isWaitingForWindow)
    .flatMap(({ context: { scheduledTime } }) => (typeof scheduledTime === 'number' ? [scheduledTime] : []));
  if (times.length === 0 || status !== 'RUNNING') return undefined;
  return ['waits for its window, begins ', { time: Math.min(...times) }];
}
