import { z } from 'zod';
import { CoxswainError } from '../../model/errors';
import type { StageContext } from '../../model/execution';
import { jobDescriptionSchema } from '../../model/job';
import { regionPlace } from '../../model/region';
import type { Location } from '../../model/server-group';
import { locationSchema } from '../server-group/place';
import { flagOr, text } from '../server-group/spinnaker-values';

const place = z.object({
  account: z.string().optional().describe('The account, in the spelling of Spinnaker.'),
  credentials: z.string().optional().describe('The same.'),
  dcosCluster: z.string().optional().describe('The DC/OS cluster. Default: that of `region`.'),
  region: z.string().optional().describe('The region, as `cluster/group`; of no matter beside `dcosCluster`.'),
  location: locationSchema.optional().meta({ description: 'The place, as Coxswain plans it.', isPlanned: true }),
  locations: z
    .array(locationSchema.extend({ jobId: z.string().optional() }))
    .min(1)
    .optional()
    .meta({ description: 'Several places, each of which may give its job an id of its own.', isPlanned: true }),
});

type Place = z.output<typeof place>;
/** Where a job runs, and its id there where that differs. */
export type JobPlace = Location & { readonly jobId?: string | undefined };

function findPlaces({ account, credentials, dcosCluster, region, location, locations }: Place): readonly JobPlace[] {
  if (location !== undefined) return [location];
  if (locations !== undefined) return locations;
  const owner = account ?? credentials;
  const named = region === undefined || region === '' ? undefined : regionPlace(region);
  const cluster = dcosCluster ?? named?.dcosCluster;
  if (owner === undefined || cluster === undefined || cluster === '') return [];
  // Metronome has no regions, so a region of another form (`default`) only names the place.
  const group = named?.dcosCluster === cluster ? named.group : '';
  return [{ account: owner, region: region ?? cluster, dcosCluster: cluster, group }];
}

/**
 * What a runJob stage accepts: a description of the job, what becomes of its end, and where it runs: `location`, `locations`,
 * or Spinnaker's account (or credentials) with dcosCluster or region.
 */
export const jobConfig = jobDescriptionSchema
  .extend({
    ...place.shape,
    propertyFile: text
      .transform((file) => file ?? '')
      .describe(
        'A file that the job writes, as a path in the folder it starts in; JSON or Java properties, 64 KiB at most.',
      ),
    waitForCompletion: flagOr(true).describe("Whether the stage waits for the run's end. Default: true."),
  })
  .refine((context) => findPlaces(context).length > 0, {
    message: 'account together with dcosCluster or region says where a job runs',
    path: ['account'],
  });

/** A runJob stage's config, with what was left out filled in. */
export type JobConfig = z.output<typeof jobConfig>;

/**
 * Reads a stage's own context: those before it put out places too. Throws INVALID_INPUT, naming the first field that is not
 * what it should be.
 */
export function jobConfigOf(context: StageContext): JobConfig {
  const { data, error } = jobConfig.safeParse(context);
  if (data !== undefined) return data;
  const [issue] = error.issues;
  const where = issue === undefined || issue.path.length === 0 ? 'the stage' : issue.path.join('.');
  throw new CoxswainError('INVALID_INPUT', { message: `The job cannot be run: ${where}: ${issue?.message ?? ''}.` });
}

/** Where a stage's job runs. Throws INVALID_INPUT. */
export const jobPlaces = (context: StageContext): readonly JobPlace[] => findPlaces(jobConfigOf(context));

/** The one place of a stage that runs a job itself; undefined where it only plans one such stage for each of several. */
export function jobPlace(context: StageContext): JobPlace | undefined {
  const [first, second] = jobPlaces(context);
  return second === undefined ? first : undefined;
}

/** The one place; for tasks, which only a stage that runs a job itself has. */
export function workPlace(context: StageContext): Location {
  const found = jobPlace(context);
  if (found !== undefined) return found;
  throw new CoxswainError('INTERNAL', { message: 'A stage of several places was to run a job itself.' });
}
