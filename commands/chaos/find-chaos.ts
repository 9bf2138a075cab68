import type { Application, Environment } from '../../src/model/application';
import { findApplication } from '../support/find-target';
import { UserMistake } from '../support/suggest';
import type { VerbWorld } from '../support/verb';
import type { Words } from '../support/words';

/** The application that a command names; undefined where it names none. Throws a UserMistake for one that there is not, and for more words than `most`. */
export function namedApplication({ words }: Words, world: VerbWorld, most = 3): Application | undefined {
  const [, subverb = '', name] = words;
  if (words.length > most) throw new UserMistake(`I do not understand '${words.slice(most).join(' ')}'.`);
  if (name === undefined) return undefined;
  return findApplication(world.definitions(), name, (word) => ['chaos', subverb, word, ...words.slice(3)].join(' '));
}

/** The environments of an application in which its file enables chaos. */
export const chaosEnvironments = ({ environments }: Application): readonly Environment[] =>
  [...environments.values()].filter(({ chaos }) => chaos?.enabled === true);
