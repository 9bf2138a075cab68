import { locationName, type Instance, type ServerGroup } from '../../src/model/server-group';
import { durationText } from '../../src/engine/task-timeout';
import type { Text } from '../../src/model/text';
import type { LivePlace } from './live-groups';
import { nearest, UserMistake } from './suggest';

/** An instance, its server group, and where that is. */
export type NamedInstance = { readonly place: LivePlace; readonly group: ServerGroup; readonly instance: Instance };

/** The instances of some places, those of the newest groups first. */
export const instancesIn = (places: readonly LivePlace[]): readonly NamedInstance[] =>
  places.flatMap((place) =>
    place.groups.flatMap((group) => group.instances.map((instance) => ({ place, group, instance }))),
  );

/** How much of an id must be written to stand for all of it. */
const leastLetters = 4;

/**
 * The instance of this id, or the only one whose id contains it. Throws a UserMistake with the nearest; `name` is whose they
 * are (`foo prod`), `again` the same command for another id.
 */
export function findInstance(
  instances: readonly NamedInstance[],
  word: string,
  { name, again }: { readonly name: string; readonly again: (id: string) => string },
): NamedInstance {
  const exact = instances.find(({ instance }) => instance.id === word);
  if (exact !== undefined) return exact;
  const within = word.length < leastLetters ? [] : instances.filter(({ instance }) => instance.id.includes(word));
  const [only, ...others] = within;
  if (only !== undefined && others.length === 0) return only;
  if (only !== undefined) {
    const ids = within.slice(0, 5).map(({ instance }) => instance.id);
    throw new UserMistake(`'${word}' stands for ${within.length} instances of ${name}. Say which.`, ids.map(again));
  }
  const meant = nearest(
    word,
    instances.map(({ instance }) => instance.id),
  );
  const known = instances.length === 0 ? 'it has none now' : `it has ${instances.length}`;
  const suggestions = meant === undefined ? [] : [again(meant)];
  throw new UserMistake(`${name} has no instance '${word}' (${known}).`, suggestions);
}

/** `serves` or `does not serve (Down)`, with its host and age. */
export function instanceText({ instance }: NamedInstance, now: number): string {
  const { serving, health, host, launchTime } = instance;
  const where = host === undefined ? '' : ` on ${host}`;
  const age = launchTime === undefined ? '' : `, ${durationText(Math.max(0, now - launchTime))} old`;
  return `${serving ? 'serves' : `does not serve (${health})`}${where}${age}`;
}

/** How many instances are listed; the others are counted. */
const mostListed = 30;

/** A line for each instance: its place, id and state. */
export function instanceLines(instances: readonly NamedInstance[], now: number): readonly Text[] {
  const lines = instances
    .slice(0, mostListed)
    .map((named): Text => [
      { code: locationName(named.place.location) },
      ' ',
      { code: named.instance.id },
      ` ${instanceText(named, now)}`,
    ]);
  const more = instances.length - lines.length;
  return more > 0 ? [...lines, `… and ${more} more.`] : lines;
}
