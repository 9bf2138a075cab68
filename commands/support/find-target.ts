import type { Application, Definitions, Environment } from '../../src/model/application';
import { locationName, type Location } from '../../src/model/server-group';
import { nearest, UserMistake } from './suggest';
import type { Words } from './words';

/** The environment a command is about, and the regions of it that were meant. */
export type Target = {
  readonly application: Application;
  readonly environment: Environment;
  readonly locations: readonly Location[];
  /** The other regions of the environment, which stay as they are. */
  readonly others: readonly Location[];
};

/** That there is nothing of a name, and what there is; `rebuild` is the same command for another word. */
export function unknownWord(
  kind: string,
  word: string,
  known: readonly string[],
  rebuild: (word: string) => string,
): UserMistake {
  const meant = nearest(word, known);
  const list = known.length === 0 ? 'none are defined' : `known: ${known.join(', ')}`;
  return new UserMistake(`There is no ${kind} '${word}' (${list}).`, meant === undefined ? [] : [rebuild(meant)]);
}

/** The application of this name. Throws a UserMistake with the nearest known name. */
export function findApplication(
  definitions: Definitions,
  name: string,
  rebuild: (word: string) => string,
): Application {
  const found = definitions.applications.get(name);
  if (found === undefined) throw unknownWord('application', name, [...definitions.applications.keys()], rebuild);
  return found;
}

/** Reads `foo prod` or `foo prod/west`. Throws a UserMistake that says what is missing or unknown. */
export function findTarget(definitions: Definitions, { words }: Words, usage: string): Target {
  const [verb = '', name, place, ...rest] = words;
  if (name === undefined || place === undefined) {
    throw new UserMistake(`Say which application and environment: ${usage}.`);
  }
  const rebuild = (application: string, where: string) => [verb, application, where, ...rest].join(' ');
  const application = findApplication(definitions, name, (word) => rebuild(word, place));
  // `foo prod/` is all of prod: nothing was named after the slash.
  const [environmentName = '', region, ...surplus] = place.replace(/\/$/, '').split('/');
  const extra = [...surplus, ...rest.slice(1)];
  if (extra.length > 0) throw new UserMistake(`I do not understand '${extra.join(' ')}'. ${usage}.`);
  const environment = application.environments.get(environmentName);
  if (environment === undefined) {
    const known = [...application.environments.keys()];
    throw unknownWord(`environment of ${name}`, environmentName, known, (word) =>
      rebuild(name, region === undefined ? word : `${word}/${region}`),
    );
  }
  const locations = environment.locations.filter((location) => region === undefined || location.region === region);
  if (locations.length === 0 && region !== undefined) {
    const known = environment.locations.map((location) => location.region);
    throw unknownWord(`region of ${name} ${environmentName}`, region, known, (word) =>
      rebuild(name, `${environmentName}/${word}`),
    );
  }
  const others = environment.locations.filter((location) => !locations.includes(location));
  return { application, environment, locations, others };
}

/** `nonprod/east, nonprod/west`. */
export const placesText = (locations: readonly Location[]): string => locations.map(locationName).join(', ');
