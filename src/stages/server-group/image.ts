import { z } from 'zod';
import { ancestorsOf } from '../../engine/graph';
import { CoxswainError } from '../../model/errors';
import type { Execution, Stage } from '../../model/execution';
import { formatImage, parseImage, type ImageReference } from '../../model/image-reference';
import { safeRegion, type Location } from '../../model/server-group';

const absent = z.string().optional().catch(undefined);
const yes = z.boolean().catch(false);

/** `docker.image` of a description (semantics §2.1): an image, or where it is to be taken from. */
const imageSchema = z.object({
  imageId: absent,
  account: absent,
  registry: absent,
  repository: absent,
  tag: absent,
  fromContext: yes,
  fromTrigger: yes,
  /** The refId of the findImage stage that `fromContext` means; the nearest where it is left out. */
  stageId: absent,
  pattern: absent,
});
const descriptionSchema = z.object({ docker: z.object({ image: imageSchema }) });

type WrittenImage = z.infer<typeof imageSchema>;

const detailsSchema = z.object({
  deploymentDetails: z.array(z.object({ imageId: z.string(), refId: absent, region: absent })),
});

const triggerSchema = z.object({
  type: z.literal('docker'),
  account: absent,
  registry: absent,
  repository: z.string(),
  tag: z.string().min(1),
});

const notFound = (message: string): CoxswainError => new CoxswainError('NOT_FOUND', { message });

/** What stages before this one found, nearest first; of each, what it found in this place comes first. */
function foundBefore(execution: Execution, stage: Stage, place: Location) {
  return ancestorsOf(execution, stage).flatMap(({ outputs }) => {
    const details = detailsSchema.safeParse(outputs).data?.deploymentDetails ?? [];
    const isHere = ({ region }: { readonly region?: string | undefined }) => region === safeRegion(place);
    return [...details.filter(isHere), ...details.filter((one) => !isHere(one))];
  });
}

function writtenReference({ imageId, registry, repository, tag }: WrittenImage): ImageReference | undefined {
  if (imageId !== undefined && imageId !== '') return parseImage(imageId);
  return repository === undefined ? undefined : { registry, repository, tag, digest: undefined };
}

/** The tag that a Docker trigger brought for this image, which it must be about. */
function tagOfTrigger({ trigger }: Execution, { account }: WrittenImage, repository: string): string | undefined {
  const pushed = triggerSchema.safeParse(trigger).data;
  if (pushed?.repository !== repository) return undefined;
  return account === undefined || pushed.account === undefined || account === pushed.account ? pushed.tag : undefined;
}

function fromContext(image: WrittenImage, found: ReturnType<typeof foundBefore>): string {
  const chosen = found.find(({ refId }) => image.stageId === undefined || refId === image.stageId);
  if (chosen !== undefined) return chosen.imageId;
  const seen = [...new Set(found.flatMap(({ refId }) => refId ?? []))].join(', ');
  const pattern = image.pattern ?? image.repository ?? image.imageId ?? 'any';
  throw notFound(
    `No image found in context for pattern ${pattern}: ${seen === '' ? 'no stage before this one found an image' : `images were found by stages ${seen}`}${image.stageId === undefined ? '' : `, not by ${image.stageId}`}.`,
  );
}

/**
 * The image that a creation runs: as written where it has a tag or a digest; else what a findImage stage before it found, or
 * what the Docker trigger brought, of the same repository (semantics §2.1). Throws NOT_FOUND where the stage wants one of
 * them and there is none, INVALID_INPUT where it names no image.
 */
export function imageFor(execution: Execution, stage: Stage, place: Location): string {
  const image = descriptionSchema.safeParse(stage.context).data?.docker.image;
  const written = image === undefined ? undefined : writtenReference(image);
  if (image?.fromContext === true) return fromContext(image, foundBefore(execution, stage, place));
  if (image === undefined || written === undefined) {
    const message = `Stage '${stage.name}' names no image. Give one: docker: { image: { imageId: foo:1.0 } }.`;
    throw new CoxswainError('INVALID_INPUT', { message });
  }
  const { repository } = written;
  if (image.fromTrigger) {
    const tag = tagOfTrigger(execution, image, repository) ?? written.tag;
    if (tag !== undefined) return formatImage({ ...written, tag });
    throw notFound(`No tag found for image ${formatImage(written)} in trigger context.`);
  }
  if (written.tag !== undefined || written.digest !== undefined) return formatImage(written);
  const isSame = ({ imageId }: { readonly imageId: string }) => parseImage(imageId).repository === repository;
  const found = foundBefore(execution, stage, place).find(isSame);
  if (found !== undefined) return found.imageId;
  return formatImage({ ...written, tag: tagOfTrigger(execution, image, repository) });
}
