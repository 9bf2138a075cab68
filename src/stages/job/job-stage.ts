import { z } from 'zod';
import { CoxswainError } from '../../model/errors';
import type { StageContext } from '../../model/execution';
import { jobDescriptionSchema } from '../../model/job';
import { regionPlace } from '../../model/region';
import type { Location } from '../../model/server-group';
import { placesOf } from '../server-group/place';

const place = z.looseObject({
  account: z.string().optional(),
  credentials: z.string().optional(),
  dcosCluster: z.string().optional(),
  region: z.string().optional(),
});

/** What a runJob stage accepts: a description of the job, where it runs, and what becomes of its end. */
export const jobConfig = jobDescriptionSchema
  .extend({
    ...place.shape,
    location: z.looseObject({}).optional(),
    locations: z.array(z.looseObject({})).min(1).optional(),
    /** A file that the job writes, as a path in the folder it starts in. */
    propertyFile: z.string().optional(),
    waitForCompletion: z.boolean().default(true),
  })
  .refine((context) => findPlaces(context) !== undefined, {
    message: 'account together with dcosCluster or region says where a job runs',
    path: ['account'],
  });

/** The config of a runJob stage, with what was left out filled in. */
export type JobConfig = z.output<typeof jobConfig>;

function findPlaces(context: StageContext): readonly Location[] | undefined {
  if (context.location !== undefined || context.locations !== undefined) return placesOf(context);
  const { account, credentials, dcosCluster, region } = place.parse(context);
  const owner = account ?? credentials;
  const named = region === undefined || region === '' ? undefined : regionPlace(region);
  const cluster = dcosCluster ?? named?.dcosCluster;
  if (owner === undefined || cluster === undefined || cluster === '') return undefined;
  // Metronome has no regions, so a region of another form (`default`) only names the place.
  const group = named?.dcosCluster === cluster ? named.group : '';
  return [{ account: owner, region: region ?? cluster, dcosCluster: cluster, group }];
}

/**
 * Where a stage's job runs: its `location`, its `locations`, or Spinnaker's account (or credentials) with dcosCluster or
 * region. Of the stage's own context only: those before it put out places too. Throws INVALID_INPUT.
 */
export function jobPlaces(context: StageContext): readonly Location[] {
  const found = findPlaces(context);
  if (found !== undefined) return found;
  throw new CoxswainError('INVALID_INPUT', {
    message: 'The stage does not say where its job runs. Give it an account together with dcosCluster or region.',
  });
}

/** The one place of a stage that runs a job itself; undefined where it only plans one such stage for each of several. */
export function jobPlace(context: StageContext): Location | undefined {
  const [first, second] = jobPlaces(context);
  return second === undefined ? first : undefined;
}

/** The one place; for tasks, which only a stage that runs a job itself has. */
export function workPlace(context: StageContext): Location {
  const found = jobPlace(context);
  if (found !== undefined) return found;
  throw new CoxswainError('INTERNAL', { message: 'A stage of several places was to run a job itself.' });
}
