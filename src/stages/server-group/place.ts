import { z } from 'zod';
import { CoxswainError } from '../../model/errors';
import type { Stage, StageContext } from '../../model/execution';
import { parseMoniker } from '../../model/moniker';
import { regionPlace } from '../../model/region';
import { safeRegion, type Location } from '../../model/server-group';

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

const spinnakerPlaces = z.object({
  account: z.string().optional(),
  credentials: z.string().optional(),
  region: z.string().optional(),
  regions: z.array(z.string()).optional(),
});

/**
 * All places a stage is about: its `location`, its `locations`, or Spinnaker's `credentials` (or `account`) with `regions`
 * (or `region`). Throws INVALID_INPUT where it names none.
 */
export function placesOf(context: StageContext): readonly Location[] {
  const single = locationSchema.safeParse(context.location);
  if (single.success) return [single.data];
  const several = z.array(locationSchema).min(1).safeParse(context.locations);
  if (several.success) return several.data;
  const written = spinnakerPlaces.safeParse(context).data;
  const account = written?.credentials ?? written?.account;
  const regions = written?.regions ?? (written?.region === undefined ? [] : [written.region]);
  if (account === undefined || regions.length === 0) {
    const message = 'The stage names no place. Give credentials and regions, such as prod and [dc1_web].';
    throw new CoxswainError('INVALID_INPUT', { message });
  }
  return regions.map((region) => locationOfRegion(account, region));
}

const placeKeys = ['location', 'locations', 'regions', 'region'];

/** The places of a stage: its own where it names any, else those it inherits. Throws INVALID_INPUT where there are none. */
export function placesFor({
  stage,
  context,
}: {
  readonly stage: Stage;
  readonly context: StageContext;
}): readonly Location[] {
  const isPlaced = placeKeys.some((key) => stage.context[key] !== undefined);
  const inherited = { credentials: context.credentials, account: context.account };
  return placesOf(isPlaced ? { ...inherited, ...stage.context } : context);
}

/** The one place a working stage is about. */
export const placeOf = (context: StageContext): Location => locationSchema.parse(context.location);

/** Whether the stage itself works; otherwise it only plans one child for each place. */
export const isWorker = (context: StageContext): boolean => locationSchema.safeParse(context.location).success;

const otherPlace = z.object({
  location: locationSchema.optional().catch(undefined),
  account: z.string().optional(),
  credentials: z.string().optional(),
  region: z.string().optional(),
});

/** The place that a reference such as `source` names; what it leaves out is as in `here`, any spelling of which is `here`. */
export function placeBeside(here: Location, reference: StageContext): Location {
  const { location, account, credentials, region } = otherPlace.parse(reference);
  if (location !== undefined) return location;
  const there = account ?? credentials ?? here.account;
  if (region === undefined) return { ...here, account: there };
  const isHere = [here.region, safeRegion(here), safeRegion(here).replaceAll('_', '/')].includes(region);
  return isHere ? { ...here, account: there } : locationOfRegion(there, region);
}

const nameSchema = z.object({
  cluster: z.string().min(1).optional().catch(undefined),
  moniker: z
    .object({ cluster: z.string().min(1) })
    .optional()
    .catch(undefined),
  serverGroupName: z.string().optional().catch(undefined),
  asgName: z.string().optional().catch(undefined),
});

/** The server group that a stage names, as Spinnaker spells it now or did before; undefined for none. */
export function nameOf(context: StageContext): string | undefined {
  const { serverGroupName, asgName } = nameSchema.parse(context);
  return serverGroupName ?? asgName;
}

/**
 * The cluster that a stage is about: named, of its moniker, or of the server group that it names; what the stage itself says
 * wins over what it inherits. Throws INVALID_INPUT where nothing says which.
 */
export function clusterOf(input: { readonly stage: Stage; readonly context: StageContext }): string {
  for (const context of [input.stage.context, input.context]) {
    const { cluster, moniker } = nameSchema.parse(context);
    const name = nameOf(context);
    const found = cluster ?? moniker?.cluster ?? (name === undefined ? undefined : parseMoniker(name)?.cluster);
    if (found !== undefined) return found;
  }
  throw new CoxswainError('INVALID_INPUT', {
    message: `Stage '${input.stage.name}' names no cluster. Give one, such as cluster: foo-prod.`,
  });
}
