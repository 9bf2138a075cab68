import { isWaitingForWindow } from '../../src/engine/execution-window';
import { commonClosing, commonOpening, type NamedWindow } from '../../src/model/common-window';
import type { Execution } from '../../src/model/execution';
import type { Text } from '../../src/model/text';
import type { View } from '../../src/model/view';

/** Whether all windows are open, and until when or from when; in the reader's own time. */
function windowText(windows: readonly NamedWindow[], now: number): Text {
  const opening = commonOpening(windows, now);
  if (opening === undefined) return 'never opens';
  if (opening > now) return ['closed; opens ', { time: opening }];
  const closing = commonClosing(windows, now);
  return closing === undefined ? 'open' : ['open until ', { time: closing }];
}

/** What a plan says of the windows that hold its stages back, those with the same windows once; nothing where none do. */
export function windowFacts(
  stages: readonly { readonly windows?: readonly NamedWindow[] }[],
  now: number,
): NonNullable<View['facts']> {
  const all = new Map(
    stages.flatMap(({ windows = [] }) => (windows.length === 0 ? [] : [[JSON.stringify(windows), windows] as const])),
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
