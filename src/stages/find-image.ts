import { z } from 'zod';
import { linearPattern, PatternError } from '../engine/linear-pattern';
import type { TaskLook, TaskResult } from '../engine/contracts/task';
import { CoxswainError } from '../model/errors';
import { imageName, parseImage } from '../model/image-reference';
import { isDisabled, safeRegion, type Location, type ServerGroup } from '../model/server-group';
import { defineStage, type Services } from '../services';
import { clusterFields } from './server-group/fan-out';
import { clusterOf, placesFor } from './server-group/place';
import { flag } from './server-group/spinnaker-values';

const strategies = ['LARGEST', 'NEWEST', 'OLDEST', 'FAIL'] as const;
const config = z.looseObject({
  ...clusterFields,
  selectionStrategy: z
    .preprocess(
      (value) => (typeof value === 'string' ? value.toUpperCase() : (value ?? undefined)),
      z.enum(strategies).default('NEWEST'),
    )
    .describe('Of several server groups of a place which one; `FAIL`: none.'),
  onlyEnabled: flag.describe('Whether only server groups in service count. Default: true.'),
  imageNamePattern: z
    .string()
    .nullish()
    .describe("A regular expression for the image's whole name, such as `demo-foo`, or for the whole image."),
  resolveMissingLocations: flag.describe(
    'Whether a place without the cluster gets the image of the others. Default: false.',
  ),
});
type Config = z.infer<typeof config>;
type Look = TaskLook<Pick<Services, 'serverGroups'>>;

const retryMs = 10_000;

const fail = (code: 'NOT_FOUND' | 'INVALID_INPUT', message: string): never => {
  throw new CoxswainError(code, { message });
};

const bySize = (a: ServerGroup, b: ServerGroup): number => b.instances.length - a.instances.length;

/** One of the groups, which are newest first; FAIL takes none of several. */
function choose(groups: readonly ServerGroup[], strategy: Config['selectionStrategy'], region: string) {
  if (strategy === 'FAIL' && groups.length > 1) {
    const names = groups.map(({ name }) => name).join(', ');
    fail(
      'INVALID_INPUT',
      `Multiple possible server groups present in ${region}: ${names}. Choose with selectionStrategy: NEWEST, OLDEST or LARGEST.`,
    );
  }
  if (strategy === 'OLDEST') return groups.at(-1);
  return strategy === 'LARGEST' ? [...groups].sort(bySize)[0] : groups[0];
}

/** What Spinnaker tells of an image and the group that it was found in (semantics §4.4). */
function detailOf(imageId: string, { name }: ServerGroup, place: Location, refId: string) {
  const image = parseImage(imageId);
  const { registry = 'index.docker.io', repository, tag = 'latest', digest } = image;
  const images = [`${repository}:${tag}`];
  return {
    imageId,
    /** What Spinnaker called it first, and still tells. */
    ami: imageId,
    imageName: imageName(image),
    refId,
    sourceServerGroup: name,
    region: safeRegion(place),
    account: place.account,
    cloudProvider: 'dcos',
    registry,
    repository,
    tag,
    ...(digest === undefined ? {} : { digest }),
    images,
    buildInfo: { images },
  };
}

type Detail = ReturnType<typeof detailOf>;

/** Refuses an image whose name is not what the stage wants. Throws INVALID_INPUT for a pattern that cannot be read too. */
function requireName(detail: Detail, pattern: string | null | undefined): void {
  if (pattern === undefined || pattern === null || pattern === '') return;
  try {
    const { matches } = linearPattern(pattern);
    if (matches(detail.imageName) || matches(detail.imageId)) return;
  } catch (error) {
    if (error instanceof PatternError) fail('INVALID_INPUT', `imageNamePattern: ${error.message}.`);
    throw error;
  }
  fail(
    'NOT_FOUND',
    `Image ${detail.imageId} (${detail.imageName}) of ${detail.sourceServerGroup} does not match imageNamePattern '${pattern}'.`,
  );
}

const absence = (cluster: string, { account }: Location, region: string, seen: readonly ServerGroup[]): string => {
  const all = seen.map(({ name }) => name).join(', ');
  const why = all === '' ? '' : ` that is enabled: there are ${all}. To consider them too, set onlyEnabled: false`;
  return `Could not find cluster '${cluster}' for '${account}' in '${region}'${why}.`;
};

type Found = { readonly place: Location; readonly group: ServerGroup | undefined; readonly absence: string };

async function findIn(look: Look, place: Location, settings: Config): Promise<Found> {
  const cluster = clusterOf(look);
  const groups = await look.services.serverGroups.list(place, cluster, look.signal);
  const eligible = settings.onlyEnabled === false ? groups : groups.filter((group) => !isDisabled(group));
  const region = safeRegion(place);
  const group = choose(eligible, settings.selectionStrategy, region);
  return { place, group, absence: absence(cluster, place, region, groups) };
}

/** The image of a place without the cluster: that of all the others. Throws where there are none, or several. */
function resolveMissing(found: readonly Detail[], { place, absence: message }: Found, isWanted: boolean): Detail {
  const [first] = found;
  if (first === undefined || !isWanted) return fail('NOT_FOUND', message);
  const images = [...new Set(found.map(({ imageId }) => imageId))];
  if (images.length > 1) fail('NOT_FOUND', `${message} The other places run several images: ${images.join(', ')}.`);
  return { ...first, region: safeRegion(place), account: place.account };
}

function artifactOf({ imageId, ami, imageName: name, region, cloudProvider, account, buildInfo, ...metadata }: Detail) {
  return { type: `${cloudProvider}/image`, name, location: region, reference: imageId, metadata };
}

async function find(look: Look): Promise<TaskResult> {
  const settings = config.parse(look.stage.context);
  const all: Found[] = [];
  for (const place of placesFor(look)) all.push(await findIn(look, place, settings));
  const nameless = all.find(({ group }) => group !== undefined && group.image === undefined);
  if (nameless?.group !== undefined) {
    const progress = `${nameless.group.name} has no image yet`;
    return { status: 'RUNNING', retryAfterMs: retryMs, context: { progress } };
  }
  const present = all.flatMap(({ place, group }) =>
    group?.image === undefined ? [] : [detailOf(group.image, group, place, look.stage.refId)],
  );
  for (const detail of present) requireName(detail, settings.imageNamePattern);
  const missing = all.filter(({ group }) => group === undefined);
  const resolved = missing.map((one) => resolveMissing(present, one, settings.resolveMissingLocations === true));
  const deploymentDetails = [...present, ...resolved];
  const context = { amiDetails: deploymentDetails, artifacts: deploymentDetails.map(artifactOf) };
  return { status: 'SUCCEEDED', outputs: { deploymentDetails }, context };
}

const imagesSchema = z.array(z.looseObject({ imageId: z.string() }));

/** Finds the image that a cluster runs in each place, for the stages after it (semantics §4.4). Reading changes nothing. */
export const findImage = defineStage({
  type: 'findImage',
  about: {
    summary:
      'Finds the image that a cluster runs in each place. A `deploy`, `createServerGroup` or `cloneServerGroup` after it takes it with `docker: { image: { fromContext: true } }`. It reads only.',
    puts: {
      deploymentDetails:
        'For each place `{ imageId, imageName, registry, repository, tag, region, account, sourceServerGroup, refId, … }`.',
      amiDetails: 'The same, as Spinnaker called it first.',
      artifacts: 'The images as Spinnaker artifacts.',
    },
    cancel: 'Ends at once; there is nothing to undo.',
    restart: 'Looks again.',
  },
  needs: ['serverGroups'],
  needsPlaces: true,
  config,
  tasks: [{ name: 'findImage', timeoutMs: 10 * 60_000, timeoutFromStage: false, run: find }],
  render: ({ outputs }) => {
    const details = imagesSchema.safeParse(outputs.deploymentDetails).data ?? [];
    const images = [...new Set(details.map(({ imageId }) => imageId))];
    return images.length === 0 ? undefined : images.join(', ');
  },
});
