import type { Application, Definitions, Environment } from '../model/application';
import { clusterOf } from '../model/cluster-of';
import { locationName, type Location } from '../model/server-group';
import type { DriftPlace } from './drift-view';
import { groupOf, type GroupChange } from './find-changes';

/** One environment in one of its places. */
export type Watched = {
  readonly application: Application;
  readonly environment: Environment;
  readonly location: Location;
};

/** All places of all environments that are defined. */
export const watchedPlaces = ({ applications }: Definitions): readonly Watched[] =>
  [...applications.values()].flatMap((application) =>
    [...application.environments.values()].flatMap((environment) =>
      environment.locations.map((location) => ({ application, environment, location })),
    ),
  );

/** A place in the words of the team. */
export const placeOf = ({ application, environment, location }: Watched): DriftPlace => ({
  application: application.name,
  environment: environment.name,
  region: location.region,
  place: locationName(location),
});

/** The same change has the same id, however often it is found: after a crash before it was remembered, too. */
export function changeId({ application, environment, location }: Watched, change: GroupChange): string {
  const id = `${locationName(location)}/${clusterOf(application, environment)}`;
  return `drift/${id}/${groupOf(change).name}/${change.type}/${groupOf(change).version}`;
}
