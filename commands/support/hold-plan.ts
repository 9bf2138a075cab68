import { quoteWord } from '../../src/model/quote-word';
import { holdText } from '../../src/model/hold';
import type { Lock } from '../../src/model/environment-lock';
import type { Command } from '../../src/model/command';
import type { Choice, View } from '../../src/model/view';
import { holdOfLock, readLock } from '../../src/policy/locks/locks';
import { holdOfStop, readStop, type Stop } from '../../src/policy/stop';
import type { PlanCard, VerbAnswer, VerbWorld } from './verb';

/** Takes another's lock, as it was seen, with a reason; `then` are the words that are carried on with. */
export function takeChoice(where: string, lock: Lock, then: string): Choice {
  return {
    name: 'run',
    label: 'Take the lock',
    target: { kind: 'run', text: `lock take ${where} of=${lock.id} then=${quoteWord(then)}` },
    style: 'danger',
    asks: {
      title: 'Take the lock',
      label: `Why can it not wait? Whoever holds the lock of ${where} is told.`,
      submit: 'Take it',
      required: true,
    },
  };
}

/** The answer to whoever another's lock keeps out. */
export const lockedView = (where: string, lock: Lock, then: string): View => ({
  headline: [{ strong: where }, ' is ', ...[holdText(holdOfLock(lock))].flat()],
  tone: 'attention',
  undone: true,
  denied: 'NOT_ALLOWED',
  lines: ['Nothing was started. Rollback stays possible.'],
  choices: [takeChoice(where, lock, then)],
});

/** Lifts this stop, and no later one, with a reason. */
export const liftChoice = ({ id }: Stop): Choice => ({
  name: 'run',
  label: 'Lift',
  target: { kind: 'run', text: `stop lift of=${id}` },
  style: 'danger',
  asks: { title: 'Lift the stop', label: 'Why may everything go on?', submit: 'Lift it', required: true },
});

/** The answer while everything is stopped. */
export const stoppedView = (stop: Stop): View => ({
  headline: ['No: ', ...[holdText(holdOfStop(stop))].flat()],
  tone: 'attention',
  undone: true,
  denied: 'NOT_ALLOWED',
  lines: ['Nothing was started. Rollback stays possible.'],
  choices: [liftChoice(stop)],
});

type Held = { readonly where: string; readonly lock: Lock | undefined; readonly stop: Stop | undefined };

/** The facts of a plan that are about locks and the stop, and not about what is to be changed. */
export const holdFactPrefix = 'held: ';

function factsOf({ where, lock, stop }: Held): Readonly<Record<string, string>> {
  const until = lock === undefined ? '' : new Date(lock.until).toISOString();
  return {
    ...(lock === undefined
      ? {}
      : { [`${holdFactPrefix}lock of ${where}`]: `${lock.by} until ${until}: ${lock.reason}` }),
    ...(stop === undefined ? {} : { [`${holdFactPrefix}stop`]: `${stop.by}: ${stop.reason ?? 'no reason'}` }),
  };
}

/** A plan that says what is held where it acts, and whose hash covers it. */
function showHolds({ facts, view, other, ...card }: PlanCard, held: Held): PlanCard {
  const { lock, stop } = held;
  const told = [
    ...(stop === undefined ? [] : [{ label: 'Stop', value: holdText(holdOfStop(stop)) }]),
    ...(lock === undefined ? [] : [{ label: 'Lock', value: holdText(holdOfLock(lock)) }]),
  ];
  return {
    ...card,
    facts: { ...facts, ...factsOf(held) },
    ...(other === undefined ? {} : { other: { ...other, facts: { ...other.facts, ...factsOf(held) } } }),
    view: told.length === 0 ? view : { ...view, facts: [...(view.facts ?? []), ...told] },
  };
}

/**
 * A plan with the locks and the stop that are about it; or the refusal where they keep whoever asks out. A rollback is kept
 * out by neither, but is confirmed where they would.
 */
export async function holdPlan(
  answer: VerbAnswer,
  text: string,
  { source }: Command,
  { store, teamId, clock }: VerbWorld,
): Promise<VerbAnswer> {
  // What another verb has planned was looked at with its own words.
  if (answer.type === 'reply' || answer.text !== undefined) return answer;
  const { application, definition } = answer.plan.draft;
  const { environment, kind } = definition;
  const where = `${application} ${environment}`;
  const stop = await readStop(store, teamId);
  const lock = await readLock(store, { teamId, application, environment }, clock.now());
  const isLockedOut = lock !== undefined && lock.by !== source.user;
  const plan = showHolds(answer.plan, { where, lock, stop });
  if (kind === 'rollback') return { ...answer, plan, confirm: answer.confirm || isLockedOut || stop !== undefined };
  if (stop !== undefined) return { type: 'reply', view: stoppedView(stop) };
  if (isLockedOut) return { type: 'reply', view: lockedView(where, lock, text) };
  return { ...answer, plan };
}
