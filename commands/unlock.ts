import { placeText } from '../src/policy/locks/fold-lock';
import { freeLock } from '../src/policy/locks/locks';
import type { Command } from '../src/model/command';
import type { View } from '../src/model/view';
import { lockTarget } from './lock';
import { originOf } from './support/audit-command';
import { refuseStranger } from './support/checks';
import { lockedView } from './support/hold-plan';
import { UserMistake } from './support/suggest';
import type { Verb, VerbAnswer, VerbWorld } from './support/verb';
import type { Words } from './support/words';

const usage = '/cox unlock APPLICATION ENVIRONMENT';

async function answer({ words }: Words, command: Command, world: VerbWorld): Promise<View> {
  const { place, environment } = lockTarget(world, words, usage);
  const name = placeText(place);
  const extra = words.slice(3).join(' ');
  if (extra !== '') throw new UserMistake(`I do not understand '${extra}'. ${usage}.`);
  const refusal = await refuseStranger(world, command, environment, name);
  if (refusal !== undefined) return refusal;
  const { id, source } = command;
  const request = { id, user: source.user, from: originOf(source), now: world.clock.now() };
  const { lock, isFreed } = await freeLock(world.store, place, request);
  if (isFreed) return { headline: [{ strong: name }, ' is unlocked. What waited for it starts now.'], tone: 'good' };
  if (lock !== undefined) return lockedView(name, lock, `unlock ${name}`);
  return { headline: `Nobody holds a lock of ${name}.`, tone: 'attention', undone: true };
}

/** Lifts one's own lock of an environment. */
export const unlock: Verb = {
  name: 'unlock',
  usage,
  summary: 'lift your lock of an environment',
  examples: ['/cox unlock foo prod'],
  options: [],
  run: async (words, command, world): Promise<VerbAnswer> => ({
    type: 'reply',
    view: await answer(words, command, world),
  }),
};
