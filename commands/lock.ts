import { quoteWord } from '../src/model/quote-word';
import { parseDurationMs } from '../src/definitions/duration';
import type { Environment } from '../src/model/application';
import type { Command } from '../src/model/command';
import type { Lock, LockedPlace } from '../src/model/environment-lock';
import type { View } from '../src/model/view';
import { placeText, type Taking } from '../src/policy/locks/fold-lock';
import { readLock, takeLock } from '../src/policy/locks/locks';
import { runVerb } from './support/answer-text';
import { originOf } from './support/audit-command';
import { refuseStranger } from './support/checks';
import { findTarget } from './support/find-target';
import { lockedView } from './support/hold-plan';
import { UserMistake } from './support/suggest';
import type { Verb, VerbAnswer, VerbWorld } from './support/verb';
import type { Words } from './support/words';

const usage = '/cox lock [take] APPLICATION ENVIRONMENT DURATION REASON';
const example = '/cox lock foo prod 2h migration';
const longestMs = 7 * 24 * 3_600_000;

/** An environment that is to be locked or unlocked. */
export type LockTarget = { readonly place: LockedPlace; readonly environment: Environment };

/** Reads `foo prod` after a verb. Throws a UserMistake for what is unknown, and for a single region. */
export function lockTarget({ teamId, definitions }: VerbWorld, words: readonly string[], how: string): LockTarget {
  const [verb = '', application, place] = words;
  const { environment, others, ...found } = findTarget(
    definitions(),
    { words: [verb, ...[application ?? [], place ?? []].flat()], options: new Map() },
    how,
  );
  if (others.length > 0)
    throw new UserMistake(`A lock is of a whole environment: ${verb} ${found.application.name} ${environment.name}.`);
  return { environment, place: { teamId, application: found.application.name, environment: environment.name } };
}

function untilOf(text: string, now: number): number {
  const lengthMs = parseDurationMs(text);
  if (lengthMs === undefined)
    throw new UserMistake(`'${text}' says not how long. Write 30m, 2h or 1d, then why: ${example}`);
  if (lengthMs > longestMs) throw new UserMistake(`A lock ends after 7 days at the latest, so not ${text}: ${example}`);
  return now + lengthMs;
}

function reasonOf(words: readonly string[], options: Words['options'], how: string): string {
  const reason = (options.get('reason') ?? words.join(' ')).trim();
  if (reason === '') throw new UserMistake(`Say why: ${how}`);
  return reason;
}

/** The answer to whoever has the lock now. */
export const takenView = (place: LockedPlace, lock: Lock): View => {
  const name = placeText(place);
  const from = lock.takenFrom === undefined ? [] : [['Taken from ', { person: lock.takenFrom }, ', who is told.']];
  return {
    headline: [
      { strong: name },
      ' is locked until ',
      { time: lock.until },
      ' by ',
      { person: lock.by },
      `: ${lock.reason}`,
    ],
    tone: 'good',
    lines: [...from, 'You are not locked out. Rollback stays possible for all.'],
    choices: [{ name: 'run', label: 'Unlock', target: { kind: 'run', text: `unlock ${name}` } }],
  };
};

const takingOf = ({ id, source }: Command, now: number): Pick<Taking, 'id' | 'user' | 'from' | 'now'> => ({
  id,
  user: source.user,
  from: originOf(source),
  now,
});

const reply = (view: View): VerbAnswer => ({ type: 'reply', view });

/** `lock foo prod 2h migration`: only a free lock, or one's own. */
async function lockFree({ words, options }: Words, command: Command, world: VerbWorld): Promise<VerbAnswer> {
  const { place, environment } = lockTarget(world, words, usage);
  const name = placeText(place);
  const refusal = await refuseStranger(world, command, environment, name);
  if (refusal !== undefined) return reply(refusal);
  const [, , , duration, ...rest] = words;
  if (duration === undefined) throw new UserMistake(`Say how long and why: ${example}`);
  const now = world.clock.now();
  const until = untilOf(duration, now);
  const reason = reasonOf(rest, options, `/cox lock ${name} ${duration} migration`);
  const { lock, isTaken } = await takeLock(world.store, place, { ...takingOf(command, now), reason, until });
  if (isTaken && lock !== undefined) return reply(takenView(place, lock));
  if (lock === undefined) throw new UserMistake(`The lock of ${name} has ended meanwhile. Ask again.`);
  return reply(lockedView(name, lock, `lock ${name} ${duration} reason=${quoteWord(reason)}`));
}

/** What a lock that is taken needs: until when, and why. One that is taken for the rest of its time needs no duration. */
function termsOf({ words, options }: Words, current: Lock | undefined, now: number) {
  const [, , , , first, ...rest] = words;
  const duration = first !== undefined && /^\d+[smhd]$/.test(first) ? first : undefined;
  const how = '/cox lock take foo prod 2h migration';
  if (duration === undefined && current === undefined) throw new UserMistake(`Say how long and why: ${how}`);
  const until = duration === undefined ? (current?.until ?? now) : untilOf(duration, now);
  const spoken = duration === undefined ? [first ?? [], ...rest].flat() : rest;
  return { until, reason: reasonOf(spoken, options, how) };
}

async function carryOn(verbs: readonly Verb[], text: string, command: Command, world: VerbWorld): Promise<VerbAnswer> {
  const answer = await runVerb(verbs, text, command, world);
  return answer.type === 'plan' ? { ...answer, text: answer.text ?? text } : answer;
}

/** `lock take foo prod migration`: from whoever holds it, who is told; `then` are words that are carried on with. */
async function lockAnyway(
  words: Words,
  command: Command,
  { world, verbs }: { readonly world: VerbWorld; readonly verbs: readonly Verb[] },
): Promise<VerbAnswer> {
  const [, , ...named] = words.words;
  const { place, environment } = lockTarget(world, ['lock', ...named], usage);
  const name = placeText(place);
  const refusal = await refuseStranger(world, command, environment, name);
  if (refusal !== undefined) return reply(refusal);
  const now = world.clock.now();
  const steals = words.options.get('of') ?? true;
  const then = words.options.get('then');
  const current = await readLock(world.store, place, now);
  // Nobody holds it any more: there is nothing to take for what is carried on with.
  if (current === undefined && then !== undefined) return carryOn(verbs, then, command, world);
  const terms = termsOf(words, current, now);
  // What is carried on with may be about the lock as well, under the id of the command.
  const id = `${command.id}/take`;
  const { lock, isTaken } = await takeLock(world.store, place, { ...takingOf(command, now), id, ...terms, steals });
  if (lock !== undefined && !isTaken)
    return reply(lockedView(name, lock, then ?? `lock ${name} 1h reason=${quoteWord(terms.reason)}`));
  if (then === undefined && lock !== undefined) return reply(takenView(place, lock));
  return carryOn(verbs, then ?? 'locks', command, world);
}

/** Keeps others from changing an environment for a while; `verbs` are all, to carry on with what a lock was taken for. */
export const lockWith = (verbs: () => readonly Verb[]): Verb => ({
  name: 'lock',
  usage,
  summary: 'keep others from changing an environment for a while; with take, also from whoever holds the lock',
  examples: [example, '/cox lock take foo prod 1h fix for the login'],
  options: ['reason', 'of', 'then'],
  run: (words, command, world) =>
    words.words[1] === 'take' ? lockAnyway(words, command, { world, verbs: verbs() }) : lockFree(words, command, world),
});
