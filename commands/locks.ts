import { durationText } from '../src/engine/task-timeout';
import { holdText } from '../src/model/hold';
import type { Text } from '../src/model/text';
import type { View } from '../src/model/view';
import { placeText } from '../src/policy/locks/fold-lock';
import { listLocks, type HeldPlace } from '../src/policy/locks/locks';
import { holdOfStop, readStop } from '../src/policy/stop';
import { liftChoice } from './support/hold-plan';
import { UserMistake } from './support/suggest';
import type { Verb, VerbWorld } from './support/verb';

const usage = '/cox locks';

function lineOf({ place, lock }: HeldPlace, now: number): Text {
  const { by, at, until, reason, takenFrom } = lock;
  const from = takenFrom === undefined ? [] : [', taken from ', { person: takenFrom }];
  return [
    { strong: placeText(place) },
    ' · ',
    { person: by },
    ...from,
    ` · ${durationText(now - at)} old, until `,
    { time: until },
    ` · ${reason}`,
  ];
}

async function show({ store, teamId, clock }: VerbWorld): Promise<View> {
  const now = clock.now();
  const [held, stop] = await Promise.all([listLocks(store, teamId, now), readStop(store, teamId)]);
  const stopped = stop === undefined ? [] : [holdText(holdOfStop(stop))];
  return {
    headline: held.length === 0 ? 'Nothing is locked.' : `${held.length} locked, the first to end first`,
    tone: stop === undefined ? 'neutral' : 'attention',
    lines: [...stopped, ...held.map((each) => lineOf(each, now))],
    ...(stop === undefined ? {} : { choices: [liftChoice(stop)] }),
  };
}

/** Every lock that holds now. */
export const locks: Verb = {
  name: 'locks',
  usage,
  summary: 'what is locked, by whom, since when, until when and why',
  examples: ['/cox locks'],
  options: [],
  run: async ({ words }, _command, world) => {
    if (words.length > 1) throw new UserMistake(`I do not understand '${words.slice(1).join(' ')}'. ${usage}.`);
    return { type: 'reply', view: await show(world) };
  },
};
