import { durationText } from '../engine/task-timeout';
import type { Text } from '../model/text';
import type { ChaosWorld } from './chaos-world';
import { killKind, type Kill, type KillState } from './documents';
import { stateText } from './kill-texts';

/** What a person may do to a kill that asks. */
export type Press = { readonly word: 'now' | 'stop'; readonly user: string; readonly reason?: string };

/** Whether it counted; the first counts, and whoever comes later is told what has become of it. */
export type PressAnswer = { readonly accepted: boolean; readonly said: Text };

/** How long what was allowed has to begin. */
const beginMs = 60_000;

const byOf = (state: KillState): string | undefined => ('by' in state ? state.by : undefined);

/** What a press makes of a kill; undefined where it is too late. */
function pressed({ state }: Kill, { word, user, reason }: Press, lastStop: string, now: number): KillState | undefined {
  const isOpen = state.is === 'asked' && now < state.expiresAt;
  if (word === 'now') return isOpen ? { is: 'going', by: user, since: now, goBy: now + beginMs, lastStop } : undefined;
  // Until its execution is there, a Stop still counts after a Now.
  if (!isOpen && state.is !== 'going') return undefined;
  return { is: 'ended', at: now, outcome: 'stopped', by: user, ...(reason === undefined ? {} : { reason }) };
}

function lateText(kill: Kill, now: number): Text {
  const { state } = kill;
  if (state.is === 'asked') return ['Too late: nobody had answered in time, so that nothing is killed.'];
  const ago = 'since' in state ? ` ${durationText(now - state.since)} ago` : '';
  return ['Too late: it ', ...[stateText(kill)].flat(), `${ago}.`];
}

/** Presses Now or Stop. Pressing the same again changes nothing, and counts. */
export async function press(
  { store, clock, lastStop }: Pick<ChaosWorld, 'store' | 'clock' | 'lastStop'>,
  killId: string,
  wanted: Press,
): Promise<PressAnswer> {
  const now = clock.now();
  const seenStop = await lastStop();
  let answer: PressAnswer = { accepted: false, said: 'This kill is known no more.' };
  await store.update(killKind, killId, (kill) => {
    const state = pressed(kill, wanted, seenStop, now);
    const isStopped = kill.state.is === 'ended' && kill.state.outcome === 'stopped';
    const isOwn = byOf(kill.state) === wanted.user && (wanted.word === 'stop' ? isStopped : kill.state.is !== 'ended');
    answer =
      state !== undefined || isOwn
        ? { accepted: true, said: wanted.word === 'now' ? 'On its way.' : 'Stopped: nothing is killed.' }
        : { accepted: false, said: lateText(kill, now) };
    return state === undefined ? kill : { ...kill, state };
  });
  await store.touch(killKind, killId, now);
  return answer;
}
