import { isCalled, locationName, shortName, type ServerGroup } from '../../src/model/server-group';
import type { Text } from '../../src/model/text';
import type { Choice, View } from '../../src/model/view';
import { groupLine, type LivePlace } from './live-groups';
import { nearest, runChoice, UserMistake } from './suggest';

/** A place, and the server group in it that was named. */
export type NamedGroup = { readonly place: LivePlace; readonly group: ServerGroup };

/** Who asks for a group by name: `foo prod`, and the same command with another name. */
export type Asking = { readonly name: string; readonly again: (word: string) => string };

const shortNames = (places: readonly LivePlace[]): readonly string[] => [
  ...new Set(places.flatMap(({ groups }) => groups.map(({ name }) => shortName(name)))),
];

/** The group of this name, `v003` or whole, in each place that has it. Throws a UserMistake with the nearest. */
export function findGroups(places: readonly LivePlace[], word: string, { name, again }: Asking): readonly NamedGroup[] {
  const found = places.flatMap((place) => {
    const group = place.groups.find((candidate) => isCalled(candidate.name, word));
    return group === undefined ? [] : [{ place, group }];
  });
  if (found.length > 0) return found;
  const known = shortNames(places);
  const meant = nearest(word.slice(word.lastIndexOf('-') + 1), known);
  const list = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`;
  throw new UserMistake(`${name} has no server group '${word}' (${list}).`, meant === undefined ? [] : [again(meant)]);
}

/** How many groups are offered as buttons. */
const mostOffered = 5;

/** The question which server group is meant, with those that there are. */
export function askWhichGroup(
  places: readonly LivePlace[],
  { name, again }: Asking,
  isOffered: (group: ServerGroup) => boolean,
): View {
  const known = [
    ...new Set(places.flatMap(({ groups }) => groups.filter(isOffered).map(({ name }) => shortName(name)))),
  ];
  const lines = places.map(({ location, groups }): Text => [
    { code: locationName(location) },
    ` ${groups.length === 0 ? 'nothing runs' : groups.map(groupLine).join(', ')}`,
  ]);
  const choices: readonly Choice[] = known.slice(0, mostOffered).map((word) => runChoice(again(word)));
  return {
    headline: `Which server group of ${name}?`,
    tone: 'attention',
    undone: true,
    lines,
    ...(choices.length === 0 ? {} : { choices }),
  };
}
