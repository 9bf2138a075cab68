import { z } from 'zod';
import type { StageContext } from '../../model/execution';
import { regionPlace } from '../../model/region';
import type { Location } from '../../model/server-group';

/** A place as the context of a stage holds it. */
export const locationSchema = z.object({
  account: z.string(),
  region: z.string(),
  dcosCluster: z.string(),
  group: z.string(),
});

/** A region in either of Spinnaker's spellings, `dc1/web` or `dc1_web`, as a place of an account (semantics §1.4). */
export function locationOfRegion(account: string, region: string): Location {
  return { account, region, ...regionPlace(region) };
}

const spinnakerPlaces = z.object({ credentials: z.string(), regions: z.array(z.string()).min(1) });

/** All places a stage is about: its `location`, its `locations`, or Spinnaker's `credentials` with `regions`. */
export function placesOf(context: StageContext): readonly Location[] {
  const single = locationSchema.safeParse(context.location);
  if (single.success) return [single.data];
  const several = z.array(locationSchema).min(1).safeParse(context.locations);
  if (several.success) return several.data;
  const { credentials, regions } = spinnakerPlaces.parse(context);
  return regions.map((region) => locationOfRegion(credentials, region));
}

/** The one place a working stage is about. */
export const placeOf = (context: StageContext): Location => locationSchema.parse(context.location);

/** Whether the stage itself works; otherwise it only plans one child for each place. */
export const isWorker = (context: StageContext): boolean => locationSchema.safeParse(context.location).success;
