import type { Execution } from '../model/execution';
import { holdText } from '../model/hold';
import { joinTexts, type Text } from '../model/text';

/** `2nd`: the English ordinal of a whole number from 1. */
export function ordinal(place: number): string {
  const isTeen = Math.floor(place / 10) % 10 === 1;
  const endings: readonly (string | undefined)[] = isTeen ? [] : ['th', 'st', 'nd', 'rd'];
  return `${place}${endings[place % 10] ?? 'th'}`;
}

/** What an execution waits for before it starts. */
export function waitingText({ admission, definition }: Execution): Text {
  const { place, behind, hold, expectedAt, state } = admission ?? {};
  if (hold !== undefined) return joinTexts(['waiting: ', holdText(hold)]);
  if (place !== undefined) {
    const who =
      state === 'blocked' ? `: ${String(behind)} works on ${definition.cluster}` : ` behind ${String(behind)}`;
    const words = `waiting: ${ordinal(place)} in the queue${behind === undefined ? '' : who}`;
    return expectedAt === undefined ? words : [words, ', starts about ', { time: expectedAt }];
  }
  return behind === undefined ? 'about to start' : `waiting: ${behind} works on ${definition.cluster}`;
}
